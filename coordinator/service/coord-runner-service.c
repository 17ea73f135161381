#include "service/coord-runner-service.h"

#include <string.h>

#include "base/ent-secret.h"
#include "protocol/ent-limits.h"
#include "service/coord-admin-service.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-runner-store.h"

#define MAX_NAME 64

char *
coord_runner_service_add (CoordDb *db, const char *name, gint64 now_us, GError **error)
{
  char *token;
  g_autofree char *hash = NULL;

  if (*name == '\0' || strlen (name) > MAX_NAME) {
    g_set_error (
      error, COORD_ERROR, COORD_ERROR_INVALID, "A runner's name has 1 to %d characters.", MAX_NAME);
    return NULL;
  }
  if (strcmp (name, COORD_RUNNER_LOCAL) == 0) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
      "'%s' is the runner that a server starts itself. Choose another name.", name);
    return NULL;
  }
  token = ent_secret_new_token ();
  hash = ent_secret_hash (token);
  if (coord_runner_store_add (db, name, hash, now_us, error) &&
      coord_audit_store_add (db, NULL, "operator", "runner.add", name, "", now_us, error))
    return token;
  ent_secret_free (token);
  return NULL;
}

gboolean
coord_runner_service_revoke (CoordDb *db, const char *name, gint64 now_us, GError **error)
{
  return coord_runner_store_revoke (db, name, now_us, error) &&
         coord_audit_store_add (db, NULL, "operator", "runner.revoke", name, "", now_us, error);
}

void
coord_runner_entry_free (CoordRunnerEntry *entry)
{
  g_free (entry->name);
  g_free (entry);
}

CoordRunnerEntry *
coord_runner_service_admit (CoordDb *db, const char *token_hash, GError **error)
{
  gboolean is_draining;
  char *name = coord_runner_store_find (db, token_hash, &is_draining, error);
  CoordRunnerEntry *entry;

  if (name == NULL)
    return NULL;
  entry = g_new0 (CoordRunnerEntry, 1);
  entry->name = name;
  entry->is_draining = is_draining;
  return entry;
}

GArray *
coord_runner_service_look (CoordDb *db, const char *const *token_hashes, GError **error)
{
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (CoordRunnerStanding));

  for (guint i = 0; token_hashes[i] != NULL; i++) {
    g_autoptr (GError) problem = NULL;
    g_autoptr (CoordRunnerEntry) entry = coord_runner_service_admit (db, token_hashes[i], &problem);
    CoordRunnerStanding standing = COORD_RUNNER_REVOKED;

    if (entry != NULL)
      standing = entry->is_draining ? COORD_RUNNER_DRAINING : COORD_RUNNER_OPEN;
    else if (!g_error_matches (problem, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
    g_array_append_val (list, standing);
  }
  return g_steal_pointer (&list);
}

EntApiRunnerList *
coord_runner_service_list (CoordDb *db,
  const CoordCaller *caller,
  const CoordPage *page,
  GError **error)
{
  GPtrArray *runners = NULL;
  EntApiRunnerList *list;

  if (!coord_admin_service_check (db, caller, error) ||
      (runners = coord_runner_store_list (db, NULL, TRUE, page, error)) == NULL)
    return NULL;
  list = ent_api_runner_list_new ();
  list->items = runners;
  list->next = coord_page_get_next (page, runners, G_STRUCT_OFFSET (EntApiRunner, name));
  return list;
}

/* Of all that are connected (GPtrArray of EntApiRunner); the caller owns it. */
static GPtrArray *
list_connected (CoordDb *db, GError **error)
{
  g_autoptr (GPtrArray) list =
    g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_runner_free);
  g_autofree char *after = g_strdup ("");

  while (after != NULL) {
    const CoordPage page = { after, ENT_MAX_LIST };
    g_autoptr (GPtrArray) runners = coord_runner_store_list (db, NULL, TRUE, &page, error);

    if (runners == NULL)
      return NULL;
    g_free (after);
    after = coord_page_get_next (&page, runners, G_STRUCT_OFFSET (EntApiRunner, name));
    while (runners->len > 0) {
      EntApiRunner *runner = g_ptr_array_steal_index (runners, 0);

      if (runner->connected)
        g_ptr_array_add (list, runner);
      else
        ent_api_runner_free (runner);
    }
  }
  return g_steal_pointer (&list);
}

