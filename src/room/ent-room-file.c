#include "room/ent-room-file.h"

#include <string.h>

#include "protocol/ent-limits.h"
#include "room/ent-room-items-private.h"

/* A caret as its owner's awareness state says it. */
typedef struct {
  EntParticipant *person;
  guint64 client;
  EntRelPos *caret;
  EntRelPos *anchor;
} Caret;

struct _EntRoomFile {
  GObject parent_instance;

  char *id;
  char *raw_path;
  char *shown;
  char *language;
  EntType *text;
  GPtrArray *carets; /* Caret */
};

G_DEFINE_FINAL_TYPE (EntRoomFile, ent_room_file, G_TYPE_OBJECT)

enum {
  PROP_ID = 1,
  PROP_PATH,
  PROP_LANGUAGE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

static guint carets_changed;

static void
free_caret (gpointer data)
{
  Caret *caret = data;

  g_object_unref (caret->person);
  ent_rel_pos_free (caret->caret);
  ent_rel_pos_free (caret->anchor);
  g_free (caret);
}

static void
ent_room_file_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntRoomFile *file = ENT_ROOM_FILE (object);

  switch (id) {
  case PROP_ID:
    g_value_set_string (value, file->id);
    break;
  case PROP_PATH:
    g_value_set_string (value, file->shown);
    break;
  case PROP_LANGUAGE:
    g_value_set_string (value, file->language);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_room_file_finalize (GObject *object)
{
  EntRoomFile *file = ENT_ROOM_FILE (object);

  g_free (file->id);
  g_free (file->raw_path);
  g_free (file->shown);
  g_free (file->language);
  g_clear_pointer (&file->text, ent_type_unref);
  g_ptr_array_unref (file->carets);
  G_OBJECT_CLASS (ent_room_file_parent_class)->finalize (object);
}

static void
ent_room_file_class_init (EntRoomFileClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = ent_room_file_get_property;
  object_class->finalize = ent_room_file_finalize;
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_PATH] = g_param_spec_string ("path", NULL, NULL, NULL, flags);
  props[PROP_LANGUAGE] = g_param_spec_string ("language", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
  carets_changed = g_signal_new (
    "carets-changed", ENT_TYPE_ROOM_FILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ent_room_file_init (EntRoomFile *file)
{
  file->carets = g_ptr_array_new_with_free_func (free_caret);
}

/* --- paths ----------------------------------------------------------------------------------- */

gboolean
ent_room_path_is_good (const char *path)
{
  g_auto (GStrv) parts = NULL;

  if (path == NULL || path[0] == '\0' || strlen (path) > ENT_MAX_PATH ||
      !g_utf8_validate (path, -1, NULL))
    return FALSE;
  for (const char *p = path; *p != '\0'; p = g_utf8_next_char (p))
    if (*p == '\\' || g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  parts = g_strsplit (path, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (parts[i][0] == '\0' || g_str_equal (parts[i], ".") || g_str_equal (parts[i], ".."))
      return FALSE;
  return TRUE;
}

/* A bad path between quotes, at most 80 characters of it, so that nobody takes it for a real one.
 */
static char *
escape_path (const char *path)
{
  g_autofree char *valid = g_utf8_make_valid (path != NULL ? path : "", -1);
  g_autofree char *start = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), 80));
  g_autofree char *escaped = g_strescape (start, NULL);

  return g_strdup_printf ("\"%s\"", escaped);
}

char *
ent_room_path_new_shown (const char *path, guint n_before)
{
  g_autofree char *base = ent_room_path_is_good (path) ? g_strdup (path) : escape_path (path);

  if (n_before == 0)
    return g_steal_pointer (&base);
  return g_strdup_printf ("%s (%u)", base, n_before + 1);
}

/* --- files ----------------------------------------------------------------------------------- */

EntRoomFile *
ent_room_file_new (const char *id, EntType *text)
{
  EntRoomFile *file = g_object_new (ENT_TYPE_ROOM_FILE, NULL);

  file->id = g_strdup (id);
  file->text = ent_type_ref (text);
  return file;
}

void
ent_room_file_update (EntRoomFile *file,
  const char *raw_path,
  const char *shown,
  const char *language)
{
  g_free (file->raw_path);
  file->raw_path = g_strdup (raw_path);
  if (g_strcmp0 (file->shown, shown) != 0) {
    g_free (file->shown);
    file->shown = g_strdup (shown);
    g_object_notify_by_pspec (G_OBJECT (file), props[PROP_PATH]);
  }
  if (g_strcmp0 (file->language, language) != 0) {
    g_free (file->language);
    file->language = g_strdup (language);
    g_object_notify_by_pspec (G_OBJECT (file), props[PROP_LANGUAGE]);
  }
}

const char *
ent_room_file_get_raw_path (EntRoomFile *file)
{
  return file->raw_path;
}

void
ent_room_file_set_caret (EntRoomFile *file,
  EntParticipant *person,
  guint64 client,
  EntRelPos *take_caret,
  EntRelPos *take_anchor)
{
  gboolean was_there = FALSE;
  Caret *caret;

  for (guint i = 0; i < file->carets->len && !was_there; i++)
    if (((Caret *) g_ptr_array_index (file->carets, i))->client == client) {
      g_ptr_array_remove_index (file->carets, i);
      was_there = TRUE;
    }
  if (take_caret == NULL) {
    if (was_there)
      g_signal_emit (file, carets_changed, 0);
    return;
  }
  caret = g_new0 (Caret, 1);
  caret->person = g_object_ref (person);
  caret->client = client;
  caret->caret = take_caret;
  caret->anchor = take_anchor;
  g_ptr_array_add (file->carets, caret);
  g_signal_emit (file, carets_changed, 0);
}

const char *
ent_room_file_get_id (EntRoomFile *file)
{
  return file->id;
}

const char *
ent_room_file_get_path (EntRoomFile *file)
{
  return file->shown;
}

const char *
ent_room_file_get_language (EntRoomFile *file)
{
  return file->language;
}

gboolean
ent_room_file_can_run (EntRoomFile *file)
{
  return ent_room_path_is_good (file->raw_path);
}

EntType *
ent_room_file_get_text (EntRoomFile *file)
{
  return file->text;
}

/* Whether the position stands in this file's text, and at which character. */
static gboolean
resolve (EntRoomFile *file, const EntRelPos *pos, guint32 *at)
{
  EntDoc *doc = ent_type_get_doc (file->text);
  EntType *type;

  return doc != NULL && ent_rel_pos_resolve (pos, doc, &type, at, NULL) && type == file->text;
}

GArray *
ent_room_file_list_carets (EntRoomFile *file)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (EntRoomCaret));

  for (guint i = 0; i < file->carets->len; i++) {
    Caret *caret = g_ptr_array_index (file->carets, i);
    EntRoomCaret shown = { .person = caret->person };
    guint32 anchor;

    if (!resolve (file, caret->caret, &shown.caret) || !resolve (file, caret->anchor, &anchor))
      continue;
    shown.selection_start = MIN (shown.caret, anchor);
    shown.selection_end = MAX (shown.caret, anchor);
    g_array_append_val (list, shown);
  }
  return list;
}
