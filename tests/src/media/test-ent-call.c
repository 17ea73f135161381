#include "media/ent-call.h"

#include <string.h>

#include "link-pair.h"
#include "media/ent-link-private.h"
#include "media/ent-media.h"

#define MAX_STRAGGLING 10

/* People who are all in one process, everyone linked with everyone. */
#define MAX_PEOPLE 3

typedef struct {
  EntCall *call;
  GHashTable *frames; /* peer id ("" for oneself) to the number of pictures shown */
  GHashTable *shown; /* peer id to GINT: picture-changed */
  EntFrame *last; /* of a peer */
  EntFrame *last_own;
} Person;

typedef struct {
  Person people[MAX_PEOPLE];
  guint n;
  LinkPair *pairs[MAX_PEOPLE]; /* 0-1, 0-2, 1-2 */
  guint n_pairs;
} Meeting;

static const char *const names[MAX_PEOPLE] = { "ada", "bob", "cyd" };

static void
frame_cb (EntCall *call, const char *peer_id, EntFrame *frame, Person *person)
{
  const char *key = peer_id != NULL ? peer_id : "";
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (person->frames, key));
  EntFrame **last;

  g_hash_table_replace (person->frames, g_strdup (key), GUINT_TO_POINTER (n + 1));
  last = peer_id != NULL ? &person->last : &person->last_own;
  g_clear_pointer (last, ent_frame_unref);
  *last = ent_frame_ref (frame);
}

static void
picture_changed_cb (EntCall *call, const char *peer_id, gboolean is_shown, Person *person)
{
  g_hash_table_replace (person->shown, g_strdup (peer_id), GINT_TO_POINTER (is_shown));
}

static void
add_person (Meeting *meeting, EntCallSource source)
{
  Person *person = &meeting->people[meeting->n++];

  person->call = ent_call_new (source, NULL);
  person->frames = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  person->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect (person->call, "frame", G_CALLBACK (frame_cb), person);
  g_signal_connect (person->call, "picture-changed", G_CALLBACK (picture_changed_cb), person);
  ent_call_start (person->call);
}

static LinkPair *
connect_people (Meeting *meeting, guint a, guint b)
{
  LinkPair *pair = link_pair_new (ENT_LINK_CALL, NULL, NULL);
  g_autoptr (GError) error = NULL;

  meeting->pairs[meeting->n_pairs++] = pair;
  ent_call_add_peer (meeting->people[a].call, names[b], pair->ends[0], &error);
  g_assert_no_error (error);
  ent_call_add_peer (meeting->people[b].call, names[a], pair->ends[1], &error);
  g_assert_no_error (error);
  link_pair_start (pair);
  return pair;
}

static Meeting *
meeting_of_two (EntCallSource first, EntCallSource second)
{
  Meeting *meeting = g_new0 (Meeting, 1);

  add_person (meeting, first);
  add_person (meeting, second);
  link_pair_wait_verified (connect_people (meeting, 0, 1));
  return meeting;
}

static void
meeting_free (Meeting *meeting)
{
  for (guint i = 0; i < meeting->n; i++) {
    Person *person = &meeting->people[i];

    ent_call_stop (person->call);
    g_signal_handlers_disconnect_by_data (person->call, person);
    let_run (0);
    g_assert_finalize_object (person->call);
    g_hash_table_unref (person->frames);
    g_hash_table_unref (person->shown);
    g_clear_pointer (&person->last, ent_frame_unref);
    g_clear_pointer (&person->last_own, ent_frame_unref);
  }
  for (guint i = 0; i < meeting->n_pairs; i++)
    link_pair_free (meeting->pairs[i]);
  g_free (meeting);
  finish_media ();
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Meeting, meeting_free)

static EntCallPeerStats
stats_of (Meeting *meeting, guint who, guint of)
{
  EntCallPeerStats stats = { 0 };

  g_assert_true (ent_call_get_peer_stats (meeting->people[who].call, names[of], &stats));
  return stats;
}

static guint
n_frames (Meeting *meeting, guint who, const char *of)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (meeting->people[who].frames, of));
}

/* Waits for more of something than there is now. */
typedef struct {
  Meeting *meeting;
  guint who;
  guint of;
  guint64 frames;
  guint64 audio;
} Growth;

static gboolean
has_grown (gpointer data)
{
  Growth *growth = data;
  EntCallPeerStats stats = stats_of (growth->meeting, growth->who, growth->of);

  return stats.frames_decoded >= growth->frames && stats.audio_buffers_decoded >= growth->audio;
}

