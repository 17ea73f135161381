#include "document/ent-doc-private.h"

#include <string.h>

/* The structs of which states are full: text, or what is left of text that was deleted, that stand
 * right between the two neighbours they name. They are integrated straight from the bytes. All
 * others, everything malformed among them, are left to the long way, which knows every case. */

#define LOOK_AHEAD 64 /* bytes that a struct and a short text take at most */
#define SHORT_BYTES 16 /* text that is looked at and copied at once */

typedef struct {
  EntClient *client; /* NULL: none yet */
  guint64 bytes; /* its ID as it is written */
  guint64 mask;
  guint32 size;
} Name;

typedef struct {
  EntDoc *doc;
  EntClient *client; /* whose structs are read */
  EntItem *last; /* its last one */
  EntType *marked; /* type known to be changed */
  Name own;
  Name other; /* named last */
} Plain;

typedef struct {
  guint8 kind;
  gboolean has_right;
  EntClient *origin_client;
  guint32 origin_clock;
  guint32 right_clock;
  guint32 right_client;
  guint32 length;
  guint32 chars;
  guint32 bytes;
  const char *text;
} PlainStruct;

static void
name_client (Name *name, EntClient *client)
{
  guint64 word;

  memcpy (&word, client->id_bytes, sizeof word);
  name->client = client;
  name->size = client->id_size;
  name->mask = G_MAXUINT64 >> (64 - 8 * name->size);
  name->bytes = GUINT64_FROM_LE (word) & name->mask;
}

/* An ID of a unit that is known; NULL for others. */
static inline const guint8 *
get_id (Plain *plain, const guint8 *at, EntClient **client, guint32 *clock)
{
  guint64 word = ent_load_word (at);
  guint64 id;

  if (G_LIKELY ((word & plain->own.mask) == plain->own.bytes)) {
    *client = plain->client;
    at += plain->own.size;
  } else if (plain->other.client && (word & plain->other.mask) == plain->other.bytes) {
    *client = plain->other.client;
    at += plain->other.size;
  } else {
    if (!(at = ent_get_word_uint (at, &id)) || !(*client = ent_doc_find_client (plain->doc, id)))
      return NULL;
    name_client (&plain->other, *client);
  }
  at = ent_get_word_uint32 (at, clock);
  return at && *clock < (*client)->clock ? at : NULL;
}

/* Nearly all text is short and ASCII. */
static inline gboolean
scan_text (PlainStruct *plain_struct)
{
  const guint8 *text = (const guint8 *) plain_struct->text;
  guint32 size = plain_struct->bytes;

  if (size - 1 < 8 && !(ent_load_word (text) & ENT_HIGH_BITS & G_MAXUINT64 >> (64 - 8 * size))) {
    plain_struct->length = plain_struct->chars = size;
    return TRUE;
  }
  return ent_utf8_scan (plain_struct->text, size, &plain_struct->length, &plain_struct->chars);
}

/* Reads one struct; NULL when it is of another sort. */
static inline const guint8 *
get_struct (Plain *plain, const guint8 *at, const guint8 *end, PlainStruct *plain_struct)
{
  EntClient *right_client = plain->client;
  guint8 info = *at++;

  plain_struct->kind = info & 0x1f;
  plain_struct->has_right = (info & ENT_INFO_RIGHT) != 0;
  if ((plain_struct->kind != ENT_KIND_STRING && plain_struct->kind != ENT_KIND_DELETED) ||
      (info & (ENT_INFO_ORIGIN | ENT_INFO_SUB)) != ENT_INFO_ORIGIN)
    return NULL;
  if (!(at = get_id (plain, at, &plain_struct->origin_client, &plain_struct->origin_clock)))
    return NULL;
  if (plain_struct->has_right &&
      !(at = get_id (plain, at, &right_client, &plain_struct->right_clock)))
    return NULL;
  plain_struct->right_client = right_client->index;
  if (!(at = ent_get_word_uint32 (at, &plain_struct->length)) || !plain_struct->length)
    return NULL;
  plain_struct->bytes = plain_struct->chars = 0;
  if (plain_struct->kind == ENT_KIND_STRING) {
    plain_struct->text = (const char *) at;
    plain_struct->bytes = plain_struct->length;
    if (plain_struct->bytes > (gsize) (end - at) || !scan_text (plain_struct))
      return NULL;
    at += plain_struct->bytes;
  }
  return plain_struct->length <= ENT_DOC_MAX_CLOCK - plain->client->clock ? at : NULL;
}

/* Whether it was put between two neighbouring units. */
static inline gboolean
is_inside (const PlainStruct *plain_struct, const EntItem *left)
{
  const EntType *type = left->leaf->type;

  return plain_struct->has_right && plain_struct->right_client == left->client &&
         plain_struct->right_clock == plain_struct->origin_clock + 1 &&
         !(type->item && type->item->deleted);
}

static EntItem *
cut_left (Plain *plain, const PlainStruct *plain_struct, EntItem *left)
{
  EntItem *right = ent_item_cut (plain->doc, left, plain_struct->origin_clock - left->clock + 1);

  if (left == plain->last)
    plain->last = right;
  return left;
}

static inline EntItem *
find_left (Plain *plain, const PlainStruct *plain_struct)
{
  EntItem *left = plain->last;
  EntRunPos pos;

  if (left->clock + left->length - 1 != plain_struct->origin_clock ||
      plain_struct->origin_client != plain->client) {
    if (!ent_runs_find (&plain_struct->origin_client->items, plain_struct->origin_clock, &pos))
      return NULL;
    left = ent_runs_get (&plain_struct->origin_client->items, pos);
  }
  if (left->is_keyed || left->kind == ENT_KIND_GC)
    return NULL;
  if (left->clock + left->length - 1 == plain_struct->origin_clock)
    return left;
  return is_inside (plain_struct, left) ? cut_left (plain, plain_struct, left) : NULL;
}

