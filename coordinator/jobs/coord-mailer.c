#include "jobs/coord-mailer.h"

#include "outgoing/coord-smtp.h"
#include "store/coord-notice-store.h"

#define LOOK_MS 1000
#define AT_ONCE 8
#define RETRY_US G_TIME_SPAN_MINUTE
#define RETRY_DOUBLINGS 7
#define MAX_UNSURE 2
#define MAX_ATTEMPTS 40 /* about three days */
#define NOTE_US (5 * G_TIME_SPAN_MINUTE) /* beyond the conversation, to note its end */

/* What threads need: it outlives the mailer. */
typedef struct {
  char *url, *user, *password, *from, *origin;
  gboolean wants_tls;
  guint timeout_s;
} Settings;

static void
settings_clear (Settings *settings)
{
  g_free (settings->url);
  g_free (settings->user);
  g_free (settings->password);
  g_free (settings->from);
  g_free (settings->origin);
}

struct _CoordMailer {
  CoordDbPool *pool;
  EntClock *clock;
  Settings *settings; /* an atomic box */
  GCancellable *cancellable; /* cancelled when it is freed: nobody looks at it afterwards */
  guint timer;
  gboolean is_looking;
  guint n_sending;
};

/* One message on its way; an atomic box, since threads of two kinds have it. */
typedef struct {
  CoordOutboxRow *row;
  Settings *settings;
  CoordSmtpEnd end;
  char *reason;
  gint64 now_us;
} Letter;

static void
letter_clear (Letter *letter)
{
  coord_outbox_row_free (letter->row);
  g_atomic_rc_box_release_full (letter->settings, (GDestroyNotify) settings_clear);
  g_free (letter->reason);
}

static void
letter_unref (Letter *letter)
{
  g_atomic_rc_box_release_full (letter, (GDestroyNotify) letter_clear);
}

static void look_later (CoordMailer *mailer);

/* Noting the end. */

static gpointer
note_cb (CoordDb *db, gpointer data, GError **error)
{
  const Letter *letter = data;
  const CoordOutboxRow *row = letter->row;
  gint64 wait_us = RETRY_US << MIN (row->attempts, RETRY_DOUBLINGS);
  gboolean is_unsure = letter->end == COORD_SMTP_UNSURE;

  if (letter->end == COORD_SMTP_SENT)
    coord_outbox_store_end (db, row->mail.id, NULL, error);
  else if (letter->end == COORD_SMTP_REFUSED || (is_unsure && row->unsure + 1 >= MAX_UNSURE) ||
           row->attempts + 1 >= MAX_ATTEMPTS)
    coord_outbox_store_end (db, row->mail.id, letter->reason, error);
  else
    coord_outbox_store_postpone (
      db, row->mail.id, is_unsure, letter->reason, letter->now_us + wait_us, error);
  return NULL;
}

static void
noted_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  CoordMailer *mailer = data;
  g_autoptr (GError) error = NULL;

  coord_db_pool_finish (result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL)
    g_warning ("Could not note what became of a mail: %s", error->message);
  mailer->n_sending--;
  look_later (mailer);
}

static void
sent_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GTask *task = G_TASK (result);
  Letter *letter = g_task_get_task_data (task);
  CoordMailer *mailer = data;

  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return;
  if (letter->end != COORD_SMTP_SENT)
    g_warning ("Mail %s was not sent: %s", letter->row->mail.id, letter->reason);
  letter->now_us = ent_clock_get_wall_us (mailer->clock);
  coord_db_pool_write_async (mailer->pool, note_cb, g_atomic_rc_box_acquire (letter),
    (GDestroyNotify) letter_unref, NULL, mailer->cancellable, noted_cb, mailer);
}

/* Sending, in a thread. */

static char *
fill_in (const char *text, const Settings *settings)
{
  GString *filled = g_string_new (text);

  g_string_replace (filled, "{origin}", settings->origin, 0);
  g_string_replace (filled, "{from}", settings->from, 0);
  return g_string_free (filled, FALSE);
}

static void
send_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Letter *letter = data;
  const Settings *settings = letter->settings;
  const CoordSmtpServer server = { settings->url, settings->user, settings->password,
    settings->from, settings->wants_tls, settings->timeout_s };
  CoordMail mail = letter->row->mail;
  g_autofree char *text = fill_in (mail.text, settings);
  g_autofree char *html = fill_in (mail.html, settings);
  g_autofree char *calendar = mail.calendar != NULL ? fill_in (mail.calendar, settings) : NULL;
  g_autofree char *message = NULL;

  mail.text = text;
  mail.html = html;
  mail.calendar = calendar;
  message = coord_mail_write (&mail, settings->from, letter->now_us);
  letter->end = coord_smtp_send (&server, mail.address, message, &letter->reason);
  g_task_return_boolean (task, TRUE);
}