static void
wait_for_more (Meeting *meeting, guint who, guint of, guint frames, guint audio)
{
  EntCallPeerStats stats = stats_of (meeting, who, of);
  Growth growth = { meeting, who, of, stats.frames_decoded + frames,
    stats.audio_buffers_decoded + audio };

  wait_until (has_grown, &growth);
}

static guint64
get_audio_sent (const EntCallPeerStats *stats)
{
  return stats->audio_bytes_sent;
}

static guint64
get_frames_sent (const EntCallPeerStats *stats)
{
  return stats->frames_sent;
}

static guint64
get_frames_decoded (const EntCallPeerStats *stats)
{
  return stats->frames_decoded;
}

/* What was on its way may still come, on a busy machine for long; then the count of the first
 * person stands still, while so much more of growth arrives. */
static void
wait_until_still (Meeting *meeting,
  guint who,
  guint64 (*count) (const EntCallPeerStats *stats),
  Growth growth)
{
  guint64 before;
  guint64 after = 0;

  for (guint i = 0; i < MAX_STRAGGLING; i++) {
    EntCallPeerStats stats = stats_of (meeting, who, 1 - who);

    before = count (&stats);
    wait_for_more (meeting, growth.who, growth.of, growth.frames, growth.audio);
    stats = stats_of (meeting, who, 1 - who);
    after = count (&stats);
    if (after == before)
      return;
  }
  g_error ("It did not end: %" G_GUINT64_FORMAT " until now", after);
}

static gboolean
hears_a_tone (gpointer data)
{
  return stats_of (data, 0, 1).audio_peak > 0.02 && stats_of (data, 1, 0).audio_peak > 0.02;
}

static gboolean
everyone_sees (gpointer data)
{
  return n_frames (data, 0, names[1]) > 5 && n_frames (data, 1, names[0]) > 5 &&
         n_frames (data, 0, "") > 5;
}

static void
assert_is_test_picture (EntFrame *frame)
{
  const guint8 *pixels = g_bytes_get_data (frame->pixels, NULL);
  const guint8 *left = pixels + 40 * frame->stride;
  guint32 colours[7] = { 0 };
  guint n_different = 0;

  g_assert_cmpuint (frame->width, ==, 640);
  g_assert_cmpuint (frame->height, ==, 360);
  g_assert_cmpuint (frame->stride, >=, 640 * 3);
  g_assert_cmpuint (g_bytes_get_size (frame->pixels), >=, frame->stride * 360);
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++) {
    memcpy (&colours[i], left + i * 90 * 3, 3);
    n_different += i > 0 && colours[i] != colours[i - 1];
  }
  g_assert_cmpuint (n_different, >=, 4);
}

static gboolean
pictures_are_narrow (gpointer data)
{
  Meeting *meeting = data;
  EntFrame *frame = meeting->people[0].last;
  EntFrame *own = meeting->people[0].last_own;

  return frame->width == 270 && own->width == 200;
}

static gboolean
pictures_are_whole (gpointer data)
{
  return ((Meeting *) data)->people[0].last->width == 640;
}

/* On a busy machine none may come for two seconds, which counts as no picture for so long. */
static gboolean
is_seen (gpointer data)
{
  Growth *seen = data;

  return g_hash_table_lookup (seen->meeting->people[seen->who].shown, names[seen->of]) != NULL;
}

static void
wait_until_seen (Meeting *meeting, guint who, guint of)
{
  Growth seen = { meeting, who, of, 0, 0 };

  wait_until (is_seen, &seen);
}

/* Frames come as wide as they are shown, whatever is sent, and as they are again when nobody says.
 */
static void
test_picture_width (void)
{
  g_autoptr (Meeting) meeting = meeting_of_two (ENT_CALL_SOURCE_TEST, ENT_CALL_SOURCE_TEST);
  EntCall *call = meeting->people[0].call;

  ent_call_set_picture_width (call, names[1], 300);
  ent_call_set_picture_width (call, NULL, 200);
  wait_until (everyone_sees, meeting);
  g_assert_cmpuint (meeting->people[0].last->width, ==, 300);
  ent_call_set_picture_width (call, names[1], 270);
  wait_until (pictures_are_narrow, meeting);
  g_assert_cmpuint (meeting->people[0].last->height, ==, 152);
  g_assert_cmpuint (meeting->people[0].last_own->height, ==, 113);
  g_assert_cmpuint (stats_of (meeting, 0, 1).width, ==, 640);
  ent_call_set_picture_width (call, names[1], 2000);
  wait_until (pictures_are_whole, meeting);
  assert_is_test_picture (meeting->people[0].last);
}

