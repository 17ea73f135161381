/* user and org. */

#include <stdio.h>
#include <string.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "commands/coord-command.h"
#include "protocol/ent-limits.h"
#include "service/coord-account-service.h"
#include "service/coord-org-service.h"
#include "service/coord-password.h"
#include "service/coord-second-factor-service.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"

static gboolean
find_role (const char *text, EntOrgRole *role, GError **error)
{
  for (int i = 0; ent_org_role_nicks[i] != NULL; i++)
    if (g_strcmp0 (ent_org_role_nicks[i], text) == 0) {
      *role = i;
      return TRUE;
    }
  g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
    "'%s' is no role. There are: candidate, interviewer, lead, hr, admin.",
    text != NULL ? text : "");
  return FALSE;
}

/* The password from stdin, or a new random one. */
static char *
get_password (const CoordOptions *options, GError **error)
{
  char line[ENT_MAX_PASSWORD + 2];
  const char *fault;
  char *made, *password;

  if (!options->is_password_on_stdin) {
    made = ent_secret_new_token ();
    password = g_strndup (made, 20);
    ent_secret_free (made);
    return password;
  }
  if (fgets (line, sizeof line, stdin) == NULL)
    *line = '\0';
  line[strcspn (line, "\r\n")] = '\0';
  fault = coord_password_find_fault (line);
  password = fault == NULL ? g_strdup (line) : NULL;
  explicit_bzero (line, sizeof line);
  if (fault != NULL)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, fault);
  return password;
}

static gboolean
join_org (CoordDb *db,
  const char *org_name,
  const char *person_id,
  EntOrgRole role,
  gint64 now_us,
  GError **error)
{
  g_autoptr (EntApiOrg) org = coord_org_store_find (db, org_name, error);
  g_autofree char *team =
    org != NULL ? coord_org_store_find_team_of (db, org->id, person_id, NULL) : NULL;

  return org != NULL &&
         coord_org_store_set_member (db, org->id, person_id, role, team, now_us, error) &&
         coord_audit_store_add (db, org->id, "operator", "member.set", person_id,
           ent_org_role_nicks[role], now_us, error);
}

gpointer
coord_command_add_user (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autofree char *password = NULL;
  g_autofree char *hash = NULL;
  g_autoptr (CoordAnswer) answer = coord_answer_new ();
  EntOrgRole role = ENT_ORG_CANDIDATE;

  if (!coord_command_need (options->argument, "an address", error) ||
      !coord_command_need (options->name, "--name", error) ||
      (options->role != NULL && !find_role (options->role, &role, error)) ||
      (options->role != NULL && !coord_command_need (options->org, "--org", error)) ||
      (password = get_password (options, error)) == NULL)
    return NULL;
  hash = coord_password_hash (password);
  answer->id = coord_account_service_add (
    db, options->argument, options->name, hash, options->is_site_admin, now_us, error);
  if (answer->id == NULL ||
      (options->org != NULL && !join_org (db, options->org, answer->id, role, now_us, error)))
    return NULL;
  answer->email = g_ascii_strdown (options->argument, -1);
  answer->name = g_strdup (options->name);
  answer->role = options->org != NULL ? g_strdup (ent_org_role_nicks[role]) : NULL;
  if (!options->is_password_on_stdin)
    answer->password = g_steal_pointer (&password);
  return g_steal_pointer (&answer);
}

gpointer
coord_command_set_password (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autofree char *password = NULL;
  g_autofree char *hash = NULL;
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "an address", error) ||
      (password = get_password (options, error)) == NULL)
    return NULL;
  hash = coord_password_hash (password);
  if (!coord_account_service_set_password (db, options->argument, hash, now_us, error))
    return NULL;
  answer = coord_answer_new ();
  answer->email = g_ascii_strdown (options->argument, -1);
  if (!options->is_password_on_stdin)
    answer->password = g_steal_pointer (&password);
  return answer;
}

static gpointer
set_active (CoordDb *db,
  const CoordOptions *options,
  gboolean is_active,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) person = NULL;
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "an address", error) ||
      (person = coord_account_store_find_by_email (db, options->argument, error)) == NULL ||
      !coord_account_service_set_active (db, "operator", person, is_active, now_us, error))
    return NULL;
  answer = coord_answer_new ();
  answer->email = g_ascii_strdown (options->argument, -1);
  answer->state = is_active ? NULL : g_strdup ("blocked");
  return answer;
}

gpointer
coord_command_block_user (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  return set_active (db, options, FALSE, now_us, error);
}

gpointer
coord_command_unblock_user (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  return set_active (db, options, TRUE, now_us, error);
}

gpointer
coord_command_set_role (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (CoordPerson) person = NULL;
  EntOrgRole role;
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "an address", error) ||
      (person = coord_account_store_find_by_email (db, options->argument, error)) == NULL)
    return NULL;
  if (options->is_site_admin) {
    if (!coord_account_store_set_site_admin (db, person->id, TRUE, error) ||
        !coord_audit_store_add (
          db, NULL, "operator", "account.site-admin", person->id, "", now_us, error))
      return NULL;
  } else if (!coord_command_need (options->org, "--org, or --site-admin", error) ||
             !find_role (options->role, &role, error) ||
             !join_org (db, options->org, person->id, role, now_us, error))
    return NULL;
  answer = coord_answer_new ();
  answer->id = g_strdup (person->id);
  answer->email = g_strdup (person->email);
  answer->role = g_strdup (options->is_site_admin ? "site-admin" : options->role);
  return answer;
}

gpointer
coord_command_take_off_factor (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error)
{
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "an address", error) ||
      !coord_second_factor_service_disable_for (db, options->argument, now_us, error))
    return NULL;
  answer = coord_answer_new ();
  answer->email = g_ascii_strdown (options->argument, -1);
  return answer;
}

gpointer
coord_command_add_org (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (EntApiOrg) same = NULL;
  const char *zone = options->zone != NULL ? options->zone : "UTC";
  CoordAnswer *answer;

  if (!coord_command_need (options->argument, "a name", error))
    return NULL;
  same = coord_org_store_find (db, options->argument, NULL);
  if (same != NULL) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_CONFLICT, "There is an organisation '%s' already.",
      options->argument);
    return NULL;
  }
  if (strlen (options->argument) > ENT_MAX_NAME) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
      "The name of an organisation has at most %d bytes.", ENT_MAX_NAME);
    return NULL;
  }
  if (coord_zone_find_fault (zone) != NULL) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, coord_zone_find_fault (zone));
    return NULL;
  }
  answer = coord_answer_new ();
  answer->id = ent_id_new ();
  answer->name = g_strdup (options->argument);
  if (coord_org_store_add (db, answer->id, options->argument, zone, now_us, error) &&
      coord_audit_store_add (
        db, answer->id, "operator", "org.create", answer->id, "", now_us, error))
    return answer;
  coord_answer_free (answer);
  return NULL;
}
