#include "commands/coord-data.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coord-config.h"
#include "store/coord-error.h"
#include "store/coord-migrate.h"

gboolean
coord_data_make (const char *path, GError **error)
{
  mode_t mask = umask (022);
  int result = g_mkdir_with_parents (path, 0711);

  umask (mask);
  if (result == 0 && access (path, W_OK | X_OK) == 0)
    return TRUE;
  if (result == 0 && errno == EACCES) {
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_ACCES,
      "The data folder %s belongs to another user. Run this as that one, or as root; or, once: "
      "chown "
      "-R %s %s",
      path, g_get_user_name (), path);
    return FALSE;
  }
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
    "Could not make the data folder %s: %s.", path, g_strerror (errno));
  return FALSE;
}

gboolean
coord_data_give (const char *folder, const char *path, GError **error)
{
  struct stat status;

  if (geteuid () != 0)
    return TRUE;
  if (stat (folder, &status) == 0 && lchown (path, status.st_uid, status.st_gid) == 0)
    return TRUE;
  g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno),
    "Could not give %s to the owner of %s: %s.", path, folder, g_strerror (errno));
  return FALSE;
}

gboolean
coord_data_check_user (const char *path, GError **error)
{
  struct stat status;
  const struct passwd *owner;

  if (geteuid () != 0 || stat (path, &status) != 0 || status.st_uid == 0)
    return TRUE;
  owner = getpwuid (status.st_uid);
  g_set_error (error, COORD_ERROR, COORD_ERROR_DENIED,
    "%s belongs to the user %s, and root does not serve it: what it made could not be read by the "
    "service. Run: systemctl start entrevue-coordinator, or runuser -u %s -- entrevue-coordinator "
    "serve ...",
    path, owner != NULL ? owner->pw_name : "of the service",
    owner != NULL ? owner->pw_name : "USER");
  return FALSE;
}

int
coord_data_lock (const char *path, GError **error)
{
  g_autofree char *file = g_build_filename (path, "serving.lock", NULL);
  int lock = open (file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (lock >= 0 && !coord_data_give (path, file, error)) {
    close (lock);
    return -1;
  }
  if (lock >= 0 && flock (lock, LOCK_EX | LOCK_NB) == 0)
    return lock;
  if (lock >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN,
      "Another coordinator already serves the data in %s. Stop it first, or give this one its own "
      "folder with --data.",
      path);
  else
    g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "Could not lock %s: %s.",
      file, g_strerror (errno));
  if (lock >= 0)
    close (lock);
  return -1;
}

/* Without a configuration the database is in the data folder; but where a server has been without
 * leaving one there, it is elsewhere, and a second one would only puzzle. */
char *
coord_data_find (const CoordOptions *options, GError **error)
{
  g_autoptr (CoordConfig) config =
    options->config != NULL ? coord_config_load (options->config, error) : coord_config_new ();
  g_autofree char *place = config != NULL ? coord_config_get_place (config, options->data) : NULL;
  g_autofree char *secrets = g_build_filename (options->data, "secrets", NULL);

  if (place == NULL || options->config != NULL || g_file_test (place, G_FILE_TEST_EXISTS) ||
      !g_file_test (secrets, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&place);
  g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
    "The database of %s is not in it. Name the server's configuration with --config.",
    options->data);
  return NULL;
}

static gboolean
check_exists (const char *place, GError **error)
{
  if (coord_db_is_postgres (place) || access (place, F_OK) == 0 || errno != ENOENT)
    return TRUE;
  g_set_error (error, COORD_ERROR, COORD_ERROR_NOT_FOUND,
    "There is no database %s. Name the server's data folder with --data, or its configuration "
    "with --config.",
    place);
  return FALSE;
}

CoordDb *
coord_data_open (const CoordOptions *options, int *applied, GError **error)
{
  g_autofree char *place = coord_data_find (options, error);
  g_autoptr (CoordDb) db = NULL;

  if (place == NULL || (!options->may_make_data && !check_exists (place, error)) ||
      (db = coord_db_open (place, COORD_DB_WRITER, error)) == NULL ||
      (!coord_db_is_postgres (place) && !coord_data_give (options->data, place, error)) ||
      (*applied = coord_migrate (db, error)) < 0)
    return NULL;
  return g_steal_pointer (&db);
}
