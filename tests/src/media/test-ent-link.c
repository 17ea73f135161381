#include "media/ent-link.h"

#include <string.h>

#include "link-pair.h"
#include "media/ent-link-private.h"
#include "media/ent-media.h"
#include "test-media.h"

static GBytes *
text_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

static void
send_text (EntLink *link, EntLinkChannel channel, const char *text)
{
  g_autoptr (GBytes) bytes = text_bytes (text);
  g_autoptr (GError) error = NULL;

  ent_link_send (link, channel, bytes, &error);
  g_assert_no_error (error);
}

static gboolean
all_channels_open (gpointer data)
{
  LinkPair *pair = data;

  return pair->n_open[0] == ENT_LINK_N_CHANNELS && pair->n_open[1] == ENT_LINK_N_CHANNELS;
}

static LinkPair *
connected_pair (void)
{
  LinkPair *pair = link_pair_new (ENT_LINK_DATA, NULL, NULL);

  link_pair_start (pair);
  link_pair_wait_verified (pair);
  wait_until (all_channels_open, pair);
  return pair;
}

static gboolean
both_have_two (gpointer data)
{
  LinkPair *pair = data;

  return pair->messages[0]->len == 2 && pair->messages[1]->len == 2;
}

static void
assert_got (LinkPair *pair, guint end, EntLinkChannel channel, const char *text)
{
  for (guint i = 0; i < pair->messages[end]->len; i++) {
    g_autoptr (GBytes) wanted = text_bytes (text);

    if (g_array_index (pair->channels[end], EntLinkChannel, i) == channel &&
        g_bytes_equal (g_ptr_array_index (pair->messages[end], i), wanted))
      return;
  }
  g_error ("“%s” did not come", text);
}

static void
test_both_ways (void)
{
  g_autoptr (LinkPair) pair = connected_pair ();
  EntLinkStats stats;
  EntLinkPath path;
  const char *code;

  for (guint i = 0; i < 2; i++) {
    send_text (pair->ends[i], ENT_LINK_SYNC, i == 0 ? "sync from 0" : "sync from 1");
    send_text (pair->ends[i], ENT_LINK_PRESENCE, i == 0 ? "here is 0" : "here is 1");
  }
  wait_until (both_have_two, pair);
  assert_got (pair, 0, ENT_LINK_SYNC, "sync from 1");
  assert_got (pair, 0, ENT_LINK_PRESENCE, "here is 1");
  assert_got (pair, 1, ENT_LINK_SYNC, "sync from 0");
  assert_got (pair, 1, ENT_LINK_PRESENCE, "here is 0");
  code = ent_link_get_short_code (pair->ends[0]);
  g_assert_nonnull (code);
  g_assert_cmpstr (code, ==, ent_link_get_short_code (pair->ends[1]));
  ent_link_get_stats (pair->ends[1], &stats);
  g_assert_cmpuint (stats.messages_received, ==, 2);
  g_assert_cmpuint (stats.bytes_received, ==, strlen ("sync from 0here is 0"));
  g_assert_cmpint (stats.connect_us, >, 0);
  g_assert_true (ent_link_get_path (pair->ends[0], &path));
  g_assert_false (ent_link_path_is_relayed (&path));
  g_assert_cmpint (path.local, !=, ENT_CANDIDATE_UNKNOWN);
}

#define N_BIG 400
#define BIG_BYTES (16 * 1024)
#define N_AT_ONCE 50

typedef struct {
  LinkPair *pair;
  guint count;
} Awaited;

static gboolean
has_so_many (gpointer data)
{
  Awaited *awaited = data;

  return awaited->pair->messages[1]->len >= awaited->count;
}

