#include "service/coord-export-room.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "protocol/ent-limits.h"
#include "service/coord-room-copy.h"

#define MAX_NAME 80 /* bytes */
#define ROWS_AT_ONCE 500

char *
coord_export_make_name (const char *text)
{
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *c = text; *c != '\0' && name->len < MAX_NAME; c = g_utf8_next_char (c)) {
    gunichar u = g_utf8_get_char (c);

    if (u < ' ' || u == 0x7f || (u < 0x80 && strchr ("\\/:*?\"<>|", (int) u) != NULL))
      g_string_append_c (name, '_');
    else
      g_string_append_unichar (name, u);
  }
  g_strstrip (name->str);
  if (*name->str == '\0' || strspn (name->str, ".") == strlen (name->str))
    return g_strdup ("_");
  return g_strdup (name->str);
}

/* "a/../b" is a name like any other for people, and must be none for whoever unpacks it. */
static char *
make_path (const char *folder, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, "/", 20);
  g_autoptr (GString) safe = g_string_new (folder);

  for (guint i = 0; parts[i] != NULL; i++) {
    g_autofree char *name = coord_export_make_name (parts[i]);

    g_string_append_printf (safe, "/%s", name);
  }
  return g_string_free (g_steal_pointer (&safe), FALSE);
}

/* The client IDs under which the participant wrote. */
static GHashTable *
load_own_clients (CoordDb *db, const CoordExportRoom *room, GError **error)
{
  g_autoptr (GPtrArray) clients = coord_room_store_load_clients (db, room->room_id, error);
  GHashTable *own;

  if (clients == NULL)
    return NULL;
  own = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < clients->len; i++) {
    const CoordRoomClient *client = clients->pdata[i];

    if (strcmp (client->participant_id, room->participant_id) == 0)
      g_hash_table_add (own, GUINT_TO_POINTER (client->client));
  }
  return own;
}

static gboolean
is_own (GHashTable *own, guint64 client)
{
  return client <= G_MAXUINT32 && g_hash_table_contains (own, GUINT_TO_POINTER ((guint32) client));
}

/* The text with what others wrote cut out; what the server put there stays. NULL when nothing in it
 * is their own. */
static GBytes *
copy_text (EntType *text, GHashTable *own)
{
  g_autoptr (GArray) runs = ent_text_list_authors (text, 0, ent_text_get_length (text));
  g_autoptr (GString) copy = g_string_new (NULL);
  gboolean has_own = FALSE;

  for (guint i = 0; i < runs->len; i++) {
    const EntAuthorRun *run = &g_array_index (runs, EntAuthorRun, i);
    gsize size;
    g_autofree char *piece = NULL;

    has_own = has_own || is_own (own, run->client);
    if (!is_own (own, run->client) && run->client > COORD_REPLICA_CLIENT) {
      if (!g_str_has_suffix (copy->str, COORD_EXPORT_ELSEWHERE))
        g_string_append (copy, COORD_EXPORT_ELSEWHERE);
      continue;
    }
    piece = ent_text_dup_range (text, run->at, run->length, &size);
    g_string_append_len (copy, piece, size);
  }
  return has_own ? g_string_free_to_bytes (g_steal_pointer (&copy)) : NULL;
}

static char *
dup_path (EntType *file, const char *id)
{
  g_autoptr (EntValue) value = ent_map_get (file, "path");
  gsize size = 0;
  const char *path = value != NULL ? ent_value_get_string (value, &size) : NULL;

  return g_strdup (path != NULL && size > 0 && size <= ENT_MAX_PATH && strlen (path) == size &&
                       g_utf8_validate (path, size, NULL)
                     ? path
                     : id);
}

static gboolean
add_files (EntDoc *doc, GHashTable *own, const char *folder, CoordZip *zip, gsize max_bytes)
{
  EntType *files = ent_doc_get_map (doc, "files");
  g_auto (GStrv) ids = ent_map_list_keys (files);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean is_whole = TRUE;

  for (guint i = 0; ids[i] != NULL; i++) {
    EntType *file = ent_map_get_type (files, ids[i]);
    g_autofree char *root = g_strconcat ("text:", ids[i], NULL);
    g_autofree char *wanted = file != NULL ? dup_path (file, ids[i]) : NULL;
    g_autofree char *path = wanted != NULL ? make_path (folder, wanted) : NULL;
    g_autoptr (GBytes) text = path != NULL ? copy_text (ent_doc_get_text (doc, root), own) : NULL;

    if (text == NULL)
      continue;
    for (guint n = 2; g_hash_table_contains (taken, path); n++) {
      g_autofree char *numbered = g_strdup_printf ("%u %s", n, wanted);

      g_free (path);
      path = make_path (folder, numbered);
    }
    is_whole = coord_zip_add (zip, path, text, max_bytes) && is_whole;
    g_hash_table_add (taken, g_steal_pointer (&path));
  }
  return is_whole;
}

