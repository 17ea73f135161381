#pragma once

#include "document/ent-doc-index.h"
#include "document/ent-doc-runs.h"
#include "document/ent-doc-vec.h"
#include "document/ent-doc-wire.h"
#include "document/ent-doc.h"

G_BEGIN_DECLS

/* The structure of a document, shared by the files of this folder only. DESIGN.md draws it. */

#define ENT_NO_CLIENT G_MAXUINT32

typedef struct _EntItem EntItem;
typedef struct _EntClient EntClient;
typedef struct _EntSource EntSource;
typedef struct _EntCrowd EntCrowd;

/* A unit: index of the client in doc->clients, and clock. */
typedef struct {
  guint32 client;
  guint32 clock;
} EntId;

#define ENT_NO_ID ((EntId){ ENT_NO_CLIENT, 0 })
#define ent_id_is_set(id) ((id).client != ENT_NO_CLIENT)
#define ent_id_equal(a, b) ((a).client == (b).client && (a).clock == (b).clock)

/* Bytes that several items share slices of; grows only at the end of what is used. */
typedef struct {
  guint32 ref_count;
  guint32 used;
  guint32 allocated;
  char data[];
} EntBuf;

/* Text on its way into a document: UTF-8, and its lengths. */
typedef struct {
  const char *data;
  gsize bytes;
  guint32 units;
  guint32 chars;
} EntText;

/* A name of a root, a map key: any bytes of UTF-8, NUL included; ended by NUL for C callers. */
typedef struct {
  gsize size;
  char text[];
} EntName;

typedef struct {
  EntName *key;
  EntType *map;
  EntItem *first; /* oldest of the chain of values */
  EntItem *last; /* the value, unless deleted */
  gboolean changed; /* in the current transaction */
} EntMapEntry;

#define ENT_CLIENT_BITS 22
#define ENT_MAX_DOC_CLIENTS ((1u << ENT_CLIENT_BITS) - 1)

/* One struct: a run of length units. Links run through deleted items too. 72 bytes, and there are
 * many: what is added here is paid for in memory and in cache lines. */
struct _EntItem {
  EntItem *left;
  EntItem *right;
  union {
    EntLeaf *leaf; /* of a sequence */
    EntMapEntry *entry; /* when is_keyed */
  };
  union {
    EntBuf *buf; /* content as EntRef has it: bytes from offset on; NULL when there is none */
    EntType *type; /* ENT_KIND_TYPE */
  };
  guint32 offset;
  guint32 bytes;
  guint32 chars; /* visible characters while not deleted; of ENT_KIND_STRING */
  guint32 length;
  guint32 clock;
  guint32 client : ENT_CLIENT_BITS;
  guint32 kind : 4;
  guint32 deleted : 1;
  guint32 is_keyed : 1; /* child of a map under a key; as far from kind as ENT_INFO_SUB */
  guint32 keep : 1; /* undo needs the content */
  guint32 redone : 1; /* doc->redone has the unit it was made anew as */
  guint32 seen : 1; /* marks of the conflict scan, clear outside of it */
  guint32 conflicting : 1;
  EntId origin;
  EntId right_origin;
};
G_STATIC_ASSERT (sizeof (gpointer) != 8 || sizeof (EntItem) == ENT_RUN_STEP);

/* A wait for a client to reach a clock; in the ring of the client waited for. */
typedef struct _EntWait EntWait;
struct _EntWait {
  EntWait *next; /* NULL when not waiting */
  EntWait *previous;
  EntClient *on;
  guint32 clock; /* ready when on->clock is greater */
  EntSource *source;
};

/* Where structs of one client still come from: a block of the update being applied, or the structs
 * kept pending. */
struct _EntSource {
  EntWait wait;
  EntClient *client;
  EntReader *reader; /* NULL: the pending store of the client */
  const guint8 *at;
  guint64 n_left;
  guint32 clock;
  gboolean queued;
};

typedef struct {
  guint32 clock;
  guint32 length;
} EntSpan;

struct _EntClient {
  guint64 id;
  guint8 id_bytes[8]; /* as they are written; updates are full of them */
  guint32 id_size;
  guint32 index;
  guint32 clock; /* next expected */
  EntRuns items; /* EntItem by clock, without gaps */
  guint32 before; /* clock at the start of the transaction, while touched */
  guint32 rank; /* while deleted ranges are sorted, else 0 */
  gboolean touched;

  /* What waits for structs not yet seen. */
  EntWait waits; /* ring of those that wait for this client */
  guint32 lowest_wait;
  EntRuns pending; /* EntPending by clock */
  EntSource pending_source;
  GArray *pending_deletes; /* EntSpan sorted, apart; NULL when none */
  guint pending_place; /* in doc->pending_clients + 1, 0 when not there */
  guint pending_delete_place; /* the same in doc->pending_delete_clients */
};

