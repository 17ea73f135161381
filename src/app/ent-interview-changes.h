#pragma once

#include <gtk/gtk.h>

#include "client/ent-client.h"
#include "ent-interview.h"

G_BEGIN_DECLS

/* What becomes of an interview by a person's word: each asks first, with a reason that is told to
 * the others, and then the server. */
void ent_interview_changes_cancel_async (GtkWidget *parent,
  EntClient *client,
  EntInterview *interview,
  GAsyncReadyCallback callback,
  gpointer data);

/* Says that nobody came. */
void ent_interview_changes_miss_async (GtkWidget *parent,
  EntClient *client,
  EntInterview *interview,
  GAsyncReadyCallback callback,
  gpointer data);

/* Of both: a sentence that says what is so now; the caller owns it. NULL without an error when the
 * person thought better of it. */
char *ent_interview_changes_finish (GAsyncResult *result, GError **error);

G_END_DECLS