/* Whether it stands between what it names, with nothing to be looked at. */
static inline gboolean
fits (const PlainStruct *plain_struct, const EntItem *left)
{
  const EntItem *right = left->right;
  const EntType *type = left->leaf->type;

  if (type->item && type->item->deleted)
    return FALSE;
  return plain_struct->has_right ? right && right->clock == plain_struct->right_clock &&
                                     right->client == plain_struct->right_client
                                 : !right;
}

/* Text behind text that is to be tried for merging; FALSE when it may be absorbed at once. */
static inline gboolean
continue_last (Plain *plain, const PlainStruct *plain_struct)
{
  EntTxn *txn = &plain->doc->txn;
  const EntItem *left = plain->last;
  EntId right_origin = { plain_struct->right_client, plain_struct->right_clock };
  gboolean is_deleted = plain_struct->kind == ENT_KIND_DELETED;

  if (!plain_struct->has_right)
    right_origin = ENT_NO_ID;
  if (left->kind != plain_struct->kind || left->deleted != is_deleted ||
      !ent_id_equal (left->right_origin, right_origin))
    return TRUE;
  if (!is_deleted && txn->n_cuts <= ent_txn_split_limit (txn))
    return FALSE;
  ent_vec_push (&txn->candidates, ((EntId){ plain->client->index, plain->client->clock }));
  return TRUE;
}

static inline void
set_text (EntDoc *doc, EntItem *item, const PlainStruct *plain_struct)
{
  EntBuf *tail = doc->tail;

  if (plain_struct->bytes > SHORT_BYTES || !tail || tail->allocated - tail->used < SHORT_BYTES) {
    ent_item_set_content (doc, item, plain_struct->text, plain_struct->bytes);
    return;
  }
  /* What is copied too much is overwritten next. */
  memcpy (tail->data + tail->used, plain_struct->text, SHORT_BYTES);
  item->buf = tail;
  item->offset = tail->used;
  item->bytes = plain_struct->bytes;
  tail->ref_count++;
  tail->used += plain_struct->bytes;
}

/* While a state is read, its leaf is dirty after the first struct, and nobody asks for places. */
static inline void
insert_in_index (EntType *type, EntItem *item)
{
  EntLeaf *leaf = item->leaf;
  EntIndex *index = &type->index;

  if (!leaf->is_dirty || index->hint) {
    ent_index_insert (type, item);
    return;
  }
  leaf->n_items++;
  if (item->deleted)
    return;
  leaf->sums.units += item->length;
  leaf->sums.chars += item->chars;
  leaf->sums.bytes += item->bytes;
  index->sums.units += item->length;
  index->sums.chars += item->chars;
  index->sums.bytes += item->bytes;
}

static inline void
link_behind (Plain *plain, const PlainStruct *plain_struct, EntItem *left)
{
  EntDoc *doc = plain->doc;
  EntClient *client = plain->client;
  EntType *type = left->leaf->type;
  EntItem *right = left->right;
  EntItem *item = ent_item_allocate (doc);
  gboolean is_deleted = plain_struct->kind == ENT_KIND_DELETED;

  *item = (EntItem){
    .left = left,
    .right = right,
    .leaf = left->leaf,
    .length = plain_struct->length,
    .chars = plain_struct->chars,
    .clock = client->clock,
    .client = client->index,
    .kind = plain_struct->kind,
    .deleted = is_deleted,
    .origin = { plain_struct->origin_client->index, plain_struct->origin_clock },
    .right_origin = { plain_struct->has_right ? plain_struct->right_client : ENT_NO_CLIENT,
      plain_struct->has_right ? plain_struct->right_clock : 0 },
  };
  left->right = item;
  if (right)
    right->left = item;
  else
    type->last = item;
  if (plain_struct->kind == ENT_KIND_STRING)
    set_text (doc, item, plain_struct);
  insert_in_index (type, item);
  if (doc->is_loading)
    ent_runs_append_in_row (&client->items, client->clock, item, is_deleted);
  else
    ent_runs_append (&client->items, client->clock, item, is_deleted);
  client->clock += item->length;
  if (item->deleted)
    ent_txn_add_delete (doc, item->client, item->clock, item->length);
  if (type != plain->marked)
    ent_txn_mark (doc, type, item);
  plain->marked = type;
  plain->last = item;
}

void
ent_apply_plain_structs (EntDoc *doc, EntSource *source, EntReader *reader)
{
  EntClient *client = source->client;
  Plain plain = { .doc = doc, .client = client, .last = ent_runs_last (&client->items) };

  if (!plain.last || source->clock != client->clock || client->id == doc->client_id)
    return;
  name_client (&plain.own, client);
  while (source->n_left && reader->end - reader->at >= LOOK_AHEAD) {
    PlainStruct plain_struct;
    const guint8 *at = get_struct (&plain, reader->at, reader->end, &plain_struct);
    EntItem *left = at ? find_left (&plain, &plain_struct) : NULL;

    if (!left || !fits (&plain_struct, left) ||
        (left == plain.last && !continue_last (&plain, &plain_struct)))
      return;
    ent_txn_touch (doc, client);
    link_behind (&plain, &plain_struct, left);
    reader->at = source->at = at;
    source->clock = client->clock;
    source->n_left--;
    if (client->waits.next != &client->waits && client->clock > client->lowest_wait)
      ent_apply_client_advanced (doc, client);
  }
}
