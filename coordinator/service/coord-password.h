#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Argon2id (19 MiB, two passes, one lane) in threads of its own, since one hash takes long enough
 * to stop every room. At most 32 of each turn wait; more get COORD_ERROR_UNAVAILABLE. */
typedef struct _CoordPasswords CoordPasswords;

/* Who goes first: however many try to sign in from everywhere, those who have been here get in. */
typedef enum {
  COORD_TURN_KNOWN, /* signed in, or has been from the same address, or holds a link of ours */
  COORD_TURN_STRANGER,
  COORD_N_TURNS,
} CoordTurn;

CoordPasswords *coord_passwords_new (void);
void coord_passwords_free (CoordPasswords *passwords);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordPasswords, coord_passwords_free)

/* Gives the encoded hash with a fresh salt; free with g_free(). */
void coord_passwords_hash_async (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  GAsyncReadyCallback callback,
  gpointer data);
char *coord_passwords_hash_finish (GAsyncResult *result, GError **error);

/* Whether this is a hash that can be compared with: Argon2id as made here, or bcrypt (of others'
 * accounts, see `user import`) of at most 14 rounds. An old one is to be replaced when the password
 * was right, since then it is known. */
gboolean coord_password_is_hash (const char *text);
gboolean coord_password_is_old (const char *hash);

/* Whether the password is the one of the hash. With an empty or NULL hash the same work is done and
 * the answer is FALSE, so that an unknown address takes as long as a wrong password. */
void coord_passwords_verify_async (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  const char *hash,
  GAsyncReadyCallback callback,
  gpointer data);

/* The work of comparing with this hash (NULL: with one of nobody); the answer is always FALSE. */
void coord_passwords_pretend_async (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  const char *hash,
  GAsyncReadyCallback callback,
  gpointer data);
gboolean coord_passwords_verify_finish (GAsyncResult *result, GError **error);

/* Hashes in the calling thread; for the command line. */
char *coord_password_hash (const char *password);

/* NULL, or the sentence why this cannot be a password. */
const char *coord_password_find_fault (const char *password);

G_END_DECLS
