/* key. */

#include "commands/coord-command.h"
#include "service/coord-key-service.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"

#define DAY_US (24 * 3600 * (gint64) G_USEC_PER_SEC)
#define MAX_DAYS 36500

gpointer
coord_command_add_key (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (EntApiOrg) org = NULL;
  g_autoptr (EntApiKey) key = NULL;
  EntApiNewKey request = { .name = options->argument, .scopes = options->scopes };
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "a name", error) ||
      !coord_command_need (options->org, "--org", error) ||
      (org = coord_org_store_find (db, options->org, error)) == NULL)
    return NULL;
  if (options->days < 0 || options->days > MAX_DAYS) {
    g_set_error (
      error, COORD_ERROR, COORD_ERROR_INVALID, "--days is a number from 1 to %d.", MAX_DAYS);
    return NULL;
  }
  request.org = org->id;
  request.expires = options->days > 0 ? now_us + options->days * DAY_US : 0;
  key = coord_key_service_add_by_operator (db, &request, now_us, error);
  if (key == NULL)
    return NULL;
  answer = coord_answer_new ();
  answer->id = g_strdup (key->id);
  answer->name = g_strdup (key->name);
  answer->scopes = g_strjoinv (" ", key->scopes);
  answer->expires = key->expires;
  answer->token = g_steal_pointer (&key->key);
  return answer;
}

gpointer
coord_command_revoke_key (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "the id of a key", error) ||
      !coord_key_service_revoke_by_operator (db, options->argument, now_us, error))
    return NULL;
  answer = coord_answer_new ();
  answer->id = g_strdup (options->argument);
  return answer;
}
