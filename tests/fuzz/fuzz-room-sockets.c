#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include "room-fixture.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

#define INPUTS_PER_ROOM 500

typedef struct {
  CoordOpenRoom *room;
  CoordSeat *seat;
} Place;

static RoomFixture fixture;
static Place places[3]; /* a host, a candidate, an observer */
static guint n_inputs;

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
admitted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Place *place = data;

  place->room = coord_room_table_admit_finish (result, &place->seat, NULL);
  g_assert_nonnull (place->room);
}

static void
open_room (void)
{
  const EntRole roles[] = { ENT_ROLE_HOST, ENT_ROLE_CANDIDATE, ENT_ROLE_OBSERVER };

  room_fixture_set_up (&fixture, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (RoomPerson) person = room_fixture_add_person (&fixture, "Somebody", roles[i]);

    coord_room_table_admit_async (fixture.table, "room", person->token, admitted_cb, &places[i]);
    while (places[i].room == NULL)
      g_main_context_iteration (NULL, TRUE);
  }
}

static void
close_room (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_clear_pointer (&places[i].room, coord_open_room_unref);
    g_clear_pointer (&places[i].seat, coord_seat_free);
  }
  room_fixture_tear_down (&fixture, NULL);
}

static int
dial (Place *place, gboolean is_sync)
{
  CoordSocket *socket;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
  socket = coord_socket_hub_adopt (fixture.hub, fds[0], "", NULL, &coord_socket_default_limits);
  if (is_sync)
    coord_open_room_join_sync (place->room, place->seat, socket);
  else
    coord_open_room_join_socket (place->room, place->seat, socket, 0);
  return fds[1];
}

/* A frame with a mask of zeros. */
static void
send_frame (int fd, guint8 first, const guint8 *data, gsize size)
{
  guint8 head[8] = { first, 0x80 | 126, size >> 8, size & 0xff };

  if (send (fd, head, sizeof head, MSG_NOSIGNAL) == sizeof head && size > 0)
    send (fd, data, size, MSG_NOSIGNAL);
}

static void
drain (const int *fds, guint n_fds)
{
  char trash[65536];

  settle ();
  for (guint i = 0; i < n_fds; i++)
    while (recv (fds[i], trash, sizeof trash, MSG_DONTWAIT) > 0)
      settle ();
}

/* What three people send: who and over which socket (or plain bytes under the frames), two bytes of
 * length, the bytes. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  int fds[6];
  gsize at = 0;

  if (n_inputs++ % INPUTS_PER_ROOM == 0)
    open_room ();
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    fds[i] = dial (&places[i / 2], i % 2 == 1);
  while (at + 3 <= size) {
    gsize length = MIN ((gsize) (data[at + 1] << 8 | data[at + 2]), size - at - 3);
    guint who = data[at] % G_N_ELEMENTS (fds);

    if (data[at] >= 0xf0)
      send (fds[who], data + at + 3, length, MSG_NOSIGNAL);
    else
      send_frame (fds[who], who % 2 ? 0x82 : 0x81, data + at + 3, length);
    at += 3 + length;
    drain (fds, G_N_ELEMENTS (fds));
  }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  settle ();
  if (n_inputs % INPUTS_PER_ROOM == 0)
    close_room ();
  return 0;
}
