#include "service/coord-export-service.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "base/ent-id.h"
#include "coord-log.h"
#include "outgoing/coord-mail.h"
#include "service/coord-export-room.h"
#include "service/coord-notice-text.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-export-store.h"
#include "store/coord-job-store.h"
#include "store/coord-notice-store.h"
#include "store/coord-picture-store.h"

#define KEPT_US (COORD_EXPORT_KEPT_DAYS * G_TIME_SPAN_DAY)

EntApiExport *
coord_export_service_ask (CoordDb *db, const CoordCaller *caller, gint64 now_us, GError **error)
{
  return coord_export_store_ask (db, caller->user_id, now_us, now_us + KEPT_US, error) &&
             coord_job_store_put (db, COORD_JOB_EXPORT, caller->user_id, now_us, error) &&
             coord_audit_store_add (
               db, NULL, caller->user_id, "account.export", caller->user_id, "", now_us, error)
           ? coord_export_store_find (db, caller->user_id, now_us, error)
           : NULL;
}

EntApiExport *
coord_export_service_show (CoordDb *db, const CoordCaller *caller, gint64 now_us, GError **error)
{
  return coord_export_store_find (db, caller->user_id, now_us, error);
}

GBytes *
coord_export_service_fetch (CoordDb *db,
  const CoordCaller *caller,
  const char *person_id,
  gint64 now_us,
  GError **error)
{
  gboolean is_own = person_id == NULL || strcmp (person_id, caller->user_id) == 0;

  return coord_export_store_fetch (db, is_own ? caller->user_id : "", now_us, error);
}

gboolean
coord_export_service_remove (CoordDb *db, const CoordCaller *caller, GError **error)
{
  return coord_export_store_remove (db, caller->user_id, error);
}

/* Making. */

static void
add_time (JsonBuilder *builder, gint64 at_us)
{
  g_autoptr (GDateTime) at = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
  g_autofree char *text = at != NULL ? g_date_time_format_iso8601 (at) : g_strdup ("");

  json_builder_add_string_value (builder, text);
}

static void
add_json (JsonBuilder *builder, const char *text)
{
  g_autoptr (JsonNode) node = json_from_string (text, NULL);

  if (node != NULL)
    json_builder_add_value (builder, g_steal_pointer (&node));
  else
    json_builder_add_string_value (builder, text);
}

static void
add_cell (JsonBuilder *builder, CoordRows *rows, guint column, char mark)
{
  if (coord_rows_is_null (rows, column))
    json_builder_add_null_value (builder);
  else if (mark == '@')
    add_time (builder, coord_rows_get_int (rows, column));
  else if (mark == '#')
    json_builder_add_int_value (builder, coord_rows_get_int (rows, column));
  else if (mark == '?')
    json_builder_add_boolean_value (builder, coord_rows_get_int (rows, column) != 0);
  else if (mark == '{')
    add_json (builder, coord_rows_get_text (rows, column));
  else
    json_builder_add_string_value (builder, coord_rows_get_text (rows, column));
}

static void
add_row (JsonBuilder *builder, CoordRows *rows, char **columns)
{
  json_builder_begin_object (builder);
  for (guint i = 0; columns[i] != NULL; i++) {
    char mark = strchr ("@#?{", *columns[i]) != NULL ? *columns[i] : '\0';

    json_builder_set_member_name (builder, columns[i] + (mark != '\0'));
    add_cell (builder, rows, i, mark);
  }
  json_builder_end_object (builder);
}

/* NULL without an error when there is nothing. */
static GBytes *
make_document (CoordDb *db,
  const CoordExportDocument *document,
  const CoordPerson *person,
  GError **error)
{
  const char *address = person->verified_at_us != 0 ? person->email : "";
  g_autoptr (CoordRows) rows = coord_export_store_read (db, document, person->id, address, error);
  g_auto (GStrv) columns = g_strsplit (document->columns, " ", -1);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  char *text;

  if (rows == NULL || coord_rows_count (rows) == 0)
    return NULL;
  json_builder_begin_array (builder);
  while (coord_rows_next (rows))
    add_row (builder, rows, columns);
  json_builder_end_array (builder);
  root = json_builder_get_root (builder);
  text = json_to_string (root, TRUE);
  return g_bytes_new_take (text, strlen (text));
}

/* What is in the archive, and what found no place in it. */
typedef struct {
  CoordZip *zip;
  GString *contents;
  GString *missing;
} Copy;

static void
add_file (Copy *copy, const char *path, const char *about, GBytes *bytes)
{
  if (coord_zip_add (copy->zip, path, bytes, COORD_EXPORT_MAX_BYTES))
    g_string_append_printf (copy->contents, "%s: %s\n", path, about);
  else
    g_string_append_printf (copy->missing, "%s\n", path);
}

static gboolean
add_documents (CoordDb *db, const CoordPerson *person, Copy *copy, GError **error)
{
  guint count;
  const CoordExportDocument *documents = coord_export_store_list_documents (&count);

  for (guint i = 0; i < count; i++) {
    g_autoptr (GError) failure = NULL;
    g_autoptr (GBytes) bytes = make_document (db, &documents[i], person, &failure);
    g_autofree char *path = g_strconcat (documents[i].name, ".json", NULL);

    if (failure != NULL) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }
    if (bytes != NULL)
      add_file (copy, path, documents[i].about, bytes);
  }
  return TRUE;
}

