#include "doc-model.h"

struct _DocModel {
  GPtrArray *lists; /* GArray of DocUnit, in document order */
  guint n_sequences;
  GArray *waiting; /* DocUnit that lack something */
  GArray *deletes; /* DocId not known yet */
};

DocModel *
doc_model_new (guint n_sequences, guint n_keys)
{
  DocModel *model = g_new0 (DocModel, 1);

  model->lists = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  for (guint i = 0; i < n_sequences + n_keys; i++)
    g_ptr_array_add (model->lists, g_array_new (FALSE, FALSE, sizeof (DocUnit)));
  model->n_sequences = n_sequences;
  model->waiting = g_array_new (FALSE, FALSE, sizeof (DocUnit));
  model->deletes = g_array_new (FALSE, FALSE, sizeof (DocId));
  return model;
}

void
doc_model_free (DocModel *model)
{
  g_ptr_array_unref (model->lists);
  g_array_unref (model->waiting);
  g_array_unref (model->deletes);
  g_free (model);
}

DocEdit *
doc_edit_new (void)
{
  DocEdit *edit = g_new0 (DocEdit, 1);

  edit->units = g_array_new (FALSE, FALSE, sizeof (DocUnit));
  edit->deletes = g_array_new (FALSE, FALSE, sizeof (DocId));
  return edit;
}

void
doc_edit_free (DocEdit *edit)
{
  g_array_unref (edit->units);
  g_array_unref (edit->deletes);
  g_free (edit);
}

static gboolean
id_equal (DocId a, DocId b)
{
  return a.client == b.client && a.clock == b.clock;
}

static GArray *
get_list (DocModel *model, guint list)
{
  return model->lists->pdata[list];
}

static DocUnit *
get_unit (DocModel *model, guint list, guint i)
{
  return &g_array_index (get_list (model, list), DocUnit, i);
}

static int
find_in (DocModel *model, guint list, DocId id)
{
  for (guint i = 0; i < get_list (model, list)->len; i++) {
    if (id_equal (get_unit (model, list, i)->id, id))
      return i;
  }
  return -1;
}

static DocUnit *
find_anywhere (DocModel *model, DocId id)
{
  for (guint list = 0; list < model->lists->len; list++) {
    int i = find_in (model, list, id);

    if (i >= 0)
      return get_unit (model, list, i);
  }
  return NULL;
}

static gboolean
is_known (DocModel *model, DocId id)
{
  return id.client == 0 || find_anywhere (model, id);
}

/* --- taking in --- */

#define is_high(unit) (((unit)->content & 0xfc00) == 0xd800)
#define is_low(unit) (((unit)->content & 0xfc00) == 0xdc00)

/* The other half of a pair: made in one go, high before low. */
static DocUnit *
find_partner (DocModel *model, const DocUnit *unit)
{
  DocId id = unit->id;
  int i;

  if (unit->list != 0 || (!is_high (unit) && !is_low (unit)))
    return NULL;
  id.clock += is_high (unit) ? 1 : -1;
  i = find_in (model, 0, id);
  return i >= 0 ? get_unit (model, 0, i) : NULL;
}

static void
break_pair (DocModel *model, DocId id, gboolean high)
{
  int i = find_in (model, 0, id);
  DocUnit *unit = i >= 0 ? get_unit (model, 0, i) : NULL;
  DocUnit *partner = unit ? find_partner (model, unit) : NULL;

  if (partner && is_high (unit) == high)
    unit->broken = partner->broken = TRUE;
}

static void
integrate (DocModel *model, DocUnit unit)
{
  guint list = unit.list;
  int left = unit.origin.client ? find_in (model, list, unit.origin) : -1;
  int right =
    unit.right.client ? find_in (model, list, unit.right) : (int) get_list (model, list)->len;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) conflicting = g_hash_table_new (NULL, NULL);

  for (int i = left + 1; i < right; i++) {
    DocUnit *o = get_unit (model, list, i);
    gpointer origin_of_o = GINT_TO_POINTER (find_in (model, list, o->origin) + 1);

    g_hash_table_add (seen, GINT_TO_POINTER (i + 1));
    g_hash_table_add (conflicting, GINT_TO_POINTER (i + 1));
    if (id_equal (o->origin, unit.origin)) {
      if (o->id.client < unit.id.client) {
        left = i;
        g_hash_table_remove_all (conflicting);
      } else if (id_equal (o->right, unit.right)) {
        break;
      }
    } else if (o->origin.client && g_hash_table_contains (seen, origin_of_o)) {
      if (!g_hash_table_contains (conflicting, origin_of_o)) {
        left = i;
        g_hash_table_remove_all (conflicting);
      }
    } else {
      break;
    }
  }
  if (list == 0) {
    DocUnit *before = unit.origin.client ? find_anywhere (model, unit.origin) : NULL;

    /* The low half comes after its own high one. */
    if (before && !(find_partner (model, &unit) == before && is_low (&unit)))
      break_pair (model, unit.origin, TRUE);
    break_pair (model, unit.right, FALSE);
  }
  g_array_insert_val (get_list (model, list), left + 1, unit);
  /* Of the values of a key all but the last are gone. */
  for (guint i = 0; list >= model->n_sequences && i + 1 < get_list (model, list)->len; i++)
    get_unit (model, list, i)->deleted = TRUE;
}