static void
send_letter (CoordMailer *mailer, CoordOutboxRow *row)
{
  g_autoptr (GTask) task = g_task_new (NULL, mailer->cancellable, sent_cb, mailer);
  Letter *letter = g_atomic_rc_box_new0 (Letter);

  *letter = (Letter){ .row = row,
    .settings = g_atomic_rc_box_acquire (mailer->settings),
    .now_us = ent_clock_get_wall_us (mailer->clock) };
  mailer->n_sending++;
  g_task_set_task_data (task, letter, (GDestroyNotify) letter_unref);
  g_task_run_in_thread (task, send_in_thread);
}

/* Taking what is due. */

typedef struct {
  gint64 now_us;
  gint64 lost_at_us;
  guint limit;
} Taking;

static gpointer
take_cb (CoordDb *db, gpointer data, GError **error)
{
  const Taking *taking = data;
  g_autoptr (GPtrArray) rows =
    coord_outbox_store_take (db, taking->limit, taking->now_us, taking->lost_at_us, error);

  /* What may have arrived twice already is not sent once more. */
  for (guint i = rows != NULL ? rows->len : 0; i-- > 0;) {
    const CoordOutboxRow *row = rows->pdata[i];

    if (row->unsure < MAX_UNSURE)
      continue;
    if (!coord_outbox_store_end (db, row->mail.id, "Nobody knows whether it arrived.", error))
      return NULL;
    g_ptr_array_remove_index (rows, i);
  }
  return g_steal_pointer (&rows);
}

static void
taken_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  CoordMailer *mailer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = coord_db_pool_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  mailer->is_looking = FALSE;
  if (rows != NULL) {
    g_ptr_array_set_free_func (rows, NULL);
    for (guint i = 0; i < rows->len; i++)
      send_letter (mailer, rows->pdata[i]);
  }
  look_later (mailer);
}

/* Looking: reads only, so that a quiet server writes nothing. */

static gpointer
look_cb (CoordDb *db, gpointer data, GError **error)
{
  const gint64 *now_us = data;
  gint64 due_us = coord_outbox_store_get_next_due (db, error);

  return due_us >= 0 && due_us <= *now_us ? GINT_TO_POINTER (1) : NULL;
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  CoordMailer *mailer = data;
  g_autoptr (GError) error = NULL;
  gboolean is_due = coord_db_pool_finish (result, &error) != NULL;
  gint64 now_us;
  Taking *taking;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (!is_due) {
    mailer->is_looking = FALSE;
    look_later (mailer);
    return;
  }
  now_us = ent_clock_get_wall_us (mailer->clock);
  taking = g_new0 (Taking, 1);
  *taking = (Taking){ now_us, now_us + mailer->settings->timeout_s * G_TIME_SPAN_SECOND + NOTE_US,
    AT_ONCE - mailer->n_sending };
  coord_db_pool_write_async (mailer->pool, take_cb, taking, g_free,
    (GDestroyNotify) g_ptr_array_unref, mailer->cancellable, taken_cb, mailer);
}

static gboolean
timer_cb (gpointer data)
{
  CoordMailer *mailer = data;
  gint64 now_us = ent_clock_get_wall_us (mailer->clock);

  mailer->timer = 0;
  mailer->is_looking = TRUE;
  coord_db_pool_read_async (mailer->pool, look_cb, g_memdup2 (&now_us, sizeof now_us), g_free, NULL,
    mailer->cancellable, looked_cb, mailer);
  return G_SOURCE_REMOVE;
}

/* At once while there is work and room for it. */
static void
look_later (CoordMailer *mailer)
{
  if (mailer->timer == 0 && !mailer->is_looking && mailer->n_sending < AT_ONCE)
    mailer->timer =
      ent_clock_add (mailer->clock, mailer->n_sending > 0 ? 10 : LOOK_MS, timer_cb, mailer);
}

CoordMailer *
coord_mailer_new (CoordDbPool *pool, EntClock *clock, const CoordMailerSettings *settings)
{
  CoordMailer *mailer = g_new0 (CoordMailer, 1);

  mailer->pool = pool;
  mailer->clock = clock;
  mailer->cancellable = g_cancellable_new ();
  mailer->settings = g_atomic_rc_box_new0 (Settings);
  *mailer->settings = (Settings){ g_strdup (settings->url), g_strdup (settings->user),
    g_strdup (settings->password), g_strdup (settings->from), g_strdup (settings->origin),
    settings->wants_tls, settings->timeout_s };
  look_later (mailer);
  return mailer;
}

void
coord_mailer_free (CoordMailer *mailer)
{
  if (mailer->timer != 0)
    ent_clock_remove (mailer->clock, mailer->timer);
  g_cancellable_cancel (mailer->cancellable);
  g_object_unref (mailer->cancellable);
  g_atomic_rc_box_release_full (mailer->settings, (GDestroyNotify) settings_clear);
  g_free (mailer);
}
