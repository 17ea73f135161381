#include "link-pair.h"

#include "media/ent-media.h"
#include "test-media.h"

#define WAIT_MS 60000

static guint
index_of (LinkPair *pair, EntLink *link)
{
  return link == pair->ends[1];
}

static char *
carry (LinkPair *pair, const char *text, gboolean is_description)
{
  return pair->bribe != NULL ? pair->bribe (text, is_description, pair->bribe_data)
                             : g_strdup (text);
}

static void
description_cb (EntLink *link, gboolean is_offer, const char *sdp, LinkPair *pair)
{
  guint from = index_of (pair, link);
  g_autofree char *carried = carry (pair, sdp, TRUE);

  g_assert_cmpint (is_offer, ==, from == 0);
  g_assert_null (pair->descriptions[from]);
  pair->descriptions[from] = g_strdup (sdp);
  if (carried != NULL)
    ent_link_take_description (pair->ends[1 - from], carried, &pair->refused[1 - from]);
}

static void
candidate_cb (EntLink *link, const char *candidate, LinkPair *pair)
{
  guint from = index_of (pair, link);
  g_autofree char *carried = carry (pair, candidate, FALSE);

  g_assert_nonnull (pair->descriptions[from]);
  if (carried != NULL)
    ent_link_take_candidate (pair->ends[1 - from], carried, NULL);
}

static void
verified_cb (EntLink *link, LinkPair *pair)
{
  g_assert_cmpint (ent_link_get_state (link), ==, ENT_LINK_STATE_VERIFIED);
  pair->n_verified[index_of (pair, link)]++;
}

static void
failed_cb (EntLink *link, GError *error, LinkPair *pair)
{
  g_assert_cmpint (ent_link_get_state (link), ==, ENT_LINK_STATE_FAILED);
  g_assert_null (pair->errors[index_of (pair, link)]);
  pair->errors[index_of (pair, link)] = g_error_copy (error);
}

static void
channel_open_cb (EntLink *link, EntLinkChannel channel, LinkPair *pair)
{
  g_assert_cmpint (ent_link_get_state (link), ==, ENT_LINK_STATE_VERIFIED);
  pair->n_open[index_of (pair, link)]++;
}

static void
message_cb (EntLink *link, EntLinkChannel channel, GBytes *bytes, LinkPair *pair)
{
  guint to = index_of (pair, link);

  g_assert_cmpint (ent_link_get_state (link), ==, ENT_LINK_STATE_VERIFIED);
  g_ptr_array_add (pair->messages[to], g_bytes_ref (bytes));
  g_array_append_val (pair->channels[to], channel);
}

LinkPair *
link_pair_new (EntLinkKind kind, EntIceConfig *ice, EntClock *clock)
{
  LinkPair *pair = g_new0 (LinkPair, 1);

  test_media_forgive_webrtcbin ();
  for (guint i = 0; i < 2; i++) {
    EntLink *link =
      ent_link_new (kind, "one", i == 0 ? ENT_LINK_OFFERER : ENT_LINK_ANSWERER, ice, clock);

    pair->ends[i] = link;
    pair->messages[i] = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
    pair->channels[i] = g_array_new (FALSE, FALSE, sizeof (EntLinkChannel));
    g_signal_connect (link, "description", G_CALLBACK (description_cb), pair);
    g_signal_connect (link, "candidate", G_CALLBACK (candidate_cb), pair);
    g_signal_connect (link, "verified", G_CALLBACK (verified_cb), pair);
    g_signal_connect (link, "failed", G_CALLBACK (failed_cb), pair);
    g_signal_connect (link, "channel-open", G_CALLBACK (channel_open_cb), pair);
    g_signal_connect (link, "message", G_CALLBACK (message_cb), pair);
  }
  return pair;
}

void
link_pair_free (LinkPair *pair)
{
  for (guint i = 0; i < 2; i++) {
    ent_link_close (pair->ends[i]);
    g_signal_handlers_disconnect_by_data (pair->ends[i], pair);
  }
  let_run (0);
  for (guint i = 0; i < 2; i++) {
    g_assert_finalize_object (pair->ends[i]);
    g_clear_error (&pair->errors[i]);
    g_clear_error (&pair->refused[i]);
    g_free (pair->descriptions[i]);
    g_ptr_array_unref (pair->messages[i]);
    g_array_unref (pair->channels[i]);
  }
  finish_media ();
  g_free (pair);
}

void
link_pair_start (LinkPair *pair)
{
  ent_link_start (pair->ends[1]);
  ent_link_start (pair->ends[0]);
}

static gboolean
is_settled (gpointer data)
{
  LinkPair *pair = data;

  return (pair->n_verified[0] > 0 && pair->n_verified[1] > 0) || pair->errors[0] != NULL ||
         pair->errors[1] != NULL;
}

void
link_pair_wait_verified (LinkPair *pair)
{
  wait_until (is_settled, pair);
  g_assert_no_error (pair->errors[0]);
  g_assert_no_error (pair->errors[1]);
  g_assert_cmpuint (pair->n_verified[0], ==, 1);
  g_assert_cmpuint (pair->n_verified[1], ==, 1);
}

static gboolean
time_is_over_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

void
wait_until (Condition condition, gpointer data)
{
  gboolean is_over = FALSE;
  guint id = g_timeout_add (WAIT_MS, time_is_over_cb, &is_over);
  guint tick; /* conditions may change without a main-loop event */
  gboolean ticked = FALSE;

  tick = g_timeout_add (10, time_is_over_cb, &ticked);
  while (!condition (data)) {
    g_main_context_iteration (NULL, TRUE);
    g_assert_false (is_over);
  }
  g_source_remove (tick);
  g_source_remove (id);
}

void
let_run (guint ms)
{
  gboolean is_over = FALSE;
  guint id = g_timeout_add (ms, time_is_over_cb, &is_over);

  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (id);
}

void
finish_media (void)
{
  g_assert_true (ent_media_finish (WAIT_MS));
}
