#pragma once

#include "store/coord-copy.h"

G_BEGIN_DECLS

/* A copy of the whole database in a folder of its own, as an SQLite file `entrevue.db`, of either
 * engine, as it was at one moment; others may write meanwhile. It has one row more, or one that
 * says something else: that it was made. */
typedef struct {
  const char *place; /* of the database, for coord_db_open() */
  const char *folder; /* absolute; it has this name only when all is on disk */
  const char *unfinished; /* beside it, what it is called until then, and of no other copy */
  const char *secrets_of; /* data folder whose secrets are copied too; NULL: none */
} CoordBackup;

typedef struct {
  gint64 rows;
  gint64 bytes; /* of its files */
} CoordBackupMade;

/* In a thread of its own: it may take minutes. FALSE with a sentence that says what happened, and
 * what to do where that can be known; nothing is left then, but where the sentence says so. What
 * would leave less than COORD_DB_RESERVE_BYTES on the disk of the copy is not begun, or stopped:
 * COORD_ERROR_STORAGE_FULL. What a copy that was killed has left as `unfinished` is removed first;
 * while another process makes it, COORD_ERROR_CONFLICT. *watch is this copy's alone, or NULL; its
 * function is set. */
gboolean coord_backup_make (const CoordBackup *backup,
  CoordCopyWatch *watch,
  CoordBackupMade *made,
  GError **error);

/* About how many bytes a copy will take; -1 on error. */
gint64 coord_backup_measure (CoordDb *db, GError **error);

/* Whether a copy of about so many bytes leaves the reserve in the folder that
 * it would stand in: COORD_ERROR_STORAGE_FULL. May wait for the disk. TRUE where that cannot be
 * seen. */
gboolean coord_backup_check_space (const char *parent, gint64 bytes, GError **error);

/* Removes the files of an unfinished copy and their folder, and nothing that a copy has not; FALSE
 * when a living process makes it, or there is something else in it. */
gboolean coord_backup_remove_unfinished (const char *path);

/* Whether this is the folder of a finished copy: of this user, with an SQLite file, and with
 * nothing else than what a copy has. */
gboolean coord_backup_is_whole (const char *folder);

/* Copies the secrets that FROM/secrets has to TO/secrets, which is made, for this user alone. */
gboolean coord_backup_copy_secrets (const char *from, const char *to, GError **error);

G_END_DECLS
