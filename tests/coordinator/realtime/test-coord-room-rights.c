/* What people try who may not, or not any more, or more than is good for the others. */

#include "room-fixture.h"

#define AUTO_PERSON(name, role) \
  g_autoptr (RoomPerson) name = room_fixture_add_person (f, #name, role)

static gboolean
starts_with (TestRoomPeer *peer, const char *path, const char *text)
{
  g_autofree char *shown = test_room_peer_dup_text (peer, path);

  return shown != NULL && g_str_has_prefix (shown, text);
}

static void
publish (RoomFixture *f, CoordEventKind kind, RoomPerson *person)
{
  g_autoptr (GPtrArray) events = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_event_free);

  g_ptr_array_add (events, coord_event_new (kind, "room", person->id, NULL));
  coord_events_publish (f->events, events);
}

static void
remove_in_store (RoomFixture *f, RoomPerson *person)
{
  g_autoptr (GError) error = NULL;

  coord_room_store_set_participant_state (
    f->store->db, person->id, COORD_PARTICIPANT_REMOVED, &error);
  g_assert_no_error (error);
}

/* A load that somebody else caused may see the removal before its event arrives. */
static void
test_removal_seen_by_a_load (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  remove_in_store (f, guest);
  publish (f, COORD_EVENT_PARTICIPANT_CHANGED, host);
  test_turn_for (100);
  publish (f, COORD_EVENT_PARTICIPANT_REMOVED, guest);
  test_wait (b->room_code == COORD_CLOSE_NOT_IN_ROOM && b->sync_code == COORD_CLOSE_NOT_IN_ROOM);
}

/* Somebody who got a place after the room was loaded can write before the room hears of it. */
static void
test_place_after_the_load (RoomFixture *f, gconstpointer data)
{
  AUTO_PERSON (host, ENT_ROLE_HOST);
  g_autoptr (TestRoomPeer) a = room_fixture_join (f, host);
  AUTO_PERSON (guest, ENT_ROLE_CANDIDATE);
  g_autoptr (TestRoomPeer) b = room_fixture_join (f, guest);

  test_room_peer_type (b, "main.py", 0, "from b ");
  test_wait (starts_with (a, "main.py", "from b "));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD_ROOM_TEST ("/room-rights/removal-seen-by-a-load", test_removal_seen_by_a_load);
  ADD_ROOM_TEST ("/room-rights/place-after-the-load", test_place_after_the_load);
  return g_test_run ();
}
