#include "store/coord-backup-folder.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "store/coord-admin-job-store.h"
#include "store/coord-backup.h"

/* d: a digit, x: one of hexadecimal, small. */
#define PATTERN "entrevue-dddd-dd-dd-dddddd-xxxxxx"
#define TELLING 6 /* characters of the job's id */

char *
coord_backup_folder_make_name (const char *job, gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d-%H%M%S");

  return g_strdup_printf ("entrevue-%s-%s", time, job + strlen (job) - TELLING);
}

/* Whether a server gave the name, with this behind it. */
static gboolean
is_name (const char *name, const char *suffix)
{
  const char *sign = PATTERN + strlen ("entrevue-");

  if (!g_str_has_prefix (name, "entrevue-") || strlen (name) < strlen (PATTERN) ||
      strcmp (name + strlen (PATTERN), suffix) != 0)
    return FALSE;
  for (const char *c = name + strlen ("entrevue-"); *sign != '\0'; c++, sign++)
    if (*sign == '-' ? *c != '-' : !g_ascii_isdigit (*c) && (*sign == 'd' || *c < 'a' || *c > 'f'))
      return FALSE;
  return TRUE;
}

static gint64
get_made_us (const char *path)
{
  struct stat status;

  return lstat (path, &status) == 0
           ? status.st_mtim.tv_sec * G_USEC_PER_SEC + status.st_mtim.tv_nsec / 1000
           : 0;
}

/* In one folder. By the names, which stay when copies are moved to another disk; within a second by
 * the files. */
static int
compare_ages (gconstpointer a, gconstpointer b)
{
  const char *one = *(char *const *) a, *other = *(char *const *) b;
  int order = strncmp (one, other, strlen (one) - TELLING);
  gint64 difference_us = order == 0 ? get_made_us (one) - get_made_us (other) : 0;

  return order != 0 ? order : (difference_us > 0) - (difference_us < 0);
}

/* Paths (char), the oldest first where nothing follows the names. */
static GPtrArray *
list_paths (const char *folder, const char *suffix)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (is_name (name, suffix))
      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
  g_ptr_array_sort (paths, compare_ages);
  return paths;
}

/* Its name goes first, so that what is half removed is not taken for a copy. */
static gboolean
remove_whole (const char *path)
{
  g_autofree char *unfinished = g_strconcat (path, COORD_BACKUP_UNFINISHED, NULL);

  if (rename (path, unfinished) != 0)
    return FALSE;
  coord_backup_remove_unfinished (unfinished);
  return TRUE;
}

GPtrArray *
coord_backup_folder_prune (const char *folder, guint keep, const char *newest)
{
  g_autoptr (GPtrArray) paths = list_paths (folder, "");
  GPtrArray *removed = g_ptr_array_new_with_free_func (g_free);

  for (guint i = paths->len; i > 0; i--)
    if (!coord_backup_is_whole (paths->pdata[i - 1]))
      g_ptr_array_remove_index (paths, i - 1);
  for (guint i = 0, left = paths->len; i < paths->len && left > keep; i++) {
    const char *path = paths->pdata[i];

    if (strcmp (path, newest) == 0 || !remove_whole (path))
      continue;
    left--;
    g_ptr_array_add (removed, g_strdup (path));
  }
  return removed;
}

static gboolean
is_among (GPtrArray *folders, const char *unfinished)
{
  for (guint i = 0; i < folders->len; i++) {
    const char *folder = folders->pdata[i];

    if (g_str_has_prefix (unfinished, folder) &&
        strcmp (unfinished + strlen (folder), COORD_BACKUP_UNFINISHED) == 0)
      return TRUE;
  }
  return FALSE;
}

int
coord_backup_folder_tidy (const char *folder,
  const char *place,
  const char *process,
  GError **error)
{
  /* The database is asked after that: a job stands there before its folder is made. */
  g_autoptr (GPtrArray) paths = list_paths (folder, COORD_BACKUP_UNFINISHED);
  g_autoptr (CoordDb) db = NULL;
  g_autoptr (GPtrArray) running = NULL;
  int count = 0;

  if (paths->len == 0)
    return 0;
  db = coord_db_open (place, COORD_DB_READER, error);
  running = db != NULL ? coord_admin_job_store_list_running (db, process, error) : NULL;
  if (running == NULL)
    return -1;
  for (guint i = 0; i < paths->len; i++)
    count +=
      !is_among (running, paths->pdata[i]) && coord_backup_remove_unfinished (paths->pdata[i]);
  return count;
}
