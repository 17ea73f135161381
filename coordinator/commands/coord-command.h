#pragma once

#include <glib.h>

#include "protocol/ent-codec.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* The words of the command line. Each command is `GROUP VERB [ARGUMENT]` with options; it works on
 * the data folder alone, also while a server runs on it. */

/* What options may say; each command knows some of them. */
typedef struct {
  char *argument; /* the word behind the verb; NULL: none */
  char *data;
  char *config;
  gboolean is_json;
  char *to; /* place of coord_db_open() */
  gboolean is_with_secrets;
  char *name;
  char *org;
  char *role;
  gboolean is_site_admin;
  gboolean is_password_on_stdin;
  char *interviewer;
  char *candidate;
  char *guest;
  char **observers;
  char **co_interviewers;
  char *title;
  char *starts;
  int minutes;
  char *zone;
  char *origin;
  char **scopes;
  int days; /* 0: without end */
  gboolean may_make_data; /* the command may be the first in a data folder */
  gboolean is_undo;
  char *listen;
  int ready_fd;
} CoordOptions;

/* What a command answers: one JSON object with --json, else what has a value, a line each. */
typedef struct {
  char *id;
  char *email;
  char *name;
  char *role;
  char *password; /* one that was made up; shown once */
  char *token; /* shown once */
  char *zone;
  char *state; /* of an account: site-admin, blocked; NULL: neither */
  char *scopes; /* of a key, words with a space between */
  gint64 expires; /* 0: never */
} CoordAnswer;
ENT_STRUCT_DECLARE (CoordAnswer, coord_answer)

typedef struct {
  GPtrArray *items; /* CoordAnswer */
} CoordAnswers;
ENT_STRUCT_DECLARE (CoordAnswers, coord_answers)

/* A runner, as `runner list` shows it. */
typedef struct {
  char *id;
  char *name;
  char *state; /* connected, away, draining, or drained: it may be stopped */
  char *boxes; /* "1 of 4 busy"; NULL: not connected, as with the next three */
  char *version;
  char *languages; /* ids with a space between */
  char *note;
  gint64 seen; /* 0: never */
} CoordRunnerAnswer;
ENT_STRUCT_DECLARE (CoordRunnerAnswer, coord_runner_answer)

typedef struct {
  GPtrArray *items; /* CoordRunnerAnswer */
} CoordRunnerAnswers;
ENT_STRUCT_DECLARE (CoordRunnerAnswers, coord_runner_answers)

/* A backup, as `backup list` shows it. */
typedef struct {
  gint64 asked;
  char *state; /* running, done, failed, or removed: newer ones took its place */
  char *folder;
  char *size; /* "12 MiB"; NULL: none was made, as with the next two */
  gint64 bytes;
  gint64 rows;
  char *by; /* the name of who asked, or operator */
  gint64 ended; /* 0: not yet */
  char *message; /* why there is none */
} CoordBackupAnswer;
ENT_STRUCT_DECLARE (CoordBackupAnswer, coord_backup_answer)

typedef struct {
  GPtrArray *items; /* CoordBackupAnswer, the newest first */
} CoordBackupAnswers;
ENT_STRUCT_DECLARE (CoordBackupAnswers, coord_backup_answers)

typedef struct {
  char *interviewer;
  char *candidate;
  char **observers;
  char **co_interviewers;
} CoordLinks;
ENT_STRUCT_DECLARE (CoordLinks, coord_links)

typedef struct {
  char *interview;
  char *room;
  gint64 starts;
  gint64 ends;
  CoordLinks *links;
} CoordNewInterview;
ENT_STRUCT_DECLARE (CoordNewInterview, coord_new_interview)

typedef struct {
  gint64 organisations; /* with entries; the installation's own count as one */
  gint64 entries;
  gint64 waiting; /* newest ones, not chained yet */
  char **heads; /* "ORGANISATION HASH" */
} CoordVerified;
ENT_STRUCT_DECLARE (CoordVerified, coord_verified)

typedef struct {
  gint64 added; /* accounts */
  char **refused; /* a line for each that was not, with the reason */
} CoordImported;
ENT_STRUCT_DECLARE (CoordImported, coord_imported)

/* Runs the command; returns its answer for `type`, NULL with or without an error. Runs as one
 * transaction when the command says so. */
typedef gpointer (
  *CoordCommandFunc) (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);

gpointer
coord_command_add_user (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer coord_command_set_password (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);
gpointer
coord_command_set_role (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer coord_command_import_users (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);
gpointer coord_command_take_off_factor (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);
gpointer
coord_command_erase_user (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer
coord_command_export_user (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer
coord_command_add_org (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer
coord_command_add_slot (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer coord_command_add_interview (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);
gpointer
coord_command_add_runner (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer coord_command_drain_runner (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);
gpointer coord_command_list_runners (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);
gpointer coord_command_revoke_runner (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);

gpointer
coord_command_block_user (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer coord_command_unblock_user (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);

gpointer
coord_command_add_key (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer
coord_command_revoke_key (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);

gpointer coord_command_list_backups (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);
gpointer
coord_command_list_users (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer
coord_command_list_orgs (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer
coord_command_list_keys (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error);
gpointer coord_command_verify_audit (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error);

/* FALSE with a sentence when an option that the command needs is missing. */
gboolean coord_command_need (const char *value, const char *option, GError **error);

/* Runs what the command line says, and returns the exit status: 0, 1 for an error, 2 for a wrong
 * use. */
int coord_command_main (int argc, char **argv);

G_END_DECLS
