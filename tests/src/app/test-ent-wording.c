#include "app/ent-wording.h"

#include <string.h>

#include "app/ent-colours.h"
#include "app/ent-interview.h"

#define HOUR (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)
/* 2026-03-04 12:00 UTC, a Wednesday. */
#define NOON (G_GINT64_CONSTANT (1772625600) * G_USEC_PER_SEC)

static void
assert_and_free (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_times (void)
{
  assert_and_free (ent_wording_new_time (NOON), "12:00");
  assert_and_free (ent_wording_new_day_time (NOON, NOON - HOUR), "Today, 12:00");
  assert_and_free (ent_wording_new_day_time (NOON, NOON - 13 * HOUR), "Tomorrow, 12:00");
  assert_and_free (ent_wording_new_day_time (NOON, NOON - 80 * HOUR), "Wednesday, 4 March, 12:00");
  assert_and_free (
    ent_wording_new_day_time (NOON, NOON + 9000 * HOUR), "Wednesday, 4 March 2026, 12:00");
  assert_and_free (ent_wording_new_span (NOON, NOON + HOUR, NOON), "Today, 12:00 to 13:00");
  assert_and_free (ent_wording_new_day (NOON, NOON - HOUR), "Today, Wednesday");
  assert_and_free (ent_wording_new_day (NOON, NOON - 13 * HOUR), "Tomorrow, Wednesday");
  assert_and_free (ent_wording_new_day (NOON, NOON - 80 * HOUR), "Wednesday, 4 March");
  assert_and_free (ent_wording_new_day (NOON, NOON + 9000 * HOUR), "Wednesday, 4 March 2026");
  assert_and_free (
    ent_wording_new_other_time (NOON, "Asia/Kolkata"), "Wednesday, 17:30 in Asia/Kolkata");
  assert_and_free (
    ent_wording_new_other_time (NOON, "Pacific/Auckland"), "Thursday, 01:00 in Pacific/Auckland");
  assert_and_free (ent_wording_new_other_span (NOON, NOON + HOUR, "Asia/Kolkata"),
    "Wednesday, 17:30 to 18:30 in Asia/Kolkata");
  g_assert_null (ent_wording_new_other_span (NOON, NOON + HOUR, "UTC"));
  g_assert_null (ent_wording_new_other_time (NOON, "UTC"));
  g_assert_null (ent_wording_new_other_time (NOON, "Europe/Nowhere"));
  g_assert_null (ent_wording_new_other_time (NOON, NULL));
  assert_and_free (ent_wording_new_duration (38), "38 ms");
  assert_and_free (ent_wording_new_duration (1240), "1.24 s");
}

static void
test_verdicts (void)
{
  EntMsgRunEnded ended = {
    .verdict = ENT_VERDICT_OK, .wall_ms = 120, .cpu_ms = 90, .memory_kb = 9 * 1024
  };
  g_autofree char *ok = ent_wording_new_verdict (&ended);
  g_autofree char *failed = NULL;
  g_autofree char *internal = NULL;

  g_assert_true (g_str_has_prefix (ok, "Finished. 120 ms, 90 ms of computing, 9.0"));
  ended.verdict = ENT_VERDICT_RUNTIME_ERROR;
  ended.exit_code = 3;
  ended.truncated = TRUE;
  failed = ent_wording_new_verdict (&ended);
  g_assert_true (g_str_has_prefix (failed, "Failed with exit code 3."));
  g_assert_nonnull (strstr (failed, "The output was cut."));
  ended.verdict = ENT_VERDICT_INTERNAL_ERROR;
  ended.message = "No box could be made.";
  internal = ent_wording_new_verdict (&ended);
  g_assert_cmpstr (internal, ==, "The program could not be run. No box could be made.");
}

/* Every value has words: none is forgotten when one is added. */
static void
test_complete (void)
{
  for (int role = ENT_ROLE_HOST; role <= ENT_ROLE_OBSERVER; role++)
    g_assert_cmpstr (ent_wording_get_role (role), !=, "");
  for (int connection = ENT_CONNECTION_NONE; connection <= ENT_CONNECTION_DIRECT; connection++) {
    g_assert_cmpstr (ent_wording_get_connection (connection), !=, "");
    g_assert_cmpstr (ent_wording_get_connection_name (connection), !=, "");
    g_assert_cmpstr (ent_wording_get_connection_sentence (connection), !=, "");
  }
  for (int verdict = ENT_VERDICT_INTERNAL_ERROR; verdict <= ENT_VERDICT_OK; verdict++) {
    EntMsgRunEnded ended = { .verdict = verdict };
    g_autofree char *text = ent_wording_new_verdict (&ended);

    g_assert_cmpstr (text, !=, "");
  }
  g_assert_cmpstr (ent_wording_get_language ("cpp"), ==, "C++");
  g_assert_cmpstr (ent_wording_get_language ("cobol"), ==, "cobol");
}

/* Names must be readable on their colours (contrast of at least 3 for bold text). */
static double
luminance (const GdkRGBA *c)
{
  return 0.2126 * c->red * c->red + 0.7152 * c->green * c->green + 0.0722 * c->blue * c->blue;
}

static void
test_colours (void)
{
  for (guint i = 0; i < ENT_COLOURS_N; i++) {
    double a = luminance (ent_colours_get (i)) + 0.05;
    double b = luminance (ent_colours_get_text (i)) + 0.05;

    g_assert_cmpfloat (MAX (a, b) / MIN (a, b), >, 3.0);
  }
  g_assert_true (ent_colours_get (9) == ent_colours_get (1));
}

static EntInterview *
new_interview (EntRole role, EntInterviewState state)
{
  EntApiInterview data = {
    .id = (char *) "i",
    .room = (char *) "r",
    .title = (char *) "Backend",
    .role = role,
    .state = state,
    .starts = NOON,
    .ends = NOON + HOUR,
    .opens = NOON - HOUR / 4,
    .host_name = (char *) "Ada",
    .candidate_name = (char *) "Grace",
  };

  return ent_interview_new (&data, NOON - HOUR);
}

static void
count_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  (*(guint *) data)++;
}