static void
settle (DocModel *model)
{
  for (gboolean again = TRUE; again;) {
    again = FALSE;
    for (guint i = 0; i < model->waiting->len; i++) {
      DocUnit unit = g_array_index (model->waiting, DocUnit, i);
      DocId before = { unit.id.client, unit.id.clock - 1 };

      if (!is_known (model, unit.origin) || !is_known (model, unit.right) ||
          (unit.id.clock && !is_known (model, before)))
        continue;
      g_array_remove_index (model->waiting, i--);
      if (!is_known (model, unit.id))
        integrate (model, unit);
      again = TRUE;
    }
  }
  for (guint i = 0; i < model->deletes->len; i++) {
    DocUnit *unit = find_anywhere (model, g_array_index (model->deletes, DocId, i));

    if (!unit)
      continue;
    unit->deleted = TRUE;
    g_array_remove_index (model->deletes, i--);
  }
}

void
doc_model_take (DocModel *model, const DocEdit *edit)
{
  g_array_append_vals (model->waiting, edit->units->data, edit->units->len);
  g_array_append_vals (model->deletes, edit->deletes->data, edit->deletes->len);
  settle (model);
}

/* --- making edits --- */

/* The place in the array of visible unit at. */
static guint
find_place (DocModel *model, guint list, guint at, gboolean after_deleted)
{
  guint end = 0; /* behind the last visible unit before the place */

  for (guint i = 0; i < get_list (model, list)->len; i++) {
    if (get_unit (model, list, i)->deleted)
      continue;
    if (at == 0)
      return after_deleted ? i : end;
    at--;
    end = i + 1;
  }
  return after_deleted ? get_list (model, list)->len : end;
}

void
doc_model_insert (DocModel *model,
  DocEdit *edit,
  guint list,
  DocId first,
  guint at,
  gboolean after_deleted,
  const guint32 *contents,
  guint n_contents)
{
  guint place = find_place (model, list, at, after_deleted);
  DocUnit unit = { .list = list, .id = first };

  if (place > 0)
    unit.origin = get_unit (model, list, place - 1)->id;
  if (place < get_list (model, list)->len)
    unit.right = get_unit (model, list, place)->id;
  for (guint i = 0; i < n_contents; i++) {
    unit.content = contents[i];
    g_array_append_val (edit->units, unit);
    unit.origin = unit.id;
    unit.id.clock++;
  }
}

void
doc_model_delete (DocModel *model, DocEdit *edit, guint list, guint at, guint count)
{
  for (guint i = find_place (model, list, at, TRUE); count > 0; i++) {
    const DocUnit *unit = get_unit (model, list, i);

    if (unit->deleted)
      continue;
    g_array_append_val (edit->deletes, unit->id);
    count--;
  }
}

void
doc_model_set (DocModel *model, DocEdit *edit, guint list, DocId id, guint32 content)
{
  guint n = get_list (model, list)->len;
  DocUnit unit = { .list = list, .id = id, .content = content };

  /* The update says that the old value is deleted, even where the new one has to wait. */
  doc_model_delete (model, edit, list, 0, doc_model_get_length (model, list));
  if (n)
    unit.origin = get_unit (model, list, n - 1)->id;
  g_array_append_val (edit->units, unit);
}

/* --- reading --- */

guint
doc_model_get_length (DocModel *model, guint list)
{
  g_autoptr (GArray) contents = doc_model_list_contents (model, list);

  return contents->len;
}

static guint32
get_shown (DocModel *model, const DocUnit *unit)
{
  const DocUnit *partner = find_partner (model, unit);

  return partner && (unit->broken || partner->deleted) ? 0xfffd : unit->content;
}

void
doc_model_seal (DocModel *model, DocEdit *edit)
{
  for (guint i = 0; i < edit->units->len; i++) {
    DocUnit *unit = &g_array_index (edit->units, DocUnit, i);
    int at = unit->list == 0 ? find_in (model, 0, unit->id) : -1;

    if (at >= 0)
      unit->content = get_shown (model, get_unit (model, 0, at));
  }
}

GArray *
doc_model_list_contents (DocModel *model, guint list)
{
  GArray *contents = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint i = 0; i < get_list (model, list)->len; i++) {
    const DocUnit *unit = get_unit (model, list, i);
    guint32 content = get_shown (model, unit);

    if (!unit->deleted)
      g_array_append_val (contents, content);
  }
  return contents;
}

char *
doc_model_dup_text (DocModel *model, guint list, gsize *size)
{
  g_autoptr (GArray) contents = doc_model_list_contents (model, list);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < contents->len; i++) {
    gunichar character = g_array_index (contents, guint32, i);
    char buffer[6];

    if ((character & 0xfc00) == 0xd800)
      character =
        0x10000 + ((character & 0x3ff) << 10) + (g_array_index (contents, guint32, ++i) & 0x3ff);
    g_string_append_len (text, buffer, g_unichar_to_utf8 (character, buffer));
  }
  *size = text->len;
  return g_string_free (text, FALSE);
}

gboolean
doc_model_get_value (DocModel *model, guint list, guint32 *content)
{
  guint n = get_list (model, list)->len;

  if (!n || get_unit (model, list, n - 1)->deleted)
    return FALSE;
  *content = get_unit (model, list, n - 1)->content;
  return TRUE;
}

gboolean
doc_model_get_id (DocModel *model, guint list, guint at, DocId *id)
{
  guint place = find_place (model, list, at, TRUE);

  if (place == get_list (model, list)->len)
    return FALSE;
  *id = get_unit (model, list, place)->id;
  return TRUE;
}

gboolean
doc_model_find (DocModel *model, guint list, DocId id, guint *at, gboolean *is_visible)
{
  int place = find_in (model, list, id);

  *at = 0;
  if (place < 0)
    return FALSE;
  for (int i = 0; i < place; i++)
    *at += !get_unit (model, list, i)->deleted;
  *is_visible = !get_unit (model, list, place)->deleted;
  return TRUE;
}