static gboolean
has_image (const EntApiRunner *runner, const EntApiImage *image)
{
  for (guint i = 0; runner->languages != NULL && i < runner->languages->len; i++) {
    const EntMsgLanguage *language = runner->languages->pdata[i];

    if (strcmp (language->id, image->language) == 0 &&
        g_strcmp0 (language->version, image->version) == 0)
      return TRUE;
  }
  return FALSE;
}

static int
compare_images (gconstpointer a, gconstpointer b)
{
  const EntApiImage *one = *(EntApiImage *const *) a, *other = *(EntApiImage *const *) b;
  int order = strcmp (one->language, other->language);

  return order != 0 ? order : g_strcmp0 (one->version, other->version);
}

/* Each once, without who has it. */
static GPtrArray *
collect_images (GPtrArray *runners)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *images = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_image_free);

  for (guint i = 0; i < runners->len; i++) {
    GPtrArray *languages = ((EntApiRunner *) runners->pdata[i])->languages;

    for (guint k = 0; languages != NULL && k < languages->len; k++) {
      const EntMsgLanguage *language = languages->pdata[k];
      EntApiImage *image;

      if (!g_hash_table_add (seen, g_strjoin ("\n", language->id, language->version, NULL)))
        continue;
      image = ent_api_image_new ();
      image->language = g_strdup (language->id);
      image->name = g_strdup (language->name);
      image->version = g_strdup (language->version);
      g_ptr_array_add (images, image);
    }
  }
  g_ptr_array_sort (images, compare_images);
  return images;
}

EntApiImageList *
coord_runner_service_list_images (CoordDb *db, const CoordCaller *caller, GError **error)
{
  g_autoptr (GPtrArray) runners = NULL;
  EntApiImageList *list;

  if (!coord_admin_service_check (db, caller, error) ||
      (runners = list_connected (db, error)) == NULL)
    return NULL;
  list = ent_api_image_list_new ();
  list->items = collect_images (runners);
  for (guint i = 0; i < list->items->len; i++) {
    EntApiImage *image = list->items->pdata[i];
    g_autoptr (GStrvBuilder) with = g_strv_builder_new ();
    g_autoptr (GStrvBuilder) without = g_strv_builder_new ();

    for (guint k = 0; k < runners->len; k++) {
      const EntApiRunner *runner = runners->pdata[k];

      g_strv_builder_add (has_image (runner, image) ? with : without, runner->name);
    }
    image->runners = g_strv_builder_end (with);
    image->missing = g_strv_builder_end (without);
  }
  return list;
}

static gboolean
set_draining (CoordDb *db,
  const char *actor,
  const char *name,
  gboolean is_draining,
  gint64 now_us,
  GError **error)
{
  gboolean is_changed;

  return coord_runner_store_set_draining (db, name, is_draining, &is_changed, error) &&
         (!is_changed ||
           coord_audit_store_add (db, NULL, actor, is_draining ? "runner.drain" : "runner.undrain",
             name, "", now_us, error));
}

gboolean
coord_runner_service_drain_name (CoordDb *db,
  const char *name,
  gboolean is_draining,
  gint64 now_us,
  GError **error)
{
  return set_draining (db, "operator", name, is_draining, now_us, error);
}

EntApiRunner *
coord_runner_service_drain (CoordDb *db,
  const CoordCaller *caller,
  const char *id,
  gboolean is_draining,
  gint64 now_us,
  GError **error)
{
  const CoordPage page = { "", 1 };
  g_autofree char *name = NULL;
  g_autoptr (GPtrArray) found = NULL;

  if (!coord_admin_service_check (db, caller, error) ||
      (name = coord_runner_store_find_name (db, id, error)) == NULL ||
      !set_draining (db, caller->user_id, name, is_draining, now_us, error))
    return NULL;
  found = coord_runner_store_list (db, name, TRUE, &page, error);
  return found != NULL ? g_ptr_array_steal_index (found, 0) : NULL;
}