/* With some bytes of 0 behind it, so that its numbers can be read a word at once. */
typedef struct {
  guint32 clock;
  guint32 length;
  guint32 size;
  guint8 data[];
} EntPending;

#define ENT_PENDING_SLACK 16

struct _EntType {
  guint ref_count;
  EntTypeKind kind;
  EntDoc *doc; /* NULL once gone */
  EntItem *item; /* the struct that holds it; NULL for a root */
  EntType *root; /* once looked up; see ent_type_find_root() */
  EntName *name; /* of a root, else NULL */
  EntName *node_name;
  EntItem *first;
  EntItem *last;
  EntIndex index;
  GPtrArray *entries; /* EntMapEntry in order of appearance; NULL when none */
  GHashTable *entry_of_key; /* EntName -> EntMapEntry */
  GHashTable *mark_keys; /* EntName -> how many Format items not deleted have it */
  guint n_formats; /* Format items not deleted: marks have to be looked at */

  /* Changes in the current transaction. */
  gboolean changed;
  gboolean changed_formats;
  gboolean changed_sequence;
  GPtrArray *changed_keys; /* EntMapEntry */
};

typedef struct {
  guint32 client;
  guint32 clock;
  guint32 length;
} EntDelete;

typedef struct {
  guint id;
  EntDocObserver func;
  gpointer data;
  GDestroyNotify destroy;
  gboolean removed;
  gboolean updates_only;
} EntObserver;

/* Hook of the undo: called at commit while deleted content is still there. */
typedef struct {
  void (*func) (EntDoc *doc, gpointer data);
  gpointer data;
} EntCommitHook;

/* What somebody did at one place: units deleted there, then units inserted. */
typedef enum {
  ENT_EDIT_NONE,
  ENT_EDIT_DELETED,
  ENT_EDIT_INSERTED, /* with or without a deletion before */
  ENT_EDIT_OTHER, /* more than that; the event has to be looked for */
} EntEditState;

typedef struct {
  EntEditState state;
  EntType *type;
  guint32 at;
  guint32 n_deleted;
  guint32 n_inserted;
} EntEdit;

/* Units that what was collected before has taken over: see ent_item_give_end(). */
typedef struct {
  EntId id; /* the first */
  guint32 units;
  guint32 chars;
} EntGiven;

typedef struct {
  guint depth;
  gconstpointer origin;
  gboolean is_local;
  gboolean is_undo;
  gboolean clash;
  gboolean must_collect; /* something was deleted that has content */
  gboolean was_cut; /* something deleted before has been split since */
  GArray *deletes; /* EntDelete, in order of deletion */
  ENT_VEC (EntItem *) deleted; /* the structs of the transaction that have content to collect */
  ENT_VEC (EntGiven) given;
  ENT_VEC (guint32) touched; /* indices of clients with new structs */
  guint n_cuts; /* structs that were split */
  guint n_extended; /* structs that were absorbed while applying */
  EntItem *grown; /* text that grew before anything else was done; NULL: none did */
  EntSums grown_from; /* what it held before */
  EntEdit edit; /* all that was done, if the counts agree at the end */
  ENT_VEC (EntId) candidates; /* new structs that may merge with the one before */
  ENT_VEC (EntId) to_merge; /* right halves and others that may merge with their left */
  ENT_VEC (EntType *) types; /* changed types, referenced */
  ENT_VEC (EntId) split_pairs; /* left halves of surrogate pairs broken in known text */
} EntTxn;

/* Half a slab is lost on average; small documents feel it. Each makes one row of the runs. */
#define ENT_SLAB_ITEMS ENT_RUN_BLOCK_MAX

struct _EntDoc {
  guint ref_count;
  EntDocFlags flags;
  guint64 client_id;
  gboolean clash;
  GPtrArray *clients; /* EntClient, by index */
  GHashTable *client_of_id; /* guint64 -> EntClient */
  EntClient *last_client; /* of the last lookup */
  GPtrArray *roots; /* EntType */
  GHashTable *root_of_name; /* EntName -> EntType */
  EntTxn txn;
  GArray *observers; /* EntObserver */
  guint n_watchers; /* of the observers: those that want to know what changed */
  guint next_observer;
  gboolean notifying;
  gboolean has_removed_observers;
  GQueue events; /* events not yet delivered */
  struct _EntPendingEvent *spare_event; /* memory for the next one */
  GArray *hooks; /* EntCommitHook */
  GHashTable *redone; /* EntItem -> EntId in a gsize */
  EntCrowd *crowd; /* where very many have written at once; NULL when nowhere */
  guint64 n_walked; /* structs that were walked over to find places, in all */
  guint64 n_walked_before; /* the update that is being applied */
  guint64 n_walked_last; /* by the structs of the last update */
  guint64 max_walk; /* for the structs of one update; 0: any */

