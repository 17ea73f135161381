/* What there is: users, organisations, keys. */

#include "commands/coord-command.h"
#include "store/coord-account-store.h"
#include "store/coord-key-store.h"
#include "store/coord-org-store.h"

#define PAGE 200

static CoordAnswers *
new_answers (void)
{
  CoordAnswers *answers = coord_answers_new ();

  answers->items = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_answer_free);
  return answers;
}

static CoordAnswer *
add_answer (CoordAnswers *answers)
{
  CoordAnswer *answer = coord_answer_new ();

  g_ptr_array_add (answers->items, answer);
  return answer;
}

static char *
replace (char *text, const char *by)
{
  g_free (text);
  return g_strdup (by);
}

/* "admin of Acme, interviewer of Other"; NULL for who is in none. Sets whether `org_id` is among
 * them. */
static char *
describe_roles (CoordDb *db,
  const char *person_id,
  const char *org_id,
  gboolean *is_in,
  GError **error)
{
  g_autoptr (GPtrArray) list = coord_org_store_list_memberships (db, person_id, error);
  GString *text = g_string_new (NULL);

  for (guint i = 0; list != NULL && i < list->len; i++) {
    const EntApiMembership *membership = list->pdata[i];

    g_string_append_printf (text, "%s%s of %s", text->len > 0 ? ", " : "",
      ent_org_role_nicks[membership->role], membership->name);
    *is_in |= g_strcmp0 (membership->org, org_id) == 0;
  }
  return g_string_free (text, list == NULL || text->len == 0);
}

static gboolean
add_person (CoordDb *db,
  CoordAnswers *answers,
  const CoordPerson *person,
  const char *org_id,
  GError **error)
{
  GError *failure = NULL;
  gboolean is_in = org_id == NULL;
  g_autofree char *roles = describe_roles (db, person->id, org_id, &is_in, &failure);
  CoordAnswer *answer;

  if (failure != NULL) {
    g_propagate_error (error, failure);
    return FALSE;
  }
  if (!is_in)
    return TRUE;
  answer = add_answer (answers);
  answer->id = g_strdup (person->id);
  answer->email = g_strdup (person->email);
  answer->name = g_strdup (person->name);
  answer->role = g_steal_pointer (&roles);
  if (!person->is_active || person->is_site_admin)
    answer->state = g_strdup (person->is_active ? "site-admin" : "blocked");
  return TRUE;
}

gpointer
coord_command_list_users (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (EntApiOrg) org = NULL;
  g_autoptr (CoordAnswers) answers = new_answers ();
  g_autofree char *after = g_strdup ("");
  guint n = PAGE;

  if (options->org != NULL && (org = coord_org_store_find (db, options->org, error)) == NULL)
    return NULL;
  while (n == PAGE) {
    g_autoptr (GPtrArray) people =
      coord_account_store_list (db, "", &(CoordPage){ after, PAGE }, error);

    if (people == NULL)
      return NULL;
    n = people->len;
    for (guint i = 0; i < n; i++)
      if (!add_person (db, answers, people->pdata[i], org != NULL ? org->id : NULL, error))
        return NULL;
    if (n > 0)
      after = replace (after, ((const CoordPerson *) people->pdata[n - 1])->id);
  }
  return g_steal_pointer (&answers);
}

gpointer
coord_command_list_orgs (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (GPtrArray) list = coord_org_store_list (db, error);
  CoordAnswers *answers;

  if (list == NULL)
    return NULL;
  answers = new_answers ();
  for (guint i = 0; i < list->len; i++) {
    const EntApiOrg *org = list->pdata[i];
    CoordAnswer *answer = add_answer (answers);

    answer->id = g_strdup (org->id);
    answer->name = g_strdup (org->name);
    answer->zone = g_strdup (org->zone);
  }
  return answers;
}

gpointer
coord_command_list_keys (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (EntApiOrg) org = NULL;
  g_autoptr (CoordAnswers) answers = new_answers ();
  g_autofree char *after = g_strdup ("");
  guint n = PAGE;

  if (!coord_command_need (options->org, "--org", error) ||
      (org = coord_org_store_find (db, options->org, error)) == NULL)
    return NULL;
  while (n == PAGE) {
    g_autoptr (GPtrArray) keys =
      coord_key_store_list (db, org->id, &(CoordPage){ after, PAGE }, error);

    if (keys == NULL)
      return NULL;
    n = keys->len;
    for (guint i = 0; i < n; i++) {
      const CoordKey *key = keys->pdata[i];
      CoordAnswer *answer = add_answer (answers);

      answer->id = g_strdup (key->id);
      answer->name = g_strdup (key->name);
      answer->scopes = g_strdup (key->scopes);
      answer->expires = key->expires_at_us;
      if (key->expires_at_us != 0 && key->expires_at_us <= now_us)
        answer->state = g_strdup ("expired");
    }
    if (n > 0)
      after = replace (after, ((const CoordKey *) keys->pdata[n - 1])->id);
  }
  return g_steal_pointer (&answers);
}
