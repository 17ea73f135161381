#include "config.h"

#include "ent-interview-changes.h"

#include <glib/gi18n.h>

#include "ent-dialogs.h"
#include "protocol/ent-api-schedule.h"

typedef struct {
  EntClient *client;
  EntInterview *interview;
  const char *verb; /* the end of the path */
  const char *done; /* what is said when it is done */
} Change;

static void
change_free (Change *change)
{
  g_object_unref (change->client);
  g_object_unref (change->interview);
  g_free (change);
}

/* --- asked, then sent: change_async, reason_given_cb, changed_cb
 * ----------------------------------------------------- */

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Change *change = g_task_get_task_data (task);
  GError *error = NULL;

  if (ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error))
    g_task_return_pointer (task, g_strdup (change->done), g_free);
  else
    g_task_return_error (task, error);
}

static void
reason_given_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Change *change = g_task_get_task_data (task);
  g_autofree char *given = ent_dialogs_ask_finish (result);
  g_autofree char *path = NULL;
  char *reason;

  if (given == NULL) {
    g_task_return_pointer (task, NULL, NULL);
    return;
  }
  reason = g_strstrip (given);
  path = g_strdup_printf (
    "/api/interviews/%s/%s", ent_interview_get_id (change->interview), change->verb);
  ent_client_change_async (change->client, "PATCH", path,
    ent_interview_get_version (change->interview), &ent_api_reason_struct,
    &(EntApiReason){ .reason = *reason != '\0' ? reason : NULL }, NULL, NULL, changed_cb,
    g_steal_pointer (&task));
}

static GTask *
new_change (GtkWidget *parent,
  EntClient *client,
  EntInterview *interview,
  const char *verb,
  const char *done,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = g_task_new (parent, NULL, callback, data);
  Change *change = g_new0 (Change, 1);

  change->client = g_object_ref (client);
  change->interview = g_object_ref (interview);
  change->verb = verb;
  change->done = done;
  g_task_set_task_data (task, change, (GDestroyNotify) change_free);
  return task;
}

void
ent_interview_changes_cancel_async (GtkWidget *parent,
  EntClient *client,
  EntInterview *interview,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = new_change (
    parent, client, interview, "cancel", _ ("The interview is cancelled."), callback, data);
  /* Translators: the title of an interview. */
  g_autofree char *heading =
    g_strdup_printf (_ ("Cancel “%s”?"), ent_interview_get_title (interview));
  /* Translators: a day with two times. */
  g_autofree char *body =
    g_strdup_printf (_ ("It was planned for %s. It cannot be taken back, but another time can be "
                        "booked."),
      ent_interview_get_when (interview));

  ent_dialogs_ask_async (parent, heading, body, _ ("Reason, told to the others (optional)"),
    _ ("Cancel _interview"), reason_given_cb, task);
}

void
ent_interview_changes_miss_async (GtkWidget *parent,
  EntClient *client,
  EntInterview *interview,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = new_change (
    parent, client, interview, "no-show", _ ("It is noted that nobody came."), callback, data);
  /* Translators: the title of an interview. */
  g_autofree char *heading =
    g_strdup_printf (_ ("Nobody came to “%s”?"), ent_interview_get_title (interview));

  ent_dialogs_ask_async (parent, heading, _ ("Its history will say so. It cannot be taken back."),
    _ ("Note for the history (optional)"), _ ("_Nobody came"), reason_given_cb, task);
}

char *
ent_interview_changes_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
