#include "http/coord-subjects.h"

#define MAX_SUBJECTS 20
#define N_NAMES 60
#define N_KINDS 3

/* The same by looking at all. */
typedef struct {
  gboolean is_here;
  guint64 kind;
  guint64 used;
  gint64 over_us;
  guint count;
} Plain;

static guint
count_kind (const Plain *plain, guint64 kind)
{
  guint n = 0;

  for (guint i = 0; i < N_NAMES; i++)
    n += plain[i].is_here && plain[i].kind == kind;
  return n;
}

/* One of those whom the table may forget; TRUE for each of them. */
static gboolean
may_go (const Plain *plain, guint which, gint64 now_us)
{
  gboolean is_any_over = FALSE;

  for (guint i = 0; i < N_NAMES; i++)
    is_any_over |= plain[i].is_here && plain[i].over_us <= now_us;
  if (is_any_over)
    return plain[which].over_us <= now_us;
  for (guint64 kind = 0; kind < N_KINDS; kind++)
    if (count_kind (plain, kind) > count_kind (plain, plain[which].kind))
      return FALSE;
  for (guint i = 0; i < N_NAMES; i++)
    if (plain[i].is_here && plain[i].kind == plain[which].kind && plain[i].used < plain[which].used)
      return FALSE;
  return TRUE;
}

static void
write_name (char *name, guint which)
{
  g_snprintf (name, 16, "%.*s%u", (int) which % 9, "abcdefghi", which);
}

/* Finds out which one went, and that it was one that may. To find one is to use it, so that all are
 * found, by when they were used last. */
static void
check (CoordSubjects *subjects, Plain *plain, guint added, gint64 now_us)
{
  guint gone = N_NAMES;
  guint64 after = 0;

  for (;;) {
    guint next = N_NAMES;
    char name[16];
    CoordSubject *subject;

    for (guint i = 0; i < N_NAMES; i++)
      if (plain[i].is_here && plain[i].used > after &&
          (next == N_NAMES || plain[i].used < plain[next].used))
        next = i;
    if (next == N_NAMES)
      break;
    after = plain[next].used;
    write_name (name, next);
    subject = coord_subjects_find (subjects, name);
    if (subject == NULL) {
      g_assert_cmpuint (gone, ==, N_NAMES);
      gone = next;
      continue;
    }
    g_assert_cmpint (coord_subject_get_over_us (subject), ==, plain[next].over_us);
    g_assert_cmpuint (coord_subject_get_count (subject), ==, plain[next].count);
  }
  if (gone == N_NAMES)
    return;
  g_assert_cmpuint (gone, !=, added);
  plain[added].is_here = FALSE;
  g_assert_true (may_go (plain, gone, now_us));
  plain[added].is_here = TRUE;
  plain[gone].is_here = FALSE;
}

static guint
count_all (const Plain *plain)
{
  guint n = 0;

  for (guint64 kind = 0; kind < N_KINDS; kind++)
    n += count_kind (plain, kind);
  return n;
}

static void
use (CoordSubjects *subjects, Plain *plain, guint which, gint64 now_us, guint64 turn)
{
  char name[16];
  CoordSubject *subject;

  write_name (name, which);
  if (!plain[which].is_here)
    plain[which] =
      (Plain){ .is_here = TRUE, .kind = g_test_rand_int_range (0, N_KINDS), .over_us = now_us };
  subject = coord_subjects_ensure (subjects, plain[which].kind, name, now_us);
  plain[which].used = turn;
  g_assert_cmpint (coord_subject_get_over_us (subject), ==, plain[which].over_us);
  g_assert_cmpuint (coord_subject_get_count (subject), ==, plain[which].count);
  plain[which].over_us = now_us + g_test_rand_int_range (0, 40);
  plain[which].count++;
  coord_subject_set_over_us (subject, plain[which].over_us);
  coord_subject_set_count (subject, plain[which].count);
}

static void
test_against_plain (void)
{
  g_autoptr (CoordSubjects) subjects = coord_subjects_new (MAX_SUBJECTS);
  Plain plain[N_NAMES] = { 0 };

  for (guint64 turn = 1; turn < 20000; turn++) {
    gint64 now_us = turn / 2;
    guint which = g_test_rand_int_range (0, N_NAMES);
    char name[16];

    write_name (name, which);
    if (g_test_rand_int_range (0, 10) == 0) {
      coord_subjects_remove (subjects, name);
      plain[which].is_here = FALSE;
    } else {
      use (subjects, plain, which, now_us, turn);
      check (subjects, plain, which, now_us);
    }
    g_assert_cmpuint (coord_subjects_get_size (subjects), ==, count_all (plain));
    g_assert_cmpuint (coord_subjects_get_size (subjects), <=, MAX_SUBJECTS);
  }
}

/* Names that are one to g_str_hash(), as anybody can make them: with it this took minutes. */
static void
test_colliding_names (void)
{
  g_autoptr (CoordSubjects) subjects = coord_subjects_new (100000);
  gint64 began_us = g_get_monotonic_time ();

  for (guint i = 0; i < 65536; i++) {
    char name[33] = "";

    for (guint bit = 0; bit < 16; bit++) {
      name[2 * bit] = i >> bit & 1 ? 'b' : 'c';
      name[2 * bit + 1] = i >> bit & 1 ? 'd' : 'C';
    }
    g_assert_cmpuint (g_str_hash (name), ==, g_str_hash ("cCcCcCcCcCcCcCcCcCcCcCcCcCcCcCcC"));
    coord_subjects_ensure (subjects, 0, name, 0);
  }
  g_assert_cmpuint (coord_subjects_get_size (subjects), ==, 65536);
  g_test_message ("65536 names: %" G_GINT64_FORMAT " us", g_get_monotonic_time () - began_us);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/subjects/against-plain", test_against_plain);
  g_test_add_func ("/subjects/colliding-names", test_colliding_names);
  return g_test_run ();
}