  GPtrArray *slabs;
  EntItem *fresh_items; /* of the last slab, never used yet */
  guint n_fresh;
  EntItem *free_items; /* linked by right */
  gsize n_items;
  gboolean is_loading; /* a first update is being applied: its structs lie side by side */
  EntBuf *tail; /* what typed text is appended to */

  GPtrArray *pending_clients; /* EntClient with pending structs */
  GPtrArray *pending_delete_clients; /* EntClient with pending deletes */
  gsize pending_bytes;
  gsize n_pending_structs;
  GQueue ready; /* EntSource of an update that may go on; used while applying */
  GQueue ready_pending; /* EntSource of what waits that may go on */
};

/* --- ent-doc.c --- */

EntName *ent_name_new (const char *text, gsize size);
guint ent_name_hash (gconstpointer name);
gboolean ent_name_equal (gconstpointer a, gconstpointer b);
EntClient *ent_doc_find_client (EntDoc *doc, guint64 id); /* NULL when unknown */
EntClient *ent_doc_make_client (EntDoc *doc, guint64 id);

static inline EntClient *
ent_doc_ensure_client (EntDoc *doc, guint64 id)
{
  return doc->last_client && doc->last_client->id == id ? doc->last_client
                                                        : ent_doc_make_client (doc, id);
}

static inline EntClient *
ent_doc_client (EntDoc *doc, guint32 index)
{
  return doc->clients->pdata[index];
}
EntType *ent_doc_ensure_root (EntDoc *doc, const char *name, gsize size);

/* Whether nothing is known or waits, and no transaction is open; only roots may have been asked
 * for.
 */
gboolean ent_doc_is_empty (EntDoc *doc);

/* Takes back all that an open transaction, the first of the document, has done so far. Only the
 * first n_roots, which were there before, remain; their handles stay valid. */
void ent_doc_empty (EntDoc *doc, guint n_roots);

/* Known clients with at least one struct, descending by ID. Caller owns the array. */
GPtrArray *ent_doc_sort_clients (EntDoc *doc);

/* Where the struct of a known unit was found, when the next one that is asked for is most likely of
 * the same client, not before it, and near. */
typedef struct {
  const EntClient *client;
  EntRunPos pos;
} EntFinger;

#define ENT_FINGER_INIT \
  { \
    NULL, \
    { \
      0, 0 \
    } \
  }

static inline EntRunPos
ent_finger_find (EntFinger *finger, EntClient *client, guint32 clock)
{
  if (finger->client != client || ent_runs_get_clock (&client->items, finger->pos) > clock)
    finger->pos = (EntRunPos){ 0, 0 };
  finger->client = client;
  ent_runs_find_from (&client->items, clock, &finger->pos);
  return finger->pos;
}

/* --- ent-doc-item.c --- */

void ent_doc_add_slab (EntDoc *doc);

/* Memory that the caller fills. */
static inline EntItem *
ent_item_allocate (EntDoc *doc)
{
  EntItem *item = doc->free_items;

  doc->n_items++;
  if (item) {
    doc->free_items = item->right;
    return item;
  }
  if (!doc->n_fresh)
    ent_doc_add_slab (doc);
  doc->n_fresh--;
  return doc->fresh_items++;
}

EntItem *ent_item_new (EntDoc *doc);
void ent_item_free (EntDoc *doc, EntItem *item);
void ent_item_clear_content (EntItem *item);
void ent_buf_unref (EntBuf *buf);
EntBuf *ent_buf_new (guint32 allocated);

/* Gives item content: a copy of bytes, in the tail of the document or in a buffer of its own. */
void ent_item_set_content (EntDoc *doc, EntItem *item, const char *content, gsize size);
#define ent_item_content(item) ((item)->buf ? (item)->buf->data + (item)->offset : "")

/* The type an item is a child of. */
EntType *ent_item_get_parent (const EntItem *item);

#define ent_item_is_visible(item) (!(item)->deleted && (item)->kind != ENT_KIND_FORMAT)

/* What an item adds to the lengths of its type. Walks ask many items in a row, of which it cannot
 * be guessed which are deleted: there is no branch. */
