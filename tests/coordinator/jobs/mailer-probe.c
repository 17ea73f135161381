/* Sends what is in the outbox of a database by the server at a port, as the coordinator does:
 *
 *   mailer-probe DATABASE PORT COUNT
 *
 * makes COUNT mails (0: none), then sends until nothing waits that is due within a second, prints
 * one line "STATE ATTEMPTS UNSURE" for each mail and ends. A clock turned by hand makes retries
 * due. */

#include <stdio.h>
#include <stdlib.h>

#include "base/ent-id.h"
#include "jobs/coord-mailer.h"
#include "store/coord-migrate.h"
#include "store/coord-notice-store.h"

#define START_US (G_GINT64_CONSTANT (1800000000) * G_USEC_PER_SEC)

static void
add_mails (CoordDb *db, int count)
{
  for (int i = 0; i < count; i++) {
    g_autofree char *id = ent_id_new ();
    g_autofree char *address = g_strdup_printf ("person%d@example.org", i);
    const CoordMail mail = { id, "Zoë Ünal", address, "Gespräch: C & C++", "Hello\n.\n{origin}\n",
      "<p>Hello</p>", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "REQUEST" };
    g_autoptr (GError) error = NULL;

    coord_outbox_store_add (db, &mail, START_US, &error);
    g_assert_no_error (error);
  }
}

static gint64
count (CoordDb *db, const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordRows) rows = coord_db_query (db, &error, sql);

  g_assert_no_error (error);
  coord_rows_next (rows);
  return coord_rows_get_int (rows, 0);
}

static gboolean
tick_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* When everything waits for a later try, the clock is turned to the first of them. */
static void
send_all (CoordDb *db, EntClock *clock)
{
  guint tick = g_timeout_add (5, tick_cb, NULL);

  while (count (db, "SELECT COUNT (*) FROM outbox WHERE state IN ('waiting', 'sending')") > 0) {
    gint64 due_us =
      count (db, "SELECT MIN (CASE state WHEN 'sending' THEN 0 ELSE due_at END) FROM outbox"
                 " WHERE state IN ('waiting', 'sending')");

    g_main_context_iteration (NULL, TRUE);
    /* Slowly while something is on its way, so that it does not count as lost. */
    ent_clock_advance (clock,
      due_us == 0 ? 1
                  : MAX (100, (due_us - ent_clock_get_wall_us (clock)) / G_TIME_SPAN_MILLISECOND));
  }
  g_source_remove (tick);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordDb) db = coord_db_open (argv[1], COORD_DB_WRITER, &error);
  g_autofree char *url = g_strdup_printf ("smtp://127.0.0.1:%s", argv[2]);
  const CoordMailerSettings settings = { .url = url,
    .from = "entrevue@example.org",
    .origin = "https://interviews.example.org",
    .timeout_s = 6 };
  EntClock *clock = ent_clock_new_test (START_US);
  g_autoptr (CoordRows) rows = NULL;
  CoordDbPool *pool;
  CoordMailer *mailer;

  g_assert_no_error (error);
  g_assert_cmpint (coord_migrate (db, &error), >=, 0);
  add_mails (db, atoi (argv[3]));
  pool = coord_db_pool_new (argv[1], 1, &error);
  g_assert_no_error (error);
  mailer = coord_mailer_new (pool, clock, &settings);
  send_all (db, clock);
  coord_mailer_free (mailer);
  coord_db_pool_free (pool);
  rows = coord_db_query (db, &error, "SELECT state, attempts, unsure FROM outbox ORDER BY id");
  while (coord_rows_next (rows))
    printf ("%s %d %d\n", coord_rows_get_text (rows, 0), (int) coord_rows_get_int (rows, 1),
      (int) coord_rows_get_int (rows, 2));
  ent_clock_unref (clock);
  return 0;
}
