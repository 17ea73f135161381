#include <stdlib.h>
#include <string.h>

#include "room/ent-room-private.h"

/* The document's files and chat as lists of objects that stay the same while they are there. */

#define MAX_SHOWN_CHAT 2000

/* One file as the document's map has it. */
typedef struct {
  const char *id; /* borrowed from the list of keys */
  char *path;
  char *language;
  char *shown;
} FileEntry;

static void
clear_entry (gpointer data)
{
  FileEntry *entry = data;

  g_free (entry->path);
  g_free (entry->language);
  g_free (entry->shown);
}

static char *
dup_string (EntType *map, const char *key, gsize max)
{
  g_autoptr (EntValue) value = ent_map_get (map, key);
  gsize size = 0;
  const char *text = value != NULL ? ent_value_get_string (value, &size) : NULL;

  if (text == NULL || size > max || strlen (text) != size)
    return g_strdup ("");
  return g_strdup (text);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static int
compare_files (gconstpointer a, gconstpointer b, gpointer data)
{
  int order = g_utf8_collate (
    ent_room_file_get_path ((EntRoomFile *) a), ent_room_file_get_path ((EntRoomFile *) b));

  if (order != 0)
    return order;
  return strcmp (
    ent_room_file_get_id ((EntRoomFile *) a), ent_room_file_get_id ((EntRoomFile *) b));
}

/* The files in order of id; of two with one path the smaller id keeps it. */
static GArray *
read_files (EntType *map, GStrv keys)
{
  GArray *list = g_array_new (FALSE, TRUE, sizeof (FileEntry));
  g_autoptr (GHashTable) counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_array_set_clear_func (list, clear_entry);
  qsort (keys, g_strv_length (keys), sizeof (char *), compare_ids);
  for (guint i = 0; keys[i] != NULL && list->len < ENT_MAX_FILES; i++) {
    EntType *file = ent_map_get_type (map, keys[i]);
    FileEntry entry = { .id = keys[i] };
    guint n_before;

    if (file == NULL || strlen (keys[i]) > ENT_MAX_NAME)
      continue;
    entry.path = dup_string (file, "path", 4 * ENT_MAX_PATH);
    entry.language = dup_string (file, "language", ENT_MAX_NAME);
    n_before = GPOINTER_TO_UINT (g_hash_table_lookup (counts, entry.path));
    entry.shown = ent_room_path_new_shown (entry.path, n_before);
    g_hash_table_insert (counts, g_strdup (entry.path), GUINT_TO_POINTER (n_before + 1));
    g_array_append_val (list, entry);
  }
  return list;
}

static void
remove_file (EntRoom *room, EntRoomFile *file)
{
  guint at;

  g_hash_table_remove (room->files_by_text, ent_room_file_get_text (file));
  if (g_list_store_find (room->files, file, &at))
    g_list_store_remove (room->files, at);
  g_hash_table_remove (room->files_by_id, ent_room_file_get_id (file));
}

static void
remove_gone_files (EntRoom *room, GArray *list)
{
  g_autoptr (GHashTable) present = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GList) known = g_hash_table_get_values (room->files_by_id);

  for (guint i = 0; i < list->len; i++)
    g_hash_table_add (present, (gpointer) g_array_index (list, FileEntry, i).id);
  for (GList *l = known; l != NULL; l = l->next)
    if (!g_hash_table_contains (present, ent_room_file_get_id (l->data)))
      remove_file (room, l->data);
}

static void
add_file (EntRoom *room, const FileEntry *entry)
{
  g_autofree char *root = g_strconcat ("text:", entry->id, NULL);
  EntType *text = ent_doc_get_text (room->doc, root);
  EntRoomFile *file = ent_room_file_new (entry->id, text);

  ent_room_file_update (file, entry->path, entry->shown, entry->language);
  g_hash_table_insert (room->files_by_id, g_strdup (entry->id), file);
  g_hash_table_insert (room->files_by_text, text, file);
  ent_undo_add_scope (room->undo, text);
  g_list_store_insert_sorted (room->files, file, compare_files, NULL);
}

static void
refresh_files (EntRoom *room)
{
  EntType *map = ent_doc_get_map (room->doc, "files");
  g_auto (GStrv) keys = ent_map_list_keys (map);
  g_autoptr (GArray) list = read_files (map, keys);

  remove_gone_files (room, list);
  for (guint i = 0; i < list->len; i++) {
    FileEntry *entry = &g_array_index (list, FileEntry, i);
    EntRoomFile *file = g_hash_table_lookup (room->files_by_id, entry->id);

    if (file == NULL) {
      add_file (room, entry);
      continue;
    }
    if (g_strcmp0 (ent_room_file_get_path (file), entry->shown) == 0) {
      ent_room_file_update (file, entry->path, entry->shown, entry->language);
      continue;
    }
    ent_room_file_update (file, entry->path, entry->shown, entry->language);
    g_list_store_sort (room->files, compare_files, NULL);
  }
  ent_room_presence_refresh (room);
}

/* --- chat ------------------------------------------------------------------------------------ */