static inline EntSums
ent_item_sums (const EntItem *item)
{
  guint32 shown = (guint32) (item->deleted | (item->kind == ENT_KIND_FORMAT)) - 1;
  guint32 text = -(guint32) (item->kind == ENT_KIND_STRING);

  return (EntSums){ item->length & shown, ((item->chars & text) | (item->length & ~text)) & shown,
    item->bytes & text & shown };
}
#define ent_item_last_id(item) ((EntId){ (item)->client, (item)->clock + (item)->length - 1 })

/* The lengths of the first units of text, deleted or not. O(units), or O(1) for ASCII. */
EntSums ent_item_sums_to (const EntItem *item, guint32 units);

/* The item that holds a known unit. */
EntItem *ent_doc_find_item (EntDoc *doc, EntId id);

/* Cuts item before unit offset of it and returns the right half, already linked in. The halves are
 * tried for merging at the end of the transaction. */
EntItem *ent_item_split (EntDoc *doc, EntItem *item, guint32 offset);

/* The same where something is put between the halves, or one of them is deleted, in the same
 * transaction: then they cannot merge unless both are deleted, which is found out anyway. */
EntItem *ent_item_cut (EntDoc *doc, EntItem *item, guint32 offset);

/* The item that begins, or ends, with the unit; split when needed. */
EntItem *ent_doc_clean_start (EntDoc *doc, EntId id);
EntItem *ent_doc_clean_end (EntDoc *doc, EntId id);

/* Appends item to the structs of its client and links it in by the YATA rule. left and right are
 * the neighbours that its origins name; entry is set for a keyed child. parent NULL makes a GC. */
void ent_item_integrate (EntDoc *doc,
  EntItem *item,
  EntItem *left,
  EntItem *right,
  EntType *parent,
  EntMapEntry *entry);
void ent_item_delete (EntDoc *doc, EntItem *item);

/* Deletes the text of an item from unit offset on, or its first units, when all that would come of
 * it at the end of the transaction is that the collected struct beside it gets longer: then that is
 * done at once, without a struct that comes and goes. FALSE when it has to be cut. Backspacing is
 * the one, deleting forward the other. */
gboolean ent_item_give_end (EntDoc *doc, EntItem *item, guint32 offset);
gboolean ent_item_give_start (EntDoc *doc, EntItem *item, guint32 units);

/* Replaces the content of a deleted item, and everything below it, by nothing. */
void ent_item_collect (EntDoc *doc, EntItem *item);

/* Text that left ends before: when it would be merged with left at the end of the transaction
 * anyway, left grows by it in place. FALSE when it needs a struct of its own. right_origin is the
 * unit it was put before. This is what typing does; it allocates nothing. */
gboolean ent_item_extend (EntDoc *doc, EntItem *left, EntId right_origin, const EntText *text);

/* Merges the struct at pos into the one before it when that gives the same meaning; pos is that one
 * then. Every struct that was deleted comes by here at the end of the transaction: where its place
 * is known, the runs are told that it is deleted. */
gboolean ent_item_merge_at (EntDoc *doc, EntClient *client, EntRunPos *pos);

/* --- ent-doc-type.c --- */

EntType *ent_type_new (EntDoc *doc, EntItem *item, EntTypeKind kind);
EntTypeKind ent_type_kind_from_wire (guint8 number);
guint8 ent_type_kind_to_wire (EntTypeKind kind);
EntMapEntry *ent_type_find_entry (EntType *type, const char *key, gsize size);
EntMapEntry *ent_type_ensure_entry (EntType *type, const char *key, gsize size);
EntType *ent_type_find_root (EntType *type);
void ent_type_retire (EntType *type); /* its document or struct is gone */
void ent_type_empty (EntType *type); /* its content is gone */

/* Then characters and units are counted alike. */
static inline gboolean
ent_type_has_no_pairs (const EntType *type)
{
  return type->index.sums.units == type->index.sums.chars;
}

/* Refuses an edit of a type; begins a transaction of its own when none is open. Every TRUE is
 * followed by ent_doc_commit(). */
gboolean ent_type_begin_edit (EntType *type, GError **error);

/* A place in a sequence: between left and right. */
typedef struct {
  EntItem *left;
  EntItem *right;
} EntPlace;

/* Appends a local item at a place, with content already made. Takes the item. */
void ent_type_insert_item (EntType *type, const EntPlace *place, EntItem *item);
EntItem *ent_type_new_local_item (EntType *type, guint8 kind, guint32 length);

/* The place after unit_count visible units, splitting an item when needed. With skip_deleted the
 * place stands after the deleted items there. */
EntPlace ent_type_find_place (EntType *type, guint32 units, gboolean skip_deleted);
void ent_type_delete_units (EntType *type, guint32 at_units, guint32 count);

