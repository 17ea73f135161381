#include <string.h>

#include "protocol/ent-limits.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-call.h"
#include "protocol/ent-msg-run.h"
#include "protocol/ent-msg-runner.h"
#include "protocol/ent-msg-session.h"

#define UUID "01890a5d-ac96-774b-bcce-b302099a8057"

/* Every kind has a word of its own and a type, and comes back as itself. */
static void
test_kinds (void)
{
  for (int kind = 0; kind < ENT_ROOM_UNKNOWN; kind++) {
    g_autofree char *text = g_strdup_printf ("{\"t\":\"%s\"}", ent_room_kind_get_word (kind));
    g_autoptr (EntMessage) message = NULL;
    g_autoptr (GError) error = NULL;

    message = ent_room_message_decode (text, strlen (text), &error);
    if (message == NULL)
      g_assert_error (error, ENT_CODEC_ERROR, ENT_CODEC_ERROR_MISSING);
    else
      g_assert_cmpint (message->kind, ==, kind);
    g_assert_nonnull (ent_room_kind_get_type (kind));
  }
  for (int kind = 0; kind < ENT_RUNNER_UNKNOWN; kind++)
    g_assert_nonnull (ent_runner_kind_get_type (kind));
  for (int kind = 0; kind < ENT_PEER_UNKNOWN; kind++)
    g_assert_nonnull (ent_peer_kind_get_type (kind));
}

static void
test_unknown_kind (void)
{
  const char *text = "{\"t\":\"board:clear\",\"id\":4,\"d\":{\"x\":1},\"later\":true}";
  g_autoptr (GError) error = NULL;
  g_autoptr (EntMessage) message = ent_room_message_decode (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpint (message->kind, ==, ENT_ROOM_UNKNOWN);
  g_assert_cmpint (message->id, ==, 4);
  g_assert_null (message->data);
}

static void
test_message (void)
{
  g_autoptr (EntMsgRunStart) run = ent_msg_run_start_new ();
  g_autoptr (EntMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  EntMsgRunStart *again;

  run->language = g_strdup ("python");
  run->entry = g_strdup ("main.py");
  run->stdin_text = g_strdup ("1 2\n");
  run->sv = g_bytes_new ("\0\1", 2);
  text = ent_room_message_encode (ENT_ROOM_RUN_START, 9, 0, run);
  g_assert_cmpstr (text, ==,
    "{\"t\":\"run:start\",\"id\":9,\"d\":{\"language\":\"python\",\"entry\":\"main.py\","
    "\"stdin\":\"1 2\\n\",\"sv\":\"AAE=\"}}");
  message = ent_room_message_decode (text, strlen (text), &error);
  g_assert_no_error (error);
  again = message->data;
  g_assert_true (g_bytes_equal (again->sv, run->sv));
  g_assert_cmpstr (again->stdin_text, ==, run->stdin_text);
}

static void
test_frame (void)
{
  g_autoptr (GBytes) frame = ent_frame_build (UUID, ENT_STREAM_STDERR, 70000, "oops", 4);
  g_autoptr (GBytes) payload = NULL, cut = NULL;
  g_autofree char *id = NULL;
  EntStream stream;
  guint32 index;

  g_assert_true (ent_frame_parse (frame, &id, &stream, &index, &payload));
  g_assert_cmpstr (id, ==, UUID);
  g_assert_cmpint (stream, ==, ENT_STREAM_STDERR);
  g_assert_cmpuint (index, ==, 70000);
  g_assert_cmpmem (g_bytes_get_data (payload, NULL), g_bytes_get_size (payload), "oops", 4);
  cut = g_bytes_new_from_bytes (frame, 0, ENT_FRAME_HEAD - 1);
  g_assert_false (ent_frame_parse (cut, NULL, NULL, NULL, NULL));
}

/* The longest state vector that a room can have is read wherever one is sent. */
static void
test_longest_vector (void)
{
  g_autoptr (GBytes) sv = g_bytes_new_take (g_malloc0 (ENT_MAX_STATE_VECTOR), ENT_MAX_STATE_VECTOR);
  const EntMsgDurable durable = { sv, NULL };
  const EntMsgRunStart start = { .language = (char *) "python", .sv = sv };
  const EntMsgCopy copy = { sv, (char *) "hash" };
  char *texts[] = {
    ent_room_message_encode (ENT_ROOM_DURABLE, 0, 0, &durable),
    ent_room_message_encode (ENT_ROOM_RUN_START, 1, 0, &start),
    ent_peer_message_encode (ENT_PEER_COPY, &copy),
  };

  g_assert_cmpuint (ENT_MAX_STATE_VECTOR, >=, 10 * ENT_MAX_PEOPLE * ENT_MAX_PEER_CLIENTS);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text = texts[i];
    g_autoptr (GError) error = NULL;
    g_autoptr (EntMessage) message = i < 2 ? ent_room_message_decode (text, strlen (text), &error)
                                           : ent_peer_message_decode (text, strlen (text), &error);

    g_assert_no_error (error);
    g_assert_nonnull (message->data);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message/kinds", test_kinds);
  g_test_add_func ("/message/unknown-kind", test_unknown_kind);
  g_test_add_func ("/message/round-trip", test_message);
  g_test_add_func ("/message/frame", test_frame);
  g_test_add_func ("/message/longest-vector", test_longest_vector);
  return g_test_run ();
}
