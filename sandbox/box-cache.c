#include "box-cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "box-error.h"

#define ROOM_OPTIONS "size=1g,nr_inodes=200k,mode=0700"

struct _BoxCache {
  char *folder;
  guint serial;
  guint64 idle_bytes; /* of the builds in `idle` */
  GQueue idle; /* BoxBuild that are kept and not held; the one longest unused first */
  GHashTable *kept; /* key -> BoxBuild */
};

struct _BoxBuild {
  BoxCache *cache;
  guint holders;
  char *key; /* NULL: goes with its last holder */
  char *folder;
  int fd;
  guint64 size_bytes;
  BoxCompileReport *report;
};

static gboolean
is_dots (const char *name)
{
  return g_str_equal (name, ".") || g_str_equal (name, "..");
}

/* What is in there was copied by box-work: plain files and folders, not deep. */
static void
remove_entries (int folder)
{
  DIR *dir = fdopendir (dup (folder));
  const struct dirent *entry;

  if (dir != NULL)
    rewinddir (dir); /* the position is shared with whoever read this folder before */
  while (dir != NULL && (entry = readdir (dir)) != NULL) {
    int inner;

    if (is_dots (entry->d_name) || unlinkat (folder, entry->d_name, 0) == 0)
      continue;
    inner = openat (folder, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inner < 0)
      continue;
    remove_entries (inner);
    close (inner);
    unlinkat (folder, entry->d_name, AT_REMOVEDIR);
  }
  if (dir != NULL)
    closedir (dir);
}

static void
build_free (BoxBuild *build)
{
  if (build->fd >= 0) {
    remove_entries (build->fd);
    close (build->fd);
  }
  if (rmdir (build->folder) != 0 && errno != ENOENT)
    g_warning ("%s cannot be removed: %s", build->folder, g_strerror (errno));
  g_clear_pointer (&build->report, box_compile_report_free);
  g_free (build->folder);
  g_free (build->key);
  g_free (build);
}

BoxCache *
box_cache_new (const char *base, GError **error)
{
  g_autofree char *folder = g_build_filename (base, "builds", NULL);
  BoxCache *cache;

  if (mkdir (folder, 0700) != 0 && errno != EEXIST) {
    box_error_set_errno (error, BOX_ERROR_HOST, errno, "%s cannot be made", folder);
    return NULL;
  }
  if (mount ("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, ROOM_OPTIONS) != 0) {
    box_error_set_errno (error, BOX_ERROR_HOST, errno, "%s cannot be mounted", folder);
    return NULL;
  }
  cache = g_new0 (BoxCache, 1);
  cache->folder = g_steal_pointer (&folder);
  cache->kept = g_hash_table_new (g_str_hash, g_str_equal);
  return cache;
}

static void
forget_longest_unused (BoxCache *cache)
{
  BoxBuild *build = g_queue_pop_head (&cache->idle);

  cache->idle_bytes -= build->size_bytes;
  g_hash_table_remove (cache->kept, build->key);
  build_free (build);
}

void
box_cache_free (BoxCache *cache)
{
  if (cache == NULL)
    return;
  while (cache->idle.length > 0)
    forget_longest_unused (cache);
  g_warn_if_fail (g_hash_table_size (cache->kept) == 0);
  g_hash_table_unref (cache->kept);
  if (umount2 (cache->folder, MNT_DETACH) != 0)
    g_warning ("%s cannot be unmounted: %s", cache->folder, g_strerror (errno));
  g_free (cache->folder);
  g_free (cache);
}

/* With its length before it, so that no two lists of parts give the same bytes. */
static void
add_part (GChecksum *sum, gconstpointer data, gsize size)
{
  guint64 length = size;

  g_checksum_update (sum, (const guchar *) &length, sizeof length);
  g_checksum_update (sum, data, size);
}

static void
add_text (GChecksum *sum, const char *text)
{
  add_part (sum, text != NULL ? text : "", text != NULL ? strlen (text) : 0);
}

static void
add_list (GChecksum *sum, char **list)
{
  for (; *list != NULL; list++)
    add_text (sum, *list);
  add_text (sum, NULL);
}

char *
box_cache_make_key (const BoxLanguage *language, BoxJob *job)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_auto (GStrv) command = box_language_build_compile (language, job);
  g_auto (GStrv) environment = box_language_build_environment (language, FALSE);
  GPtrArray *files = box_job_get_files (job);

  if (box_job_get_scope (job) == NULL)
    return NULL;
  add_text (sum, box_job_get_scope (job));
  add_text (sum, language->id);
  add_text (sum, language->version);
  add_list (sum, command);
  add_list (sum, environment);
  for (guint i = 0; i < files->len; i++) {
    const BoxFile *file = g_ptr_array_index (files, i);
    gsize size;
    gconstpointer data = g_bytes_get_data (file->bytes, &size);

    add_text (sum, file->path);
    add_part (sum, data, size);
  }
  return g_strdup (g_checksum_get_string (sum));
}

BoxBuild *
box_cache_find (BoxCache *cache, const char *key)
{
  BoxBuild *build = g_hash_table_lookup (cache->kept, key);

  if (build == NULL)
    return NULL;
  if (build->holders++ == 0) {
    g_queue_remove (&cache->idle, build);
    cache->idle_bytes -= build->size_bytes;
  }
  return build;
}

static BoxBuild *
make_build (BoxCache *cache, GError **error)
{
  BoxBuild *build = g_new0 (BoxBuild, 1);

  build->cache = cache;
  build->holders = 1;
  build->fd = -1;
  build->folder = g_strdup_printf ("%s/%u", cache->folder, ++cache->serial);
  if (mkdir (build->folder, 0700) == 0)
    build->fd = open (build->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (build->fd >= 0)
    return build;
  box_error_set_errno (error, BOX_ERROR_INTERNAL, errno, "A folder for a build cannot be made");
  build_free (build);
  return NULL;
}

BoxBuild *
box_cache_add (BoxCache *cache,
  const char *key,
  BoxWork *from,
  const BoxCompileReport *report,
  GError **error)
{
  BoxBuild *build = make_build (cache, error);

  if (build == NULL)
    return NULL;
  if (!box_work_take_folder (
        from, BOX_JOB_BUILD_FOLDER, build->fd, BOX_BUILD_MAX_BYTES, &build->size_bytes, error)) {
    build_free (build);
    return NULL;
  }
  build->report = ent_struct_copy (&box_compile_report_struct, report);
  /* Another job of the same files may have been quicker; then this one is nobody else's. */
  if (key != NULL && !g_hash_table_contains (cache->kept, key)) {
    build->key = g_strdup (key);
    g_hash_table_insert (cache->kept, build->key, build);
  }
  return build;
}

void
box_build_unref (BoxBuild *build)
{
  BoxCache *cache = build->cache;

  if (--build->holders > 0)
    return;
  if (build->key == NULL) {
    build_free (build);
    return;
  }
  g_queue_push_tail (&cache->idle, build);
  cache->idle_bytes += build->size_bytes;
  while (cache->idle_bytes > BOX_CACHE_MAX_BYTES)
    forget_longest_unused (cache);
}

gboolean
box_build_copy_to (BoxBuild *build, BoxWork *to, guint64 max_bytes, GError **error)
{
  return box_work_give_folder (to, BOX_JOB_BUILD_FOLDER, build->fd, max_bytes, error);
}

const BoxCompileReport *
box_build_get_report (BoxBuild *build)
{
  return build->report;
}