static void
test_picture_and_sound (void)
{
  g_autoptr (Meeting) meeting = meeting_of_two (ENT_CALL_SOURCE_TEST, ENT_CALL_SOURCE_TEST);
  EntCallPeerStats stats;
  EntCallStats own;
  double loss = -1;
  guint kbit = 0;

  wait_for_more (meeting, 0, 1, 10, 20);
  wait_for_more (meeting, 1, 0, 10, 20);
  wait_until (hears_a_tone, meeting);
  wait_until (everyone_sees, meeting);
  assert_is_test_picture (meeting->people[0].last);
  wait_until_seen (meeting, 0, 1);
  stats = stats_of (meeting, 0, 1);
  g_assert_cmpuint (stats.width, ==, 640);
  g_assert_cmpuint (stats.frames_sent, >, 0);
  g_assert_cmpuint (stats.video_bytes_received, >, 0);
  g_assert_cmpuint (stats.audio_bytes_sent, >, 0);
  g_assert_true (stats.receives_video);
  ent_call_get_stats (meeting->people[0].call, &own);
  g_assert_cmpuint (own.fps, ==, 30);
  g_assert_cmpuint (own.key_frames, >, 0);
  g_assert_true (ent_call_make_report (meeting->people[0].call, names[1], &loss, &kbit));
  g_assert_cmpfloat (loss, >=, 0);
  g_assert_cmpuint (kbit, >, 0);
  g_assert_false (ent_call_make_report (meeting->people[0].call, "nobody", &loss, &kbit));
}

/* Muted: not a byte more goes out; then again, on the same link with the same description. */
static void
test_mute (void)
{
  g_autoptr (Meeting) meeting = meeting_of_two (ENT_CALL_SOURCE_TEST, ENT_CALL_SOURCE_TEST);

  wait_for_more (meeting, 1, 0, 5, 5);
  ent_call_set_muted (meeting->people[0].call, TRUE);
  wait_until_still (meeting, 0, get_audio_sent, (Growth){ meeting, 1, 0, 10, 0 });
  ent_call_set_muted (meeting->people[0].call, FALSE);
  wait_for_more (meeting, 1, 0, 5, 20);
  g_assert_cmpuint (meeting->pairs[0]->n_verified[0], ==, 1);
}

static gboolean
sees_nobody (gpointer data)
{
  Meeting *meeting = data;

  return !g_hash_table_lookup (meeting->people[1].shown, names[0]);
}

static void
test_camera_off_and_on (void)
{
  g_autoptr (Meeting) meeting = meeting_of_two (ENT_CALL_SOURCE_TEST, ENT_CALL_SOURCE_TEST);
  EntCallStats own;
  guint64 keys;

  wait_for_more (meeting, 1, 0, 5, 5);
  ent_call_set_camera_on (meeting->people[0].call, FALSE);
  wait_until_still (meeting, 0, get_frames_sent, (Growth){ meeting, 1, 0, 0, 10 });
  wait_until (sees_nobody, meeting);
  ent_call_get_stats (meeting->people[0].call, &own);
  keys = own.key_frames;
  ent_call_set_camera_on (meeting->people[0].call, TRUE);
  wait_for_more (meeting, 1, 0, 5, 5);
  ent_call_get_stats (meeting->people[0].call, &own);
  g_assert_cmpuint (own.key_frames, >, keys);
  wait_until_seen (meeting, 1, 0);
}

/* A computer without camera and microphone sees and hears the other one. */
static void
test_nothing_on_one_side (void)
{
  g_autoptr (Meeting) meeting = meeting_of_two (ENT_CALL_SOURCE_NONE, ENT_CALL_SOURCE_TEST);
  gboolean has_camera = TRUE;
  g_autofree char *problem = NULL;

  wait_for_more (meeting, 0, 1, 10, 20);
  g_assert_cmpuint (stats_of (meeting, 1, 0).frames_decoded, ==, 0);
  g_assert_cmpuint (stats_of (meeting, 0, 1).audio_bytes_sent, ==, 0);
  g_object_get (meeting->people[0].call, "has-camera", &has_camera, "problem", &problem, NULL);
  g_assert_false (has_camera);
  g_assert_null (problem);
}

/* Camera and sound are opened before anybody is there; a person who comes late gets a complete
 * picture at once. */
