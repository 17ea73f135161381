/* user import: accounts of another system, with their passwords' hashes. */

#include <gio/gio.h>
#include <sys/stat.h>

#include "base/ent-id.h"
#include "commands/coord-command.h"
#include "protocol/ent-limits.h"
#include "service/coord-account-service.h"
#include "service/coord-org-service.h"
#include "service/coord-password.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"

#define MAX_PEOPLE 100000
#define MAX_FILE (64 * 1024 * 1024)

typedef struct {
  char *email;
  char *name;
  char *password_hash; /* NULL: sets a password by mail */
  char *locale;
  char *zone;
} Row;
ENT_STRUCT_DECLARE (Row, row)

static const EntField row_fields[] = {
  ENT_FIELD (Row, email, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_EMAIL),
  ENT_FIELD (Row, name, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_NAME),
  ENT_FIELD (Row, password_hash, ENT_FIELD_STRING, ENT_OPTIONAL, 256),
  ENT_FIELD (Row, locale, ENT_FIELD_STRING, ENT_OPTIONAL, 35),
  ENT_FIELD (Row, zone, ENT_FIELD_STRING, ENT_OPTIONAL, 64),
};
ENT_STRUCT_DEFINE (Row, row)

typedef struct {
  GPtrArray *people; /* Row */
} File;
ENT_STRUCT_DECLARE (File, file)

static const EntField file_fields[] = {
  ENT_FIELD_STRUCT_OF (File, people, ENT_FIELD_LIST, ENT_REQUIRED, MAX_PEOPLE, &row_struct),
};
ENT_STRUCT_DEFINE (File, file)

static File *
read_file (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize size;
  struct stat status;
  File *file;

  if (stat (path, &status) == 0 && status.st_size > MAX_FILE) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_TOO_LARGE, "%s is too large: split it.", path);
    return NULL;
  }
  if (!g_file_get_contents (path, &text, &size, error))
    return NULL;
  file = ent_codec_decode (&file_struct, text, size, ENT_UNKNOWN_REFUSED, error);
  if (file == NULL)
    g_prefix_error (error, "%s is not a file of people, nobody was added: ", path);
  return file;
}

/* NULL with an error of this row alone, or of the whole. */
static char *
add_row (CoordDb *db, const Row *row, gint64 now_us, GError **error)
{
  g_autofree char *id = ent_id_new ();
  const CoordPerson person = { .id = id,
    .email = row->email,
    .name = row->name,
    .password = row->password_hash != NULL ? row->password_hash : (char *) "",
    .locale = row->locale,
    .zone = row->zone };

  if (!coord_account_service_check (row->email, row->name, error))
    return NULL;
  if (row->password_hash != NULL && !coord_password_is_hash (row->password_hash)) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID,
      "The password's hash must be bcrypt of 4 to 14 rounds, or Argon2id as this server makes it.");
    return NULL;
  }
  if (row->zone != NULL && coord_zone_find_fault (row->zone) != NULL) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_INVALID, coord_zone_find_fault (row->zone));
    return NULL;
  }
  return coord_account_store_add (db, &person, now_us, error) &&
             coord_audit_store_add (db, NULL, "operator", "account.import", id, "", now_us, error)
           ? g_steal_pointer (&id)
           : NULL;
}

gpointer
coord_command_import_users (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (File) file = NULL;
  g_autoptr (CoordImported) answer = coord_imported_new ();
  g_autoptr (GStrvBuilder) refused = g_strv_builder_new ();

  if (!coord_command_need (options->argument, "a file", error) ||
      (file = read_file (options->argument, error)) == NULL)
    return NULL;
  for (guint i = 0; i < file->people->len; i++) {
    const Row *row = file->people->pdata[i];
    g_autoptr (GError) failure = NULL;
    g_autofree char *id = add_row (db, row, now_us, &failure);
    g_autofree char *line = NULL;

    answer->added += id != NULL;
    if (id != NULL)
      continue;
    if (!g_error_matches (failure, COORD_ERROR, COORD_ERROR_INVALID) &&
        !g_error_matches (failure, COORD_ERROR, COORD_ERROR_CONFLICT)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
    line = g_strdup_printf ("people[%u], %s: %s", i, row->email, failure->message);
    g_strv_builder_add (refused, line);
  }
  answer->refused = g_strv_builder_end (refused);
  return g_steal_pointer (&answer);
}
