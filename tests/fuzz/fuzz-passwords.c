/* Passwords for fuzz targets, linked in place of the coordinator's: Argon2id takes on purpose a
 * hundred times longer than a whole request. A hash is the password behind a word. */

#include <string.h>

#include "protocol/ent-limits.h"
#include "service/coord-password.h"

#define START "plain:"

struct _CoordPasswords {
  guint n_asked;
};

CoordPasswords *
coord_passwords_new (void)
{
  return g_new0 (CoordPasswords, 1);
}

void
coord_passwords_free (CoordPasswords *passwords)
{
  g_free (passwords);
}

char *
coord_password_hash (const char *password)
{
  return g_strconcat (START, password, NULL);
}

gboolean
coord_password_is_hash (const char *text)
{
  return g_str_has_prefix (text, START);
}

gboolean
coord_password_is_old (const char *hash)
{
  return g_str_has_prefix (hash, START "old");
}

const char *
coord_password_find_fault (const char *password)
{
  return strlen (password) < ENT_MIN_PASSWORD_CHARS ? "The password is too short." : NULL;
}

void
coord_passwords_hash_async (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);

  passwords->n_asked++;
  g_task_return_pointer (task, coord_password_hash (password), g_free);
}

char *
coord_passwords_hash_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
coord_passwords_verify_async (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  const char *hash,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  g_autofree char *right = coord_password_hash (password);

  passwords->n_asked++;
  g_task_return_boolean (task, g_strcmp0 (right, hash) == 0);
}

void
coord_passwords_pretend_async (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  const char *hash,
  GAsyncReadyCallback callback,
  gpointer data)
{
  coord_passwords_verify_async (passwords, turn, password, NULL, callback, data);
}

gboolean
coord_passwords_verify_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