static void
test_interview_opens (void)
{
  g_autoptr (EntInterview) interview = new_interview (ENT_ROLE_CANDIDATE, ENT_INTERVIEW_SCHEDULED);
  g_autofree char *opens = NULL;
  g_autofree char *people = NULL;
  guint n_notified = 0;

  g_object_get (interview, "opens-text", &opens, "people", &people, NULL);
  g_assert_cmpstr (opens, ==, "Opens: Today, 11:45");
  g_assert_cmpstr (people, ==, "Ada with Grace");
  g_assert_false (ent_interview_can_join (interview));
  g_signal_connect (interview, "notify::can-join", G_CALLBACK (count_cb), &n_notified);
  ent_interview_update (interview, NOON - HOUR / 4);
  ent_interview_update (interview, NOON);
  g_assert_true (ent_interview_can_join (interview));
  g_assert_cmpuint (n_notified, ==, 1);
}

static void
test_short_names (void)
{
  static const struct {
    const char *name, *shown;
  } cases[] = {
    { "Ines", "Ines" },
    { "Zoë Ærøskøbing-Wölfelschneider-Ångström2", "Zoë Ærøskøbing-Wölfelschneider-Ångström2" },
    { "Zoë Ærøskøbing-Wölfelschneider-Ångström II", "Zoë Ærøskøbing-Wölfelschneider-Ångström…" },
    { "Ines Aurelia Fernández-Castellanos y de la Vega",
      "Ines Aurelia Fernández-Castellanos y de…" },
    { "Ines Aurelia Fernandez-Castellanos 3456\u0301\u0301",
      "Ines Aurelia Fernandez-Castellanos 345…" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *shown = ent_wording_new_short_name (cases[i].name);

    g_assert_cmpstr (shown, ==, cases[i].shown);
  }
  g_assert_null (ent_wording_new_short_name (NULL));
}

static void
test_interview_doors (void)
{
  g_autoptr (EntInterview) host = new_interview (ENT_ROLE_HOST, ENT_INTERVIEW_SCHEDULED);
  g_autoptr (EntInterview) ended = new_interview (ENT_ROLE_HOST, ENT_INTERVIEW_ENDED);
  g_autoptr (EntInterview) cancelled = new_interview (ENT_ROLE_CANDIDATE, ENT_INTERVIEW_CANCELLED);

  g_assert_true (ent_interview_can_join (host));
  g_assert_false (ent_interview_can_join (ended));
  ent_interview_update (cancelled, NOON);
  g_assert_false (ent_interview_can_join (cancelled));
}

int
main (int argc, char **argv)
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wording/times-in-the-local-zone", test_times);
  g_test_add_func ("/wording/verdicts", test_verdicts);
  g_test_add_func ("/wording/nothing-is-forgotten", test_complete);
  g_test_add_func ("/wording/short-names", test_short_names);
  g_test_add_func ("/colours/names-can-be-read", test_colours);
  g_test_add_func ("/interview/opens-with-the-clock", test_interview_opens);
  g_test_add_func ("/interview/who-may-enter", test_interview_doors);
  return g_test_run ();
}