static EntChatMessage *
find_message (GPtrArray *known, guint64 client, guint32 clock)
{
  for (guint i = known->len; i > 0; i--) {
    EntChatMessage *message = g_ptr_array_index (known, i - 1);

    if (ent_chat_message_get_client (message) == client &&
        ent_chat_message_get_clock (message) == clock)
      return message;
  }
  return NULL;
}

static EntChatMessage *
new_message (EntRoom *room, EntType *chat, guint32 at, guint64 client, guint32 clock, gint64 time)
{
  g_autoptr (EntValue) value = ent_array_get (chat, at);
  const char *text = value != NULL ? ent_value_get_member_string (value, "text") : NULL;
  const char *id = value != NULL ? ent_value_get_member_string (value, "id") : NULL;
  g_autofree char *valid = NULL;

  if (text == NULL || strlen (text) > ENT_CHAT_MAX_BYTES)
    return NULL;
  valid = g_utf8_make_valid (text, -1);
  return ent_chat_message_new (
    id != NULL ? id : "", valid, ent_room_find_author (room, client), time, client, clock);
}

static GPtrArray *
list_messages (EntRoom *room)
{
  GListModel *model = G_LIST_MODEL (room->chat);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    g_ptr_array_add (list, g_list_model_get_item (model, i));
  return list;
}

/* The messages as the array has them now, known ones being the same objects. */
static GPtrArray *
read_chat (EntRoom *room, GPtrArray *known)
{
  EntType *chat = ent_doc_get_array (room->doc, "chat");
  guint32 length = ent_array_get_length (chat);
  gint64 now_us = ent_clock_get_wall_us (room->clock);
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint32 at = length > MAX_SHOWN_CHAT ? length - MAX_SHOWN_CHAT : 0; at < length; at++) {
    EntChatMessage *message;
    guint64 client;
    guint32 clock;

    if (!ent_array_get_id (chat, at, &client, &clock))
      continue;
    message = find_message (known, client, clock);
    message = message != NULL ? g_object_ref (message)
                              : new_message (room, chat, at, client, clock, now_us);
    if (message != NULL)
      g_ptr_array_add (list, message);
  }
  return list;
}

static void
show_chat (EntRoom *room, GPtrArray *known, GPtrArray *list)
{
  guint same = 0;

  while (same < known->len && same < list->len &&
         g_ptr_array_index (known, same) == g_ptr_array_index (list, same))
    same++;
  if (same == known->len && same == list->len)
    return;
  g_list_store_splice (room->chat, same, known->len - same, list->pdata + same, list->len - same);
}

static void
refresh_chat (EntRoom *room)
{
  g_autoptr (GPtrArray) known = list_messages (room);
  g_autoptr (GPtrArray) list = read_chat (room, known);

  show_chat (room, known, list);
}

/* Messages of people that the roster did not know yet get their names. */
void
ent_room_lists_refresh_authors (EntRoom *room)
{
  GListModel *model = G_LIST_MODEL (room->chat);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (EntChatMessage) message = g_list_model_get_item (model, i);
    EntParticipant *author = ent_room_find_author (room, ent_chat_message_get_client (message));
    g_autoptr (EntChatMessage) named = NULL;

    if (ent_chat_message_get_author (message) == author)
      continue;
    named = ent_chat_message_new (ent_chat_message_get_id (message),
      ent_chat_message_get_text (message), author, ent_chat_message_get_time_us (message),
      ent_chat_message_get_client (message), ent_chat_message_get_clock (message));
    g_list_store_splice (room->chat, i, 1, (gpointer *) &named, 1);
  }
}

/* --- events ---------------------------------------------------------------------------------- */

void
ent_room_lists_open (EntRoom *room)
{
  refresh_files (room);
  refresh_chat (room);
}

void
ent_room_lists_clear (EntRoom *room)
{
  g_hash_table_remove_all (room->shown_carets);
  g_hash_table_remove_all (room->files_by_text);
  g_list_store_remove_all (room->files);
  g_hash_table_remove_all (room->files_by_id);
  g_list_store_remove_all (room->chat);
}

void
ent_room_lists_take_event (EntRoom *room, const EntDocEvent *event)
{
  EntType *files = ent_doc_get_map (room->doc, "files");
  EntType *chat = ent_doc_get_array (room->doc, "chat");
  gboolean files_changed = FALSE;
  gboolean chat_changed = FALSE;

  for (guint i = 0; i < event->n_types; i++) {
    EntType *type = event->types[i].type;

    files_changed = files_changed || type == files || ent_type_get_parent (type) == files;
    chat_changed = chat_changed || type == chat;
  }
  if (files_changed)
    refresh_files (room);
  if (chat_changed)
    refresh_chat (room);
}

GListModel *
ent_room_get_files (EntRoom *room)
{
  return G_LIST_MODEL (room->files);
}

GListModel *
ent_room_get_chat (EntRoom *room)
{
  return G_LIST_MODEL (room->chat);
}

EntRoomFile *
ent_room_find_file (EntRoom *room, const char *path)
{
  GListModel *model = G_LIST_MODEL (room->files);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (EntRoomFile) file = g_list_model_get_item (model, i);

    if (g_strcmp0 (ent_room_file_get_path (file), path) == 0)
      return file;
  }
  return g_hash_table_lookup (room->files_by_id, path);
}