static gboolean
add_picture (CoordDb *db, const CoordPerson *person, Copy *copy, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GBytes) picture = coord_picture_store_find (db, person->id, person->id, &failure);
  gsize size;
  const guint8 *data = picture != NULL ? g_bytes_get_data (picture, &size) : NULL;

  if (data != NULL)
    add_file (
      copy, size > 0 && data[0] == 0x89 ? "picture.png" : "picture.jpg", "Your picture.", picture);
  if (failure == NULL || g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&failure));
  return FALSE;
}

/* A room that cannot be read must not keep somebody from all the rest. */
static gboolean
add_rooms (CoordDb *db, const CoordPerson *person, Copy *copy, GError **error)
{
  g_autoptr (GPtrArray) rooms =
    coord_export_store_list_rooms (db, person->id, COORD_EXPORT_MAX_ROOMS, error);

  for (guint i = 0; rooms != NULL && i < rooms->len; i++) {
    const CoordExportRoom *room = rooms->pdata[i];
    g_autoptr (GError) failure = NULL;
    gboolean is_whole = TRUE;

    if (room->is_removed)
      continue;
    if (!coord_export_room_add (db, room, copy->zip, COORD_EXPORT_MAX_BYTES, &is_whole, &failure)) {
      if (g_error_matches (failure, COORD_ERROR, COORD_ERROR_UNAVAILABLE)) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
      }
      coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_ROOM, room->room_id,
        "It could not be read for a copy of somebody's data: %s", failure->message);
      is_whole = FALSE;
    }
    if (!is_whole)
      g_string_append_printf (copy->missing, "interviews: parts of %s\n", room->title);
  }
  if (rooms != NULL && rooms->len == COORD_EXPORT_MAX_ROOMS)
    g_string_append_printf (
      copy->missing, "interviews: those before the last %d\n", COORD_EXPORT_MAX_ROOMS);
  return rooms != NULL;
}

static GBytes *
make_readme (const CoordPerson *person, const Copy *copy, gint64 now_us)
{
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_utc (now_us / G_USEC_PER_SEC);
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%d %H:%M UTC");
  GString *text = g_string_new (NULL);

  g_string_append_printf (text,
    "This is what this server of Entrevue keeps of %s (%s), as of %s.\n\n"
    "Documents are JSON, which every text editor shows; times are in UTC. A document that is not "
    "here has nothing to tell.\n"
    "interviews/ has a folder for each interview in which you wrote something: the files as they "
    "stood at last, with %s where somebody else wrote, and your messages in the chat.\n"
    "Passwords, keys and codes are kept as hashes or sealed, and are not in here. Pictures and "
    "sound of calls are not kept at all.\n\n%s",
    person->name, person->email, time, COORD_EXPORT_ELSEWHERE, copy->contents->str);
  if (copy->missing->len > 0)
    g_string_append_printf (text,
      "\nNot in here, as it is too large or could not be read; ask the operator of the server "
      "for it:\n%s",
      copy->missing->str);
  return g_string_free_to_bytes (text);
}

GBytes *
coord_export_service_make (CoordDb *db, const char *person_id, gint64 now_us, GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, person_id, error);
  g_autoptr (CoordZip) zip = coord_zip_new (now_us);
  g_autoptr (GString) contents = g_string_new (NULL);
  g_autoptr (GString) missing = g_string_new (NULL);
  g_autoptr (GBytes) readme = NULL;
  Copy copy = { zip, contents, missing };

  if (person == NULL || !add_documents (db, person, &copy, error) ||
      !add_picture (db, person, &copy, error) || !add_rooms (db, person, &copy, error))
    return NULL;
  readme = make_readme (person, &copy, now_us);
  coord_zip_add (zip, "README.txt", readme, COORD_ZIP_MAX_BYTES);
  return coord_zip_finish (zip);
}

/* The job. */

void
coord_export_free (CoordExport *copy)
{
  g_bytes_unref (copy->archive);
  g_free (copy);
}

gpointer
coord_export_service_prepare (CoordDb *db, const char *subject, gint64 now_us, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (EntApiExport) asked = coord_export_store_find (db, subject, now_us, &failure);
  GBytes *archive;
  CoordExport *copy;

  if (asked == NULL) {
    if (!g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND))
      g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (asked->state != ENT_API_EXPORT_PREPARING ||
      (archive = coord_export_service_make (db, subject, now_us, error)) == NULL)
    return NULL;
  copy = g_new0 (CoordExport, 1);
  copy->requested_us = asked->requested;
  copy->archive = archive;
  return copy;
}

static gboolean
tell (CoordDb *db, const char *person_id, gint64 now_us, GError **error)
{
  g_autoptr (CoordPerson) person = coord_account_store_find (db, person_id, error);
  g_autofree char *id = ent_id_new ();
  g_autofree char *subject = NULL;
  g_autofree char *text = NULL;
  g_autofree char *html = NULL;
  CoordMail mail;

  if (person == NULL || !coord_mail_is_address (person->email))
    return person != NULL;
  subject = coord_link_text_make_subject (COORD_LINK_EXPORT, person->locale);
  text = coord_link_text_make_text (COORD_LINK_EXPORT, person->locale, person->name, NULL);
  html = coord_notice_text_to_html (text);
  mail = (CoordMail){ id, person->name, person->email, subject, text, html, NULL, NULL };
  return coord_outbox_store_add (db, &mail, now_us, error);
}

gint64
coord_export_service_store (CoordDb *db,
  const char *subject,
  gpointer prepared,
  gint64 now_us,
  GError **error)
{
  const CoordExport *copy = prepared;
  gboolean is_kept;

  if (!coord_export_store_save (
        db, subject, copy->requested_us, copy->archive, now_us, now_us + KEPT_US, &is_kept, error))
    return -1;
  return !is_kept || tell (db, subject, now_us, error) ? 0 : -1;
}
