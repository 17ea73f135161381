#include "config.h"

#include "ent-colleagues.h"

#include "protocol/ent-limits.h"

#define MAX_COLLEAGUES 5000

typedef struct {
  char *org;
  GPtrArray *colleagues; /* EntApiColleague, until now */
} Listing;

static void
listing_free (Listing *listing)
{
  g_free (listing->org);
  g_ptr_array_unref (listing->colleagues);
  g_free (listing);
}

static void ask (GTask *task, EntClient *client, const char *after);

static void
got_page_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Listing *listing = g_task_get_task_data (task);
  g_autoptr (EntApiColleagueList) list = NULL;
  GError *error = NULL;
  gpointer answer = NULL;

  if (!ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error)) {
    g_task_return_error (task, error);
    return;
  }
  list = answer;
  if (list != NULL && list->items != NULL)
    g_ptr_array_extend_and_steal (listing->colleagues, g_steal_pointer (&list->items));
  if (list != NULL && list->next != NULL && listing->colleagues->len < MAX_COLLEAGUES)
    ask (g_steal_pointer (&task), ENT_CLIENT (source), list->next);
  else
    g_task_return_pointer (
      task, g_ptr_array_ref (listing->colleagues), (GDestroyNotify) g_ptr_array_unref);
}

/* Consumes task. */
static void
ask (GTask *task, EntClient *client, const char *after)
{
  Listing *listing = g_task_get_task_data (task);
  g_autofree char *place = after != NULL ? g_uri_escape_string (after, NULL, FALSE) : NULL;
  g_autofree char *path =
    g_strdup_printf ("/api/orgs/%s/colleagues?limit=" G_STRINGIFY (ENT_MAX_LIST) "%s%s",
      listing->org, place != NULL ? "&after=" : "", place != NULL ? place : "");

  ent_client_call_async (client, "GET", path, NULL, NULL, &ent_api_colleague_list_struct, TRUE,
    g_task_get_cancellable (task), got_page_cb, task);
}

void
ent_colleagues_list_async (EntClient *client,
  const char *org,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  GTask *task = g_task_new (client, cancellable, callback, data);
  Listing *listing = g_new0 (Listing, 1);

  g_task_set_source_tag (task, ent_colleagues_list_async);
  listing->org = g_strdup (org);
  listing->colleagues = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_colleague_free);
  g_task_set_task_data (task, listing, (GDestroyNotify) listing_free);
  ask (task, client, NULL);
}

GPtrArray *
ent_colleagues_list_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
