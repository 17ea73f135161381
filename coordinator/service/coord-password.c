#include "service/coord-password.h"

#include <argon2.h>
#include <crypt.h>
#include <string.h>

#include "base/ent-secret.h"
#include "protocol/ent-limits.h"
#include "store/coord-error.h"

#define MEMORY_KIB (19 * 1024)
#define PASSES 2
#define LANES 1
#define SALT_BYTES 16
#define HASH_BYTES 32
#define ENCODED_BYTES 128
#define MAX_WAITING 32
#define BCRYPT_CHARS 60
#define MAX_BCRYPT_ROUNDS 14

struct _CoordPasswords {
  GThreadPool *pool;
  gint n_waiting[COORD_N_TURNS]; /* atomic */
  guint64 n_pushed;
  char *nobody; /* a hash that no password has; verified for unknown addresses */
};

typedef struct {
  CoordTurn turn;
  guint64 number; /* as they came */
  char *password;
  char *hash; /* to compare with; NULL: make one */
  gboolean is_known;
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  ent_secret_free (work->password);
  g_free (work->hash);
  g_free (work);
}

char *
coord_password_hash (const char *password)
{
  char encoded[ENCODED_BYTES];
  guint8 salt[SALT_BYTES];
  int result;

  ent_secret_fill_random (salt, sizeof salt);
  result = argon2id_hash_encoded (PASSES, MEMORY_KIB, LANES, password, strlen (password), salt,
    sizeof salt, HASH_BYTES, encoded, sizeof encoded);
  if (result != ARGON2_OK)
    g_error ("Argon2id: %s", argon2_error_message (result));
  return g_strdup (encoded);
}

gboolean
coord_password_is_old (const char *hash)
{
  return g_str_has_prefix (hash, "$2");
}

gboolean
coord_password_is_hash (const char *text)
{
  gint64 rounds;

  if (g_str_has_prefix (text, "$argon2id$v=19$m=19456,t=2,p=1$"))
    return strlen (text) < ENCODED_BYTES;
  if (strlen (text) != BCRYPT_CHARS || text[0] != '$' || text[1] != '2' ||
      strchr ("aby", text[2]) == NULL || text[3] != '$' || text[6] != '$')
    return FALSE;
  for (const char *c = text + 7; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && *c != '.' && *c != '/')
      return FALSE;
  rounds = g_ascii_isdigit (text[4]) && g_ascii_isdigit (text[5])
             ? g_ascii_strtoll (text + 4, NULL, 10)
             : 0;
  return rounds >= 4 && rounds <= MAX_BCRYPT_ROUNDS;
}

static gboolean
is_bcrypt_right (const char *hash, const char *password)
{
  struct crypt_data *data = g_new0 (struct crypt_data, 1);
  /* Not crypt_r(): the address sanitizer takes that one's place, and then nothing asks for the
   * library. */
  const char *made = crypt_rn (password, hash, data, sizeof *data);
  gboolean is_right = made != NULL && ent_secret_equal (made, hash);

  explicit_bzero (data, sizeof *data);
  g_free (data);
  return is_right;
}

static void
work_cb (gpointer data, gpointer user_data)
{
  CoordPasswords *passwords = user_data;
  g_autoptr (GTask) task = data;
  Work *work = g_task_get_task_data (task);
  gboolean is_right;

  g_atomic_int_add (&passwords->n_waiting[work->turn], -1);
  if (work->hash == NULL) {
    g_task_return_pointer (task, coord_password_hash (work->password), g_free);
    return;
  }
  if (coord_password_is_old (work->hash))
    is_right = is_bcrypt_right (work->hash, work->password);
  else
    is_right = argon2id_verify (work->hash, work->password, strlen (work->password)) == ARGON2_OK;
  g_task_return_boolean (task, is_right && work->is_known);
}

static int
compare_turns (gconstpointer one, gconstpointer other, gpointer data)
{
  const Work *first = g_task_get_task_data ((GTask *) one);
  const Work *second = g_task_get_task_data ((GTask *) other);

  if (first->turn != second->turn)
    return first->turn < second->turn ? -1 : 1;
  return first->number < second->number ? -1 : first->number > second->number;
}

CoordPasswords *
coord_passwords_new (void)
{
  CoordPasswords *passwords = g_new0 (CoordPasswords, 1);
  char *secret = ent_secret_new_token ();

  passwords->pool =
    g_thread_pool_new (work_cb, passwords, MAX (1, (int) g_get_num_processors () - 1), FALSE, NULL);
  g_thread_pool_set_sort_function (passwords->pool, compare_turns, NULL);
  passwords->nobody = coord_password_hash (secret);
  ent_secret_free (secret);
  return passwords;
}

void
coord_passwords_free (CoordPasswords *passwords)
{
  g_thread_pool_free (passwords->pool, FALSE, TRUE);
  g_free (passwords->nobody);
  g_free (passwords);
}

static void
push (CoordPasswords *passwords, GTask *task, Work *work)
{
  g_task_set_task_data (task, work, work_free);
  if (g_atomic_int_get (&passwords->n_waiting[work->turn]) >= MAX_WAITING) {
    g_task_return_new_error (task, COORD_ERROR, COORD_ERROR_UNAVAILABLE,
      "Too many people are signing in at this moment. Try again in a few seconds.");
    return;
  }
  work->number = ++passwords->n_pushed;
  g_atomic_int_inc (&passwords->n_waiting[work->turn]);
  g_thread_pool_push (passwords->pool, g_object_ref (task), NULL);
}

void
coord_passwords_hash_async (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  Work *work = g_new0 (Work, 1);

  work->turn = turn;
  work->password = g_strdup (password);
  push (passwords, task, work);
}

char *
coord_passwords_hash_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
compare (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  const char *hash,
  gboolean is_known,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, data);
  Work *work = g_new0 (Work, 1);
  gboolean has_hash = hash != NULL && *hash != '\0';

  work->turn = turn;
  work->password = g_strdup (password);
  work->is_known = is_known && has_hash;
  work->hash = g_strdup (has_hash ? hash : passwords->nobody);
  push (passwords, task, work);
}

void
coord_passwords_verify_async (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  const char *hash,
  GAsyncReadyCallback callback,
  gpointer data)
{
  compare (passwords, turn, password, hash, TRUE, callback, data);
}

void
coord_passwords_pretend_async (CoordPasswords *passwords,
  CoordTurn turn,
  const char *password,
  const char *hash,
  GAsyncReadyCallback callback,
  gpointer data)
{
  compare (passwords, turn, password, hash, FALSE, callback, data);
}

gboolean
coord_passwords_verify_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
coord_password_find_fault (const char *password)
{
  if (strlen (password) > ENT_MAX_PASSWORD)
    return "The password is too long.";
  if (!g_utf8_validate (password, -1, NULL) ||
      g_utf8_strlen (password, -1) < ENT_MIN_PASSWORD_CHARS)
    return "The password is too short: it needs at least " G_STRINGIFY (
      ENT_MIN_PASSWORD_CHARS) " characters.";
  return NULL;
}