static void
test_three_people (void)
{
  g_autoptr (Meeting) meeting = meeting_of_two (ENT_CALL_SOURCE_TEST, ENT_CALL_SOURCE_TEST);
  EntCallStats own;

  wait_for_more (meeting, 0, 1, 5, 5);
  add_person (meeting, ENT_CALL_SOURCE_TEST);
  connect_people (meeting, 0, 2);
  connect_people (meeting, 1, 2);
  link_pair_wait_verified (meeting->pairs[1]);
  link_pair_wait_verified (meeting->pairs[2]);
  for (guint who = 0; who < 3; who++)
    for (guint of = 0; of < 3; of++)
      if (who != of)
        wait_for_more (meeting, who, of, 5, 10);
  ent_call_get_stats (meeting->people[0].call, &own);
  g_assert_cmpuint (own.fps, ==, 15);
  /* One leaves: the others go on. */
  ent_call_remove_peer (meeting->people[0].call, names[2]);
  ent_call_remove_peer (meeting->people[1].call, names[2]);
  wait_for_more (meeting, 0, 1, 5, 10);
  wait_for_more (meeting, 1, 0, 5, 10);
  ent_call_get_stats (meeting->people[0].call, &own);
  g_assert_cmpuint (own.fps, ==, 30);
}

static char *
swap_fingerprint (const char *text, gboolean is_description, gpointer data)
{
  g_auto (GStrv) parts = g_strsplit (text, "a=fingerprint:sha-256 ", -1);

  if (!is_description)
    return g_strdup (text);
  for (guint i = 1; parts[i] != NULL; i++)
    memcpy (parts[i], "00:11:22", 8);
  return g_strjoinv ("a=fingerprint:sha-256 ", parts);
}

static gboolean
has_error (gpointer data)
{
  LinkPair *pair = data;

  return pair->errors[0] != NULL && pair->errors[1] != NULL;
}

static gboolean
both_see_themselves (gpointer data)
{
  return n_frames (data, 0, "") > 10 && n_frames (data, 1, "") > 10;
}

/* Somebody in between: not a picture and not a sound goes either way. */
static void
test_swapped_fingerprints (void)
{
  g_autoptr (Meeting) meeting = g_new0 (Meeting, 1);
  LinkPair *pair = link_pair_new (ENT_LINK_CALL, NULL, NULL);

  add_person (meeting, ENT_CALL_SOURCE_TEST);
  add_person (meeting, ENT_CALL_SOURCE_TEST);
  meeting->pairs[meeting->n_pairs++] = pair;
  pair->bribe = swap_fingerprint;
  for (guint i = 0; i < 2; i++)
    g_assert_true (ent_call_add_peer (meeting->people[i].call, names[1 - i], pair->ends[i], NULL));
  link_pair_start (pair);
  wait_until (has_error, pair);
  wait_until (both_see_themselves, meeting); /* there is something that could be sent */
  for (guint i = 0; i < 2; i++) {
    EntCallPeerStats stats = stats_of (meeting, i, 1 - i);

    g_assert_cmpuint (stats.frames_sent, ==, 0);
    g_assert_cmpuint (stats.audio_bytes_sent, ==, 0);
    g_assert_cmpuint (stats.frames_decoded, ==, 0);
    g_assert_cmpuint (stats.audio_buffers_decoded, ==, 0);
    g_assert_cmpuint (n_frames (meeting, i, names[1 - i]), ==, 0);
  }
}

static GstPadProbeReturn
change_source_cb (GstPad *pad, GstPadProbeInfo *info, gpointer data)
{
  GstBuffer *buffer = gst_buffer_make_writable (GST_PAD_PROBE_INFO_BUFFER (info));
  guint8 other[4] = { 1, 2, 3, 4 };
  guint8 type = 0;

  GST_PAD_PROBE_INFO_DATA (info) = buffer;
  gst_buffer_extract (buffer, 1, &type, 1);
  if ((type & 0x7f) == 96)
    gst_buffer_fill (buffer, 8, other, sizeof other);
  return GST_PAD_PROBE_OK;
}

/* A peer that sends pictures under another source than it described: they do not reach webrtcbin's
 * inside, where such a stream has no place. */
static void
test_undescribed_source (void)
{
  g_autoptr (Meeting) meeting = meeting_of_two (ENT_CALL_SOURCE_TEST, ENT_CALL_SOURCE_TEST);
  g_autoptr (GstElement) rtpbin =
    gst_bin_get_by_name (GST_BIN (meeting->pairs[0]->ends[0]->webrtc), "rtpbin");
  g_autoptr (GstPad) pad = gst_element_get_static_pad (rtpbin, "send_rtp_src_0");

  g_assert_nonnull (pad);
  wait_for_more (meeting, 1, 0, 2, 2);
  gst_pad_add_probe (pad, GST_PAD_PROBE_TYPE_BUFFER, change_source_cb, NULL, NULL);
  /* The other way all is well. */
  wait_until_still (meeting, 1, get_frames_decoded, (Growth){ meeting, 0, 1, 15, 15 });
}