/* 6 MiB in one go arrive whole and in order. */
static void
test_order (void)
{
  g_autoptr (LinkPair) pair = connected_pair ();
  g_autofree guint8 *block = g_malloc (BIG_BYTES);

  for (guint i = 0; i < N_BIG; i++) {
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (GError) error = NULL;

    memset (block, i, BIG_BYTES);
    memcpy (block, &i, sizeof i);
    bytes = g_bytes_new (block, BIG_BYTES);
    ent_link_send (pair->ends[0], ENT_LINK_SYNC, bytes, &error);
    g_assert_no_error (error);
  }
  g_assert_cmpuint (ent_link_get_buffered_amount (pair->ends[0], ENT_LINK_SYNC), >, 0);
  /* On a busy machine the kernel drops datagrams, and each has its time until it is sent again. */
  for (Awaited awaited = { pair, N_AT_ONCE }; awaited.count <= N_BIG; awaited.count += N_AT_ONCE)
    wait_until (has_so_many, &awaited);
  g_assert_cmpuint (pair->messages[1]->len, ==, N_BIG);
  for (guint i = 0; i < N_BIG; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (g_ptr_array_index (pair->messages[1], i), &size);

    g_assert_cmpuint (size, ==, BIG_BYTES);
    g_assert_cmpint (memcmp (data, &i, sizeof i), ==, 0);
    g_assert_cmpuint (data[size - 1], ==, i & 0xff);
  }
}

static char *
swap_fingerprint (const char *text, gboolean is_description, gpointer data)
{
  g_auto (GStrv) parts = g_strsplit (text, "a=fingerprint:sha-256 ", -1);

  if (!is_description)
    return g_strdup (text);
  for (guint i = 1; parts[i] != NULL; i++)
    memcpy (parts[i], strncmp (parts[i], "00:11:22", 8) == 0 ? "33:44:55" : "00:11:22", 8);
  return g_strjoinv ("a=fingerprint:sha-256 ", parts);
}

static gboolean
both_failed (gpointer data)
{
  LinkPair *pair = data;

  return pair->errors[0] != NULL && pair->errors[1] != NULL;
}

/* Somebody between the two who changes the fingerprints: webrtcbin itself would connect. */
static void
check_swapped (EntLinkKind kind)
{
  g_autoptr (LinkPair) pair = link_pair_new (kind, NULL, NULL);
  g_autoptr (GBytes) bytes = text_bytes ("secret");
  gboolean is_known = FALSE;

  pair->bribe = swap_fingerprint;
  link_pair_start (pair);
  wait_until (both_failed, pair);
  for (guint i = 0; i < 2; i++) {
    /* Whoever compares first ends the connection; the other may only see that. */
    is_known |= g_error_matches (pair->errors[i], ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_FINGERPRINT);
    g_assert_cmpuint (pair->n_verified[i], ==, 0);
    g_assert_cmpuint (pair->messages[i]->len, ==, 0);
    g_assert_cmpuint (pair->n_open[i], ==, 0);
    g_assert_null (ent_link_get_short_code (pair->ends[i]));
    if (kind == ENT_LINK_DATA)
      g_assert_false (ent_link_send (pair->ends[i], ENT_LINK_SYNC, bytes, NULL));
  }
  g_assert_true (is_known);
}

static void
test_swapped_data (void)
{
  check_swapped (ENT_LINK_DATA);
}

static void
test_swapped_call (void)
{
  check_swapped (ENT_LINK_CALL);
}

static gboolean
one_is_unverified (gpointer data)
{
  return ent_link_get_state (((LinkPair *) data)->ends[0]) >= ENT_LINK_STATE_UNVERIFIED;
}

static char *
swap_offer_only (const char *text, gboolean is_description, gpointer data)
{
  if (is_description && strstr (text, "a=setup:actpass") != NULL)
    return swap_fingerprint (text, TRUE, NULL);
  return g_strdup (text);
}

/* Only one side is deceived: it gives up, and what the other one sends is never delivered. */
static void
test_one_side_deceived (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (ENT_LINK_DATA, NULL, NULL);

  pair->bribe = swap_offer_only;
  link_pair_start (pair);
  wait_until (one_is_unverified, pair);
  while (pair->errors[1] == NULL) {
    g_autoptr (GBytes) bytes = text_bytes ("hello");

    ent_link_send (pair->ends[0], ENT_LINK_SYNC, bytes, NULL);
    g_main_context_iteration (NULL, TRUE);
  }
  g_assert_error (pair->errors[1], ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_FINGERPRINT);
  g_assert_cmpuint (pair->messages[1]->len, ==, 0);
  g_assert_cmpuint (pair->n_verified[1], ==, 0);
}

static void
test_closed_while_connecting (void)
{
  for (guint step = 0; step < 4; step++) {
    g_autoptr (LinkPair) pair = link_pair_new (step % 2, NULL, NULL);

    link_pair_start (pair);
    let_run (step * 60);
    ent_link_close (pair->ends[0]);
    g_assert_cmpint (ent_link_get_state (pair->ends[0]), ==, ENT_LINK_STATE_CLOSED);
    g_assert_false (ent_link_take_candidate (pair->ends[0], "0 ", NULL));
    let_run (50);
    g_assert_no_error (pair->errors[0]);
  }
  finish_media ();
}

