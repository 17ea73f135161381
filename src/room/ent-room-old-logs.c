#include "room/ent-room-old-logs.h"

#include <glib/gstdio.h>
#include <utime.h>

/* SQLite writes into the second one until it is folded into the first. */
static const char *const parts[] = { "", "-wal", "-shm" };

typedef void (*Visit) (const char *path, gpointer data);

static gboolean
is_old (const char *path, gint64 before_us)
{
  gboolean is_found = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *part = g_strconcat (path, parts[i], NULL);
    GStatBuf info;

    if (g_stat (part, &info) != 0)
      continue;
    is_found = TRUE;
    if (info.st_mtime >= before_us / G_USEC_PER_SEC)
      return FALSE;
  }
  return is_found;
}

/* Returns how many files with this ending are old. */
static guint
visit_old (const char *data_dir, const char *ending, gint64 before_us, Visit visit, gpointer data)
{
  g_autofree char *folder = g_build_filename (data_dir, "rooms", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  g_autoptr (GPtrArray) old = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);

    if (g_str_has_suffix (name, ending) && is_old (path, before_us))
      g_ptr_array_add (old, g_steal_pointer (&path));
  }
  for (guint i = 0; visit && i < old->len; i++)
    visit (g_ptr_array_index (old, i), data);
  return old->len;
}

guint
ent_room_old_logs_count (const char *data_dir, gint64 before_us)
{
  return visit_old (data_dir, ".db", before_us, NULL, NULL);
}

static void
delete_parts (const char *path, gpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autofree char *part = g_strconcat (path, parts[i], NULL);

    g_unlink (part);
  }
}

void
ent_room_old_logs_delete (const char *data_dir, gint64 before_us)
{
  visit_old (data_dir, ".db", before_us, delete_parts, NULL);
  visit_old (data_dir, ".joined", before_us, delete_parts, NULL);
}

static void
touch (const char *path, gpointer data)
{
  gint64 now_us = *(gint64 *) data;
  struct utimbuf times = { now_us / G_USEC_PER_SEC, now_us / G_USEC_PER_SEC };

  g_utime (path, &times);
}

void
ent_room_old_logs_keep (const char *data_dir, gint64 before_us, gint64 now_us)
{
  visit_old (data_dir, ".db", before_us, touch, &now_us);
}
