/* Two ends in two processes. In one process GStreamer 1.22 gives all ends the same certificate, so
 * only here can it be seen that the certificate of the other end is the one that is compared. The
 * child is this same program with an argument; they talk by lines on its standard streams:
 * "D <description, escaped>", "C <candidate>", "V <short code>", "F <error code>". */

#include <gio/gio.h>
#include <gio/gunixinputstream.h>
#include <gio/gunixoutputstream.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "link-pair.h"
#include "media/ent-media.h"
#include "test-media.h"

typedef struct {
  EntLink *link;
  GDataInputStream *in;
  GOutputStream *out;
  gboolean spoils; /* changes fingerprints of what it receives */
  char *own_description;
  char *description; /* as it came */
  char *code; /* of the other end */
  int other_error; /* -1: none */
  int error; /* -1: none */
  gboolean is_over; /* the other process is gone */
} End;

static void
say (End *end, char kind, const char *text)
{
  g_autofree char *escaped = g_strescape (text, NULL);
  g_autofree char *line = g_strdup_printf ("%c %s\n", kind, escaped);

  g_output_stream_write_all (end->out, line, strlen (line), NULL, NULL, NULL);
}

static void
description_cb (EntLink *link, gboolean is_offer, const char *sdp, End *end)
{
  end->own_description = g_strdup (sdp);
  say (end, 'D', sdp);
}

static void
candidate_cb (EntLink *link, const char *candidate, End *end)
{
  say (end, 'C', candidate);
}

static void
verified_cb (EntLink *link, End *end)
{
  say (end, 'V', ent_link_get_short_code (link));
}

static void
failed_cb (EntLink *link, GError *error, End *end)
{
  g_autofree char *code = g_strdup_printf ("%d", error->code);

  end->error = error->code;
  say (end, 'F', code);
}

static void
take_description (End *end, const char *sdp)
{
  g_auto (GStrv) parts = g_strsplit (sdp, "a=fingerprint:sha-256 ", -1);
  g_autofree char *changed = NULL;
  g_autoptr (GError) error = NULL;

  end->description = g_strdup (sdp);
  for (guint i = 1; end->spoils && parts[i] != NULL; i++)
    memcpy (parts[i], "00:11:22", 8);
  changed = g_strjoinv ("a=fingerprint:sha-256 ", parts);
  ent_link_take_description (end->link, changed, &error);
  g_assert_no_error (error);
}

static void
line_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  End *end = data;
  g_autofree char *line = g_data_input_stream_read_line_finish (end->in, result, NULL, NULL);
  g_autofree char *text = NULL;

  if (line == NULL) {
    end->is_over = TRUE;
    return;
  }
  text = strlen (line) > 2 ? g_strcompress (line + 2) : g_strdup ("");
  switch (line[0]) {
  case 'D':
    take_description (end, text);
    break;
  case 'C':
    ent_link_take_candidate (end->link, text, NULL);
    break;
  case 'V':
    end->code = g_strdup (text);
    break;
  case 'F':
    end->other_error = atoi (text);
    break;
  default:
    break; /* the test library's own output */
  }
  g_data_input_stream_read_line_async (end->in, G_PRIORITY_DEFAULT, NULL, line_read_cb, end);
}

static void
start (End *end, EntLinkKind kind, EntLinkRole role, GInputStream *in, GOutputStream *out)
{
  test_media_forgive_webrtcbin ();
  end->error = end->other_error = -1;
  end->link = ent_link_new (kind, "one", role, NULL, NULL);
  end->in = g_data_input_stream_new (in);
  end->out = out;
  g_signal_connect (end->link, "description", G_CALLBACK (description_cb), end);
  g_signal_connect (end->link, "candidate", G_CALLBACK (candidate_cb), end);
  g_signal_connect (end->link, "verified", G_CALLBACK (verified_cb), end);
  g_signal_connect (end->link, "failed", G_CALLBACK (failed_cb), end);
  g_data_input_stream_read_line_async (end->in, G_PRIORITY_DEFAULT, NULL, line_read_cb, end);
  ent_link_start (end->link);
}

static gboolean
other_is_gone (gpointer data)
{
  return ((End *) data)->is_over;
}

/* The child: answers until its standard input ends. */
static int
run_answerer (EntLinkKind kind)
{
  End end = { 0 };
  g_autoptr (GInputStream) in = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  g_autoptr (GOutputStream) out = g_unix_output_stream_new (STDOUT_FILENO, FALSE);

  start (&end, kind, ENT_LINK_ANSWERER, in, out);
  wait_until (other_is_gone, &end);
  ent_link_close (end.link);
  finish_media ();
  _exit (0);
}

static gboolean
is_settled (gpointer data)
{
  End *end = data;

  return end->error >= 0 || end->other_error >= 0 || end->is_over ||
         (end->code != NULL && ent_link_get_state (end->link) == ENT_LINK_STATE_VERIFIED);
}

static void
finish (End *end, GSubprocess *child)
{
  g_output_stream_close (end->out, NULL, NULL);
  wait_until (other_is_gone, end);
  g_assert_true (g_subprocess_wait_check (child, NULL, NULL));
  ent_link_close (end->link);
  let_run (0);
  g_assert_finalize_object (end->link);
  g_object_unref (end->in);
  g_free (end->own_description);
  g_free (end->description);
  g_free (end->code);
  finish_media ();
}

static void
check (EntLinkKind kind, gboolean spoils)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child =
    g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
      "/proc/self/exe", kind == ENT_LINK_DATA ? "--answer-data" : "--answer-call", NULL);
  End end = { .spoils = spoils };

  g_assert_no_error (error);
  start (&end, kind, ENT_LINK_OFFERER, g_subprocess_get_stdout_pipe (child),
    g_subprocess_get_stdin_pipe (child));
  wait_until (is_settled, &end);
  if (spoils) {
    g_assert_cmpint (end.error, ==, ENT_MEDIA_ERROR_FINGERPRINT);
  } else {
    g_autofree char *own = ent_sdp_dup_fingerprint (end.own_description);
    g_autofree char *other = ent_sdp_dup_fingerprint (end.description);

    g_assert_cmpint (end.error, ==, -1);
    g_assert_cmpstr (own, !=, other);
    g_assert_cmpstr (ent_link_get_short_code (end.link), ==, end.code);
  }
  finish (&end, child);
}

static void
test_data (void)
{
  check (ENT_LINK_DATA, FALSE);
}

static void
test_call (void)
{
  check (ENT_LINK_CALL, FALSE);
}

static void
test_data_spoilt (void)
{
  check (ENT_LINK_DATA, TRUE);
}

static void
test_call_spoilt (void)
{
  check (ENT_LINK_CALL, TRUE);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;

  if (argc == 2 && g_str_has_prefix (argv[1], "--answer-")) {
    ent_media_init (&error);
    g_assert_no_error (error);
    return run_answerer (strcmp (argv[1], "--answer-data") == 0 ? ENT_LINK_DATA : ENT_LINK_CALL);
  }
  g_test_init (&argc, &argv, NULL);
  ent_media_init (&error);
  g_assert_no_error (error);
  g_test_add_func ("/link-processes/data", test_data);
  g_test_add_func ("/link-processes/call", test_call);
  g_test_add_func ("/link-processes/swapped-fingerprints/data", test_data_spoilt);
  g_test_add_func ("/link-processes/swapped-fingerprints/call", test_call_spoilt);
  return g_test_run ();
}