static void
close_in_handler (EntLink *link, gpointer data)
{
  ent_link_close (link);
}

static gboolean
first_is_closed (gpointer data)
{
  return ent_link_get_state (((LinkPair *) data)->ends[0]) == ENT_LINK_STATE_CLOSED;
}

static void
test_closed_in_handler (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (ENT_LINK_DATA, NULL, NULL);

  g_signal_connect (pair->ends[0], "verified", G_CALLBACK (close_in_handler), NULL);
  link_pair_start (pair);
  wait_until (first_is_closed, pair);
  g_assert_cmpuint (pair->n_open[0], ==, 0);
  g_assert_no_error (pair->errors[0]);
}

static gboolean
second_failed (gpointer data)
{
  return ((LinkPair *) data)->errors[1] != NULL;
}

/* The other side ends a channel: nothing can be sent any more, so the link is lost. (An end that is
 * just closed or killed says nothing; the room's heartbeat notices that.) */
static void
test_peer_ends_channel (void)
{
  g_autoptr (LinkPair) pair = connected_pair ();
  EntLinkPath path;

  gst_webrtc_data_channel_close (pair->ends[0]->ports[ENT_LINK_SYNC].channel);
  wait_until (second_failed, pair);
  g_assert_error (pair->errors[1], ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_FAILED);
  g_assert_false (ent_link_get_path (pair->ends[1], &path));
}

static gboolean
second_has_one (gpointer data)
{
  return ((LinkPair *) data)->messages[1]->len == 1;
}

static void
test_largest_message (void)
{
  g_autoptr (LinkPair) pair = connected_pair ();
  g_autofree guint8 *data = g_malloc0 (ENT_LINK_MAX_MESSAGE_BYTES);
  g_autoptr (GBytes) bytes = g_bytes_new (data, ENT_LINK_MAX_MESSAGE_BYTES);
  g_autoptr (GError) error = NULL;

  ent_link_send (pair->ends[0], ENT_LINK_SYNC, bytes, &error);
  g_assert_no_error (error);
  wait_until (second_has_one, pair);
  g_assert_true (g_bytes_equal (bytes, g_ptr_array_index (pair->messages[1], 0)));
}

static const char *const hostile[] = {
  "",
  "v=0\r\n",
  "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=application 9 UDP/DTLS/SCTP x\r\n",
  /* As the crash of webrtcbin needs it: a stream that sends without a source. */
  "v=0\r\no=- 1 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF "
  "96\r\na=sendrecv\r\n",
};

static void
test_hostile_descriptions (void)
{
  test_media_forgive_webrtcbin ();
  for (guint i = 0; i < G_N_ELEMENTS (hostile); i++) {
    g_autoptr (EntLink) link = ent_link_new (i % 2, "x", ENT_LINK_ANSWERER, NULL, NULL);
    g_autoptr (GError) error = NULL;

    g_assert_false (ent_link_take_description (link, hostile[i], &error));
    g_assert_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_STATE);
    g_clear_error (&error);
    ent_link_start (link);
    g_assert_false (ent_link_take_description (link, hostile[i], &error));
    g_assert_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_DESCRIPTION);
    let_run (20);
    g_assert_cmpint (ent_link_get_state (link), ==, ENT_LINK_STATE_CONNECTING);
  }
  finish_media ();
}

/* A description that passes the check but that webrtcbin does not like ends in one clear error. */
static char *
spoil (const char *text, gboolean is_description, gpointer data)
{
  g_auto (GStrv) parts = g_strsplit (text, "a=ice-ufrag:", -1);

  return is_description ? g_strjoinv ("a=ice-ofrag:", parts) : g_strdup (text);
}

static void
test_spoilt_description (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (ENT_LINK_DATA, NULL, NULL);

  pair->bribe = spoil;
  link_pair_start (pair);
  wait_until (second_failed, pair);
  g_assert_error (pair->errors[1], ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_DESCRIPTION);
}

static gboolean
has_offer (gpointer data)
{
  return ((LinkPair *) data)->descriptions[0] != NULL;
}

static char *
carry_nothing (const char *text, gboolean is_description, gpointer data)
{
  return NULL;
}