/* Room for more units of our own client. */
gboolean ent_doc_check_room (EntDoc *doc, gsize units, GError **error);

/* --- ent-doc-conflicts.c --- */

/* What a new item has to stand after, when there is something between left and right. O(what there
 * is), O(log n) where very many have written at the same place. */
EntItem *ent_conflicts_find_left (EntDoc *doc,
  const EntItem *item,
  EntItem *left,
  EntItem *right,
  EntType *parent,
  EntMapEntry *entry);

/* Forgets where many have written. */
void ent_conflicts_clear (EntDoc *doc);

/* --- ent-doc-text.c --- */

/* A Format item was linked into the type (change is 1), or is about to be deleted (-1). */
void ent_type_note_format (EntType *type, const EntItem *item, int change);

/* --- ent-doc-txn.c --- */

void ent_txn_init (EntDoc *doc);
void ent_txn_clear (EntDoc *doc);
void ent_txn_abandon (EntDoc *doc); /* forgets the notes of an open one */
void ent_txn_begin (EntDoc *doc, gconstpointer origin, gboolean is_local);

/* Notes down that client gets new structs. */
static inline void
ent_txn_touch (EntDoc *doc, EntClient *client)
{
  if (client->touched)
    return;
  client->touched = TRUE;
  client->before = client->clock;
  ent_vec_push (&doc->txn.touched, client->index);
}

/* Notes down an edit of a type whose characters are all one unit, and were. */
void ent_txn_note_delete (EntDoc *doc, EntType *type, guint32 at, guint32 n);
void ent_txn_note_insert (EntDoc *doc, EntType *type, guint32 at, guint32 n);

static inline void
ent_txn_add_delete (EntDoc *doc, guint32 client, guint32 clock, guint32 length)
{
  GArray *deletes = doc->txn.deletes;
  EntDelete entry = { client, clock, length };

  if (deletes->len) {
    EntDelete *last = &g_array_index (deletes, EntDelete, deletes->len - 1);

    if (last->client == client && last->clock + last->length == clock) {
      last->length += length;
      return;
    }
  }
  g_array_append_val (deletes, entry);
}

void ent_txn_mark (EntDoc *doc, EntType *type, EntItem *item);
#define ent_client_before(client) ((client)->touched ? (client)->before : (client)->clock)

/* What is deleted is noted in the runs at the end; this does it while a transaction is open. */
void ent_txn_mark_deleted (EntDoc *doc);

/* Sorts and joins ranges: clients as they first appear, then by clock. */
void ent_deletes_normalize (EntDoc *doc, GArray *deletes);

/* --- ent-doc-event.c --- */

typedef struct _EntPendingEvent EntPendingEvent;

/* Takes down what changed while deleted content is still there. */
EntPendingEvent *ent_event_new (EntDoc *doc); /* nothing, for those who only want the update */
EntPendingEvent *ent_event_collect (EntDoc *doc);
EntPendingEvent *ent_event_collect_growth (EntDoc *doc); /* of doc->txn.grown and nothing else */
EntPendingEvent *ent_event_collect_edit (EntDoc *doc); /* of doc->txn.edit and nothing else */
EntWriter *ent_event_begin_update (EntPendingEvent *event); /* where its update is written */
void ent_event_deliver (EntDoc *doc, EntPendingEvent *take_event);
void ent_event_free (EntPendingEvent *event);

/* --- ent-doc-encode.c --- */

void ent_encode_item (EntDoc *doc, EntWriter *writer, const EntItem *item, guint32 offset);
void ent_encode_transaction (EntDoc *doc, EntWriter *writer);
void ent_encode_growth (EntDoc *doc, EntWriter *writer); /* of doc->txn.grown and nothing else */

/* --- ent-doc-apply.c --- */

void ent_apply_client_advanced (EntDoc *doc, EntClient *client);
void ent_apply_clear_client (EntDoc *doc, EntClient *client);

/* Splits that are due to text that was absorbed too early; with more, text is left apart. */
#define ent_txn_split_limit(txn) ((txn)->n_extended / 4 + 4)

/* --- ent-doc-apply-plain.c --- */

/* Integrates structs of a source while they are of the simple sort; stops before any other. */
void ent_apply_plain_structs (EntDoc *doc, EntSource *source, EntReader *reader);

/* --- ent-doc-apply-deletes.c --- */

void ent_apply_deletes (EntDoc *doc, EntReader *reader); /* the delete set that reader stands at */
void ent_apply_retry_deletes (EntDoc *doc); /* of clients that have new structs */

G_END_DECLS