static void
test_without_pictures (void)
{
  g_autoptr (Meeting) meeting = g_new0 (Meeting, 1);

  add_person (meeting, ENT_CALL_SOURCE_TEST);
  add_person (meeting, ENT_CALL_SOURCE_TEST);
  g_object_set (meeting->people[1].call, "show-pictures", FALSE, NULL);
  connect_people (meeting, 0, 1);
  link_pair_wait_verified (meeting->pairs[0]);
  wait_for_more (meeting, 1, 0, 10, 10);
  g_assert_cmpuint (stats_of (meeting, 1, 0).width, ==, 640);
  g_assert_cmpuint (n_frames (meeting, 1, names[0]), ==, 0);
  wait_until_seen (meeting, 1, 0);
}

static void
test_bad_line (void)
{
  g_autoptr (Meeting) meeting = meeting_of_two (ENT_CALL_SOURCE_TEST, ENT_CALL_SOURCE_TEST);

  wait_for_more (meeting, 1, 0, 5, 5);
  for (guint i = 0; i < 30; i++)
    ent_call_take_report (meeting->people[0].call, names[1], 0.5, 40);
  g_assert_false (stats_of (meeting, 0, 1).receives_video);
  /* The sound goes on. */
  wait_until_still (meeting, 0, get_frames_sent, (Growth){ meeting, 1, 0, 0, 20 });
  for (guint i = 0; i < 40; i++)
    ent_call_take_report (meeting->people[0].call, names[1], 0, 0);
  g_assert_true (stats_of (meeting, 0, 1).receives_video);
  wait_for_more (meeting, 1, 0, 5, 0);
}

static gboolean
knows_its_problem (gpointer data)
{
  g_autofree char *problem = NULL;

  g_object_get (data, "problem", &problem, NULL);
  return problem != NULL;
}

/* This test's computer has no sound server (the address leads nowhere), perhaps no camera either.
 */
static void
test_missing_devices (void)
{
  g_autoptr (Meeting) meeting = g_new0 (Meeting, 1);
  g_autofree char *problem = NULL;

  add_person (meeting, ENT_CALL_SOURCE_DEVICES);
  add_person (meeting, ENT_CALL_SOURCE_TEST);
  wait_until (knows_its_problem, meeting->people[0].call);
  g_object_get (meeting->people[0].call, "problem", &problem, NULL);
  g_assert_nonnull (strstr (problem, "microphone"));
  g_assert_nonnull (strstr (problem, "sound output"));
  connect_people (meeting, 0, 1);
  link_pair_wait_verified (meeting->pairs[0]);
  wait_for_more (meeting, 0, 1, 5, 5);
}

static void
test_full (void)
{
  g_autoptr (EntCall) call = ent_call_new (ENT_CALL_SOURCE_NONE, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i <= ENT_CALL_MAX_PEERS; i++) {
    g_autofree char *id = g_strdup_printf ("peer %u", i);
    g_autoptr (EntLink) link = ent_link_new (ENT_LINK_CALL, id, ENT_LINK_OFFERER, NULL, NULL);

    if (i < ENT_CALL_MAX_PEERS)
      g_assert_true (ent_call_add_peer (call, id, link, NULL));
    else
      g_assert_false (ent_call_add_peer (call, id, link, &error));
  }
  g_assert_error (error, ENT_MEDIA_ERROR, ENT_MEDIA_ERROR_LIMIT);
  ent_call_remove_peer (call, "nobody");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int result;

  g_setenv ("PULSE_SERVER", "unix:/nonexistent/pulse", TRUE);
  g_test_init (&argc, &argv, NULL);
  ent_media_init (&error);
  g_assert_no_error (error);
  g_test_add_func ("/call/picture-and-sound", test_picture_and_sound);
  g_test_add_func ("/call/picture-width", test_picture_width);
  g_test_add_func ("/call/mute", test_mute);
  g_test_add_func ("/call/camera-off-and-on", test_camera_off_and_on);
  g_test_add_func ("/call/nothing-on-one-side", test_nothing_on_one_side);
  g_test_add_func ("/call/three-people", test_three_people);
  g_test_add_func ("/call/swapped-fingerprints", test_swapped_fingerprints);
  g_test_add_func ("/call/undescribed-source", test_undescribed_source);
  g_test_add_func ("/call/without-pictures", test_without_pictures);
  g_test_add_func ("/call/bad-line", test_bad_line);
  g_test_add_func ("/call/missing-devices", test_missing_devices);
  g_test_add_func ("/call/full", test_full);
  result = g_test_run ();
  finish_media ();
  return result;
}