static void
test_too_many_candidates (void)
{
  g_autoptr (LinkPair) pair = link_pair_new (ENT_LINK_DATA, NULL, NULL);
  g_autoptr (GError) error = NULL;

  pair->bribe = carry_nothing;
  link_pair_start (pair);
  wait_until (has_offer, pair);
  g_assert_false (
    ent_link_take_candidate (pair->ends[1], "1 candidate:1 1 UDP 1 192.0.2.1 9 typ host", NULL));
  for (guint i = 0; i < ENT_LINK_MAX_CANDIDATES; i++) {
    g_autofree char *candidate =
      g_strdup_printf ("0 candidate:1 1 UDP %u 192.0.2.1 %u typ host", i + 1, i + 1000);

    g_assert_true (ent_link_take_candidate (pair->ends[1], candidate, NULL));
  }
  g_assert_false (
    ent_link_take_candidate (pair->ends[1], "0 candidate:1 1 UDP 1 192.0.2.1 9 typ host", &error));
  g_assert_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_LIMIT);
}

/* Nobody answers: the clock, turned by hand, ends it. */
static void
test_timeout (void)
{
  g_autoptr (EntClock) clock = ent_clock_new_test (0);
  g_autoptr (LinkPair) pair = link_pair_new (ENT_LINK_DATA, NULL, clock);

  pair->bribe = carry_nothing;
  link_pair_start (pair);
  wait_until (has_offer, pair);
  ent_clock_advance (clock, ENT_LINK_CONNECT_TIMEOUT_MS - 1);
  g_assert_no_error (pair->errors[0]);
  ent_clock_advance (clock, 1);
  g_assert_error (pair->errors[0], ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_TIMEOUT);
  g_assert_error (pair->errors[1], ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_TIMEOUT);
}

/* Policy relay without a relay: no address is told to the other side, and none of its is taken. */
static char *
count_carried (const char *text, gboolean is_description, gpointer data)
{
  if (!is_description)
    ++*(guint *) data;
  return g_strdup (text);
}

static void
test_relay_policy (void)
{
  g_autoptr (EntIceConfig) ice = ent_ice_config_new (ENT_ICE_POLICY_RELAY);
  g_autoptr (LinkPair) pair = link_pair_new (ENT_LINK_DATA, ice, NULL);
  g_autoptr (GError) error = NULL;
  guint n_carried = 0;

  pair->bribe = count_carried;
  pair->bribe_data = &n_carried;
  link_pair_start (pair);
  wait_until (has_offer, pair);
  let_run (500);
  g_assert_cmpuint (n_carried, ==, 0);
  g_assert_false (
    ent_link_take_candidate (pair->ends[0], "0 candidate:1 1 UDP 1 127.0.0.1 9 typ host", &error));
  g_assert_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_CANDIDATE);
}

/* Nothing that ends a test is written for it either. */
static void
test_forgiven (void)
{
  test_media_forgive_webrtcbin ();
  g_log ("GStreamer", G_LOG_LEVEL_WARNING, "gst_promise_free: runtime check failed");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  ent_media_init (&error);
  g_assert_no_error (error);
  g_test_add_func ("/link/both-ways", test_both_ways);
  g_test_add_func ("/link/order", test_order);
  g_test_add_func ("/link/swapped-fingerprints/data", test_swapped_data);
  g_test_add_func ("/link/swapped-fingerprints/call", test_swapped_call);
  g_test_add_func ("/link/swapped-fingerprints/one-side", test_one_side_deceived);
  g_test_add_func ("/link/closed-while-connecting", test_closed_while_connecting);
  g_test_add_func ("/link/closed-in-handler", test_closed_in_handler);
  g_test_add_func ("/link/peer-ends-channel", test_peer_ends_channel);
  g_test_add_func ("/link/largest-message", test_largest_message);
  g_test_add_func ("/link/hostile-descriptions", test_hostile_descriptions);
  g_test_add_func ("/link/spoilt-description", test_spoilt_description);
  g_test_add_func ("/link/too-many-candidates", test_too_many_candidates);
  g_test_add_func ("/link/timeout", test_timeout);
  g_test_add_func ("/link/relay-policy", test_relay_policy);
  g_test_add_func ("/link/forgiven", test_forgiven);
  result = g_test_run ();
  finish_media ();
  return result;
}
