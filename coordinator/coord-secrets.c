#include "coord-secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ent-secret.h"

static gboolean
fail (GError **error, const char *path, const char *what)
{
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "Could not %s the secret %s: %s.",
    what, path, g_strerror (errno));
  return FALSE;
}

static gboolean
sync_folder (const char *folder, GError **error)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean is_synced = fd >= 0 && fsync (fd) == 0;

  if (!is_synced)
    fail (error, folder, "sync");
  if (fd >= 0)
    close (fd);
  return is_synced;
}

/* Writes a new secret under another name first: a half-written file never has the final name. */
static gboolean
write_secret (const char *folder, const char *path, const char *text, GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".new", NULL);
  int fd = open (temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  gsize size = strlen (text);

  if (fd < 0)
    return fail (error, temporary, "make");
  if (write (fd, text, size) != (gssize) size || fsync (fd) != 0) {
    fail (error, temporary, "write");
    close (fd);
    return FALSE;
  }
  close (fd);
  if (rename (temporary, path) != 0)
    return fail (error, path, "name");
  return sync_folder (folder, error);
}

/* An empty one would be no secret, and everybody's. */
static gboolean
check_text (const char *path, const char *text, GError **error)
{
  if (*text != '\0')
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
    "The secret %s is empty. Write it there again, or restore the file from a backup.", path);
  return FALSE;
}

/* Of another user's files, who can mend that. */
static gboolean
fail_to_read (GError **error, const char *path, GError *failure)
{
  struct stat status;

  g_propagate_prefixed_error (error, failure, "Could not read the secret %s: ", path);
  if (geteuid () == 0 || stat (path, &status) != 0 || status.st_uid == geteuid ())
    return FALSE;
  g_prefix_error (error, "It belongs to another user (%u) than this one (%u): chown it. ",
    status.st_uid, geteuid ());
  return FALSE;
}

static char *
make_token (GError **error)
{
  return ent_secret_new_token ();
}

/* Reads the secret, or makes it. */
static char *
load_or_make (const char *folder, const char *name, CoordSecretMake make, GError **error)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) failure = NULL;
  char *text = NULL;

  if (g_file_get_contents (path, &text, NULL, &failure)) {
    if (check_text (path, g_strchomp (text), error))
      return text;
    g_free (text);
    return NULL;
  }
  if (!g_error_matches (failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
    fail_to_read (error, path, g_steal_pointer (&failure));
    return NULL;
  }
  text = make (error);
  if (text != NULL && write_secret (folder, path, text, error))
    return text;
  ent_secret_free (text);
  return NULL;
}

static char *
load_secret (const char *folder, const char *name, GError **error)
{
  return load_or_make (folder, name, make_token, error);
}

static gboolean
load_key (const char *folder, const char *name, guint8 *key, char **key_id, GError **error)
{
  char *text = load_secret (folder, name, error);
  g_autoptr (GBytes) bytes = NULL;

  if (text == NULL)
    return FALSE;
  bytes = ent_secret_from_base64url (text);
  if (key_id != NULL) {
    g_autofree char *hash = ent_secret_hash (text);

    *key_id = g_strndup (hash, 8);
  }
  ent_secret_free (text);
  if (bytes == NULL || g_bytes_get_size (bytes) != 32) {
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
      "The secret %s/%s is damaged. Restore it from a backup; removing it signs everybody out.",
      folder, name);
    return FALSE;
  }
  memcpy (key, g_bytes_get_data (bytes, NULL), 32);
  return TRUE;
}

static gboolean
check_folder (const char *folder, GError **error)
{
  struct stat status;

  if (g_mkdir_with_parents (folder, 0700) != 0 || stat (folder, &status) != 0)
    return fail (error, folder, "make the folder of");
  if ((status.st_mode & 077) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
    "The folder %s can be read by others. Run: chmod 700 %s", folder, folder);
  return FALSE;
}

gboolean
coord_secrets_check_file (const char *path, GError **error)
{
  g_autoptr (GError) failure = NULL;
  struct stat status;
  char *text = NULL;
  gboolean is_good;

  if (!g_file_get_contents (path, &text, NULL, &failure))
    return fail_to_read (error, path, g_steal_pointer (&failure));
  is_good = check_text (path, g_strstrip (text), error);
  ent_secret_free (text);
  if (!is_good || (stat (path, &status) == 0 && (status.st_mode & 007) == 0))
    return is_good;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
    "The secret %s can be read by everybody. Run: chmod o= %s", path, path);
  return FALSE;
}

char *
coord_secrets_load_one (const char *data_folder,
  const char *name,
  CoordSecretMake make,
  GError **error)
{
  g_autofree char *folder = g_build_filename (data_folder, "secrets", NULL);

  return check_folder (folder, error) ? load_or_make (folder, name, make, error) : NULL;
}

CoordSecrets *
coord_secrets_load (const char *data_folder, const char *turn_secret_file, GError **error)
{
  g_autofree char *folder = g_build_filename (data_folder, "secrets", NULL);
  g_autoptr (CoordSecrets) secrets = g_new0 (CoordSecrets, 1);

  if (!check_folder (folder, error))
    return NULL;
  if (!load_key (folder, "signing-key", secrets->signing_key, &secrets->key_id, error) ||
      !load_key (folder, "refresh-key", secrets->refresh_key, NULL, error))
    return NULL;
  if (turn_secret_file == NULL)
    secrets->turn_secret = load_secret (folder, "turn-secret", error);
  else if (coord_secrets_check_file (turn_secret_file, error) &&
           g_file_get_contents (turn_secret_file, &secrets->turn_secret, NULL, error))
    g_strchomp (secrets->turn_secret);
  if (secrets->turn_secret == NULL)
    return NULL;
  secrets->metrics_token = load_secret (folder, "metrics-token", error);
  return secrets->metrics_token != NULL ? g_steal_pointer (&secrets) : NULL;
}

CoordSecrets *
coord_secrets_new (void)
{
  CoordSecrets *secrets = g_new0 (CoordSecrets, 1);

  secrets->key_id = g_strdup ("test");
  ent_secret_fill_random (secrets->signing_key, sizeof secrets->signing_key);
  ent_secret_fill_random (secrets->refresh_key, sizeof secrets->refresh_key);
  secrets->turn_secret = ent_secret_new_token ();
  secrets->metrics_token = ent_secret_new_token ();
  return secrets;
}

void
coord_secrets_free (CoordSecrets *secrets)
{
  g_free (secrets->key_id);
  ent_secret_free (secrets->turn_secret);
  ent_secret_free (secrets->metrics_token);
  explicit_bzero (secrets, sizeof *secrets);
  g_free (secrets);
}