/* Times of messages: "CLIENT:CLOCK" -> gint64 in microseconds. */
static GHashTable *
load_chat_times (CoordDb *db, const char *room_id, GError **error)
{
  g_autoptr (GHashTable) times = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  gint64 seq = 0;
  guint count;

  do {
    g_autoptr (GPtrArray) rows =
      coord_room_store_load_log (db, room_id, seq, COORD_LOG_CHAT_TIME, ROWS_AT_ONCE, error);

    if (rows == NULL)
      return NULL;
    count = rows->len;
    for (guint i = 0; i < count; i++) {
      const CoordLogRow *row = rows->pdata[i];
      CoordChatTime *time = coord_chat_time_read (row->bytes);
      gint64 at_us = row->made_at_us != 0 ? row->made_at_us : row->at_us;

      seq = row->seq;
      if (time != NULL)
        g_hash_table_insert (times,
          g_strdup_printf ("%" G_GINT64_FORMAT ":%" G_GINT64_FORMAT, time->client, time->clock),
          g_memdup2 (&at_us, sizeof at_us));
      g_clear_pointer (&time, coord_chat_time_free);
    }
  } while (count == ROWS_AT_ONCE);
  return g_steal_pointer (&times);
}

/* NULL when there are none. */
static GBytes *
copy_chat (EntDoc *doc, GHashTable *own, GHashTable *times)
{
  EntType *chat = ent_doc_get_array (doc, "chat");
  guint32 count = ent_array_get_length (chat);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  guint n_own = 0;
  char *text;

  json_builder_begin_array (builder);
  for (guint32 i = 0; i < count; i++) {
    g_autoptr (EntValue) value = ent_array_get (chat, i);
    const char *said = value != NULL ? ent_value_get_member_string (value, "text") : NULL;
    g_autofree char *key = NULL;
    const gint64 *at_us;
    guint64 client;
    guint32 clock;

    if (said == NULL || !ent_array_get_id (chat, i, &client, &clock) || !is_own (own, client))
      continue;
    key = g_strdup_printf ("%" G_GUINT64_FORMAT ":%u", client, clock);
    at_us = g_hash_table_lookup (times, key);
    json_builder_begin_object (builder);
    if (at_us != NULL) {
      g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (*at_us / G_USEC_PER_SEC);
      g_autofree char *time = at != NULL ? g_date_time_format_iso8601 (at) : g_strdup ("");

      json_builder_set_member_name (builder, "at");
      json_builder_add_string_value (builder, time);
    }
    json_builder_set_member_name (builder, "text");
    json_builder_add_string_value (builder, said);
    json_builder_end_object (builder);
    n_own++;
  }
  json_builder_end_array (builder);
  if (n_own == 0)
    return NULL;
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  return g_bytes_new_take (text, strlen (text));
}

static char *
make_folder (const CoordExportRoom *room)
{
  g_autoptr (GDateTime) starts =
    g_date_time_new_from_unix_utc (room->starts_at_us / G_USEC_PER_SEC);
  g_autofree char *day = starts != NULL ? g_date_time_format (starts, "%Y-%m-%d") : g_strdup ("");
  g_autofree char *title = coord_export_make_name (room->title);
  gsize size = strlen (room->room_id);

  return g_strdup_printf (
    "interviews/%s %s (%s)", day, title, room->room_id + (size > 8 ? size - 8 : 0));
}

gboolean
coord_export_room_add (CoordDb *db,
  const CoordExportRoom *room,
  CoordZip *zip,
  gsize max_bytes,
  gboolean *is_whole,
  GError **error)
{
  g_autofree char *folder = make_folder (room);
  g_autofree char *files = g_strconcat (folder, "/files", NULL);
  g_autofree char *chat_path = g_strconcat (folder, "/chat.json", NULL);
  g_autoptr (GHashTable) own = load_own_clients (db, room, error);
  g_autoptr (GHashTable) times = NULL;
  g_autoptr (EntDoc) doc = NULL;
  g_autoptr (GBytes) chat = NULL;
  gint64 snapshot_seq, seq;
  guint64 bytes;

  *is_whole = TRUE;
  if (own == NULL || g_hash_table_size (own) == 0)
    return own != NULL;
  times = load_chat_times (db, room->room_id, error);
  doc = times != NULL ? coord_room_copy_load (db, room->room_id, &snapshot_seq, &seq, &bytes, error)
                      : NULL;
  if (doc == NULL)
    return FALSE;
  chat = copy_chat (doc, own, times);
  *is_whole = add_files (doc, own, files, zip, max_bytes);
  if (chat != NULL && !coord_zip_add (zip, chat_path, chat, max_bytes))
    *is_whole = FALSE;
  return TRUE;
}
