#pragma once

#include "store/coord-copy.h"

G_BEGIN_DECLS

/* A copy of the whole database in a folder of its own, as an SQLite file `entrevue.db`, of either
 * engine, as it was at one moment; others may write meanwhile. */
typedef struct {
  const char *place; /* of the database, for coord_db_open() */
  const char *folder; /* absolute; it has this name only when all is on disk */
  const char
    *unfinished; /* beside it, what it is called until then; what is left there is removed */
  const char *secrets_of; /* data folder whose secrets are copied too; NULL: none */
} CoordBackup;

/* In a thread of its own: it may take minutes. Returns the number of rows, or -1 with a sentence
 * that says what to do where that can be known; nothing is left then. watch may be NULL. */
gint64 coord_backup_make (const CoordBackup *backup, CoordCopyWatch *watch, GError **error);

/* Copies the secrets that FROM/secrets has to TO/secrets, which is made, for this user alone. */
gboolean coord_backup_copy_secrets (const char *from, const char *to, GError **error);

G_END_DECLS
