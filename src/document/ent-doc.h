#pragma once

#include <glib.h>

#include "document/ent-doc-update.h"
#include "document/ent-doc-value.h"
#include "document/ent-state-vector.h"

G_BEGIN_DECLS

/* The shared document: a replica of a Yjs document.
 *
 * The promise.
 *   Convergence: replicas that have applied the same updates, in any order, however often, hold the
 *     same text, maps and arrays.
 *   Intention: text typed in one run stays together, text stands where its author put it relative
 *     to what the author saw, and nothing that was not deleted disappears.
 *   Compatibility: it reads and writes what yjs 13 does (update format v1, unknown content kept).
 *   Purity: no input or output, no clock, no randomness, no threads. The same calls give the same
 *     bytes on every machine. One thread owns a document.
 *
 * Structure. Every insertion is one struct, named by (client, clock); a struct of length n takes n
 * clocks. Structs stand in a list per type, deleted ones included, under an index of cached
 * lengths. Typing "a","b","c" and deleting "b" gives
 *
 *   before   [7:0 "abc"]                                  units: 3
 *   after    [7:0 "a"] [7:1 deleted, 1] [7:2 "c"]         units: 2
 *
 * Every lookup of a position is O(log n) in the number of structs n of the type.
 *
 * Cost. n is the structs of the type or, for functions of the document, of the document; editing
 * text with marks costs O(n) at worst, because marks are read backwards to where they began.
 *
 * Units. Positions of text are counted in characters (Unicode code points; an embedded object is
 * one character). Functions with utf16 in their name count UTF-16 code units, as the wire does.
 * Conversions stand in this file only.
 *
 * Errors. Functions with a GError refuse without any effect. What a caller can know beforehand (a
 * handle of another document, a NULL) is a contract and checked by g_return. */
typedef struct _EntDoc EntDoc;

/* A text, map, array or XML node of a document: a root, or nested in another type. One name or one
 * struct always gives the same handle. A handle is borrowed: it lives as long as the document, or,
 * when nested, until its struct is deleted and the transaction ends. Take a reference to keep it
 * longer: it is then empty and refuses edits. */
typedef struct _EntType EntType;

#define ENT_DOC_ERROR (ent_doc_error_quark ())
typedef enum {
  ENT_DOC_ERROR_MALFORMED, /* bytes that are no update, state vector, message or position */
  ENT_DOC_ERROR_TOO_LARGE, /* over a limit below */
  ENT_DOC_ERROR_RANGE, /* a position or length outside the type */
  ENT_DOC_ERROR_CLASH, /* somebody else writes under this client ID: set a fresh one */
  ENT_DOC_ERROR_GONE, /* the type is deleted */
  ENT_DOC_ERROR_INVALID, /* text that is not UTF-8, a client ID out of range, a full clock */
  ENT_DOC_ERROR_BROKEN, /* ent_doc_check() found a fault */
} EntDocError;
GQuark ent_doc_error_quark (void); /* O(1) */

/* Limits against hostile input. */
#define ENT_DOC_MAX_CLIENT_ID G_GUINT64_CONSTANT (0x1fffffffffffff) /* read; 2^53-1 */
#define ENT_DOC_MAX_OWN_CLIENT_ID G_GUINT64_CONSTANT (0xffffffff) /* made */
#define ENT_DOC_MAX_CLOCK G_MAXUINT32 /* last clock + 1 of a client */
#define ENT_DOC_MAX_UPDATE_BYTES (64u << 20)
#define ENT_DOC_MAX_PENDING_BYTES (64u << 20) /* of structs that wait for others */
#define ENT_DOC_MAX_CLIENTS (1u << 20)
#define ENT_DOC_MAX_NAME_BYTES (1u << 16) /* root names, map keys, attribute names */

typedef enum {
  ENT_DOC_DEFAULT = 0,
  ENT_DOC_KEEP_DELETED = 1 << 0, /* no garbage collection: history stays readable */
} EntDocFlags;

/* A new, empty document. client_id names the author of local edits and must be 1 to
 * ENT_DOC_MAX_OWN_CLIENT_ID and unused by anyone before. O(1), the last unref O(n). */
EntDoc *ent_doc_new (guint64 client_id, EntDocFlags flags);
EntDoc *ent_doc_ref (EntDoc *doc);
void ent_doc_unref (EntDoc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntDoc, ent_doc_unref)

guint64 ent_doc_get_client_id (EntDoc *doc); /* O(1) */

/* Sets a fresh ID and ends a clash. Refused (INVALID) when out of range, when the document already
 * holds structs of that ID, or inside a transaction. O(1). */
gboolean ent_doc_set_client_id (EntDoc *doc, guint64 client_id, GError **error);

/* Whether structs of our own ID came from outside, waiting ones included. Local edits are refused
 * with CLASH until ent_doc_set_client_id(). O(1). */
gboolean ent_doc_has_clash (EntDoc *doc);

/* --- types ----------------------------------------------------------------------------------- */

typedef enum {
  ENT_TYPE_UNKNOWN, /* a root that nobody named by kind here; roots carry no kind on the wire */
  ENT_TYPE_ARRAY,
  ENT_TYPE_MAP,
  ENT_TYPE_TEXT,
  ENT_TYPE_XML_ELEMENT,
  ENT_TYPE_XML_FRAGMENT,
  ENT_TYPE_XML_HOOK,
  ENT_TYPE_XML_TEXT,
} EntTypeKind;

/* The root of that name, made on first use. kind is only a hint for readers; the same name gives
 * the same handle whatever the kind, and sequence and keyed children live side by side. O(1). */
EntType *ent_doc_get_root (EntDoc *doc, const char *name, EntTypeKind kind);
#define ent_doc_get_text(doc, name) ent_doc_get_root ((doc), (name), ENT_TYPE_TEXT)
#define ent_doc_get_map(doc, name) ent_doc_get_root ((doc), (name), ENT_TYPE_MAP)
#define ent_doc_get_array(doc, name) ent_doc_get_root ((doc), (name), ENT_TYPE_ARRAY)

/* Names of all roots known here, in order of appearance; caller owns (g_strfreev). O(roots). */
GStrv ent_doc_list_roots (EntDoc *doc);

/* O(1). */
EntType *ent_type_ref (EntType *type);
void ent_type_unref (EntType *type);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntType, ent_type_unref)

EntTypeKind ent_type_get_kind (EntType *type); /* O(1) */

/* The kind, or for a root of unknown kind what all that was ever put in it tells; UNKNOWN when
 * there is nothing that tells. For readers of documents that they have no names for. O(n). */
EntTypeKind ent_type_guess_kind (EntType *type);

/* What a handle is of, all O(1). */
EntDoc *ent_type_get_doc (EntType *type); /* NULL once the type is gone */
gboolean ent_type_is_gone (EntType *type); /* deleted, or its document freed */
const char *ent_type_get_root_name (EntType *type); /* NULL when nested */
const char *ent_type_get_node_name (EntType *type); /* XML element or hook, else NULL */
EntType *ent_type_get_parent (EntType *type); /* borrowed; NULL for a root */
const char *ent_type_get_key (EntType *type); /* key in the parent map, else NULL */

/* The struct that holds a nested type; FALSE for a root. O(1). */
gboolean ent_type_get_id (EntType *type, guint64 *client, guint32 *clock);

/* --- transactions ---------------------------------------------------------------------------- */

/* Edits between begin and the matching commit become one update and one event. Calls nest; the
 * outermost origin counts. A local edit outside a transaction makes one for itself with a NULL
 * origin. origin is compared by address and never followed. O(1). */
void ent_doc_begin (EntDoc *doc, gconstpointer origin);

/* Ends a transaction; the outermost collects, merges, and calls the observers. O(k log n) for k
 * structs made, cut or deleted. */
void ent_doc_commit (EntDoc *doc);
gboolean ent_doc_in_transaction (EntDoc *doc);

/* --- events ---------------------------------------------------------------------------------- */

typedef enum {
  ENT_CHANGE_INSERT,
  ENT_CHANGE_DELETE,
} EntChangeKind;

/* One step of a change. Steps are in order and each is meant after the ones before it, so that an
 * editor applies them one by one. They are the fewest that lead from the old content to the new.
 *
 * For text, text is UTF-8 of text_bytes bytes with length characters; it is not cut at NUL, which
 * it may hold, and an embedded object appears in it as U+FFFC, so that characters and positions
 * agree. For arrays and XML text is NULL and at and length count elements. */
typedef struct {
  EntChangeKind kind;
  guint32 at; /* characters or elements */
  guint32 length; /* characters or elements */
  guint32 at_utf16; /* the same in UTF-16 units */
  guint32 length_utf16; /* the same in UTF-16 units */
  const char *text; /* of an insert into text */
  gsize text_bytes;
} EntChange;

typedef struct {
  EntType *type;
  const EntChange *changes; /* of the sequence; n_changes may be 0 */
  guint n_changes;
  const char *const *keys; /* of the map that were set, overwritten or deleted; ends with NULL */
  guint n_keys;
  gboolean formatting; /* marks of the text began or ended somewhere */
} EntTypeEvent;

/* What one transaction did. Everything in it is valid during the call only; an update that is to
 * be kept comes from ent_doc_event_get_update(). Types that were deleted in it have no entry. */
typedef struct {
  gconstpointer origin;
  gboolean is_local; /* made by edit calls or undo here, not by ent_doc_apply_update() */
  gboolean is_undo; /* made by undo or redo */
  gboolean clash; /* the transaction brought a client-ID clash */
  const guint8 *update_data; /* the update: what other replicas have to apply; never NULL */
  gsize update_size;
  const EntTypeEvent *types;
  guint n_types;
} EntDocEvent;

/* Called after the commit, outside the transaction. The observer may edit: that is a transaction of
 * its own whose event comes after all observers have seen this one. */
typedef void (*EntDocObserver) (EntDoc *doc, const EntDocEvent *event, gpointer data);

/* A transaction that changed nothing calls nobody. The returned id is never 0. O(observers). */
guint
ent_doc_observe (EntDoc *doc, EntDocObserver observer, gpointer data, GDestroyNotify destroy_data);

/* The same for those who only keep or send updates: their events list no types. While nobody else
 * observes, what changed where is not looked for. O(observers). */
guint ent_doc_observe_updates (EntDoc *doc,
  EntDocObserver observer,
  gpointer data,
  GDestroyNotify destroy_data);
void ent_doc_unobserve (EntDoc *doc, guint id); /* of either kind; O(observers) */

/* The update as bytes that outlive the event with g_bytes_ref(). Borrowed from the event; made when
 * first asked for, O(bytes). */
GBytes *ent_doc_event_get_update (const EntDocEvent *event);

/* Finds the entry of a type in an event, or NULL. O(types). */
const EntTypeEvent *ent_doc_event_find (const EntDocEvent *event, EntType *type);

/* --- text ------------------------------------------------------------------------------------ */

/* Inserts UTF-8 text of length bytes (-1: up to NUL) before character at. The new text takes over
 * the marks around it. Errors: RANGE, CLASH, GONE, INVALID, TOO_LARGE. O(log n + length). */
gboolean
ent_text_insert (EntType *text, guint32 at, const char *utf8, gssize length_bytes, GError **error);

/* Inserts with exactly these marks: attributes is an object whose null members end a mark. Errors:
 * as above. O(n + length). */
gboolean ent_text_insert_with (EntType *text,
  guint32 at,
  const char *utf8,
  gssize length_bytes,
  const EntValue *attributes,
  GError **error);

/* Inserts one embedded object, which counts as one character, with exactly these marks; NULL is
 * none, as in yjs. Errors: as above. O(n). */
gboolean ent_text_insert_embed (EntType *text,
  guint32 at,
  const EntValue *embed,
  const EntValue *attributes,
  GError **error);

/* Deletes count characters from at. O(log n + structs touched). */
gboolean ent_text_delete (EntType *text, guint32 at, guint32 count, GError **error);

/* Sets marks on count characters from at; null members of attributes remove marks. Errors: as
 * above. O(n). */
gboolean ent_text_format (EntType *text,
  guint32 at,
  guint32 count,
  const EntValue *attributes,
  GError **error);

/* The same three counted in UTF-16 units. A cut inside a surrogate pair turns both halves into
 * U+FFFD, as in yjs; callers with a choice do not cut there. attributes may be NULL. Errors and
 * costs are those of the functions above. */
gboolean ent_text_insert_utf16 (EntType *text,
  guint32 at_utf16,
  const char *utf8,
  gssize length_bytes,
  const EntValue *attributes,
  GError **error);
gboolean ent_text_insert_embed_utf16 (EntType *text,
  guint32 at_utf16,
  const EntValue *embed,
  const EntValue *attributes,
  GError **error);
gboolean
ent_text_delete_utf16 (EntType *text, guint32 at_utf16, guint32 count_utf16, GError **error);
gboolean ent_text_format_utf16 (EntType *text,
  guint32 at_utf16,
  guint32 count_utf16,
  const EntValue *attributes,
  GError **error);

/* The text without embedded objects; ended by NUL, may hold NUL: length_bytes (may be NULL) tells.
 * Caller owns it. O(n + size). */
char *ent_text_dup (EntType *text, gsize *length_bytes);

/* The text as an editor shows it: every embedded object is U+FFFC, so that it has exactly
 * ent_text_get_length() characters. Caller owns it. O(n + size). */
char *ent_text_dup_display (EntType *text, gsize *length_bytes);

/* count characters from at as an editor shows them; the range is cut to the text. Caller owns it.
 * O(log n + structs in the range + size). */
char *ent_text_dup_range (EntType *text, guint32 at, guint32 count, gsize *length_bytes);

guint32 ent_text_get_length (EntType *text); /* characters; O(1) */
guint32 ent_text_get_length_utf16 (EntType *text); /* UTF-16 units; O(1) */
gsize ent_text_get_length_bytes (EntType *text); /* bytes of ent_text_dup(); O(1) */

/* Conversions; a position past the end gives the end, one inside a pair or a character the place
 * before it. O(log n + length of one run). */
guint32 ent_text_chars_to_utf16 (EntType *text, guint32 at);
guint32 ent_text_utf16_to_chars (EntType *text, guint32 at_utf16);
gsize ent_text_chars_to_bytes (EntType *text, guint32 at);
guint32 ent_text_bytes_to_chars (EntType *text, gsize at_bytes);

/* One run of equal marks. */
typedef struct {
  const char *text; /* NULL for an embedded object or type */
  gsize text_bytes;
  EntValue *embed; /* of an embedded object; else NULL */
  EntType *type; /* of an embedded nested type, lent; else NULL */
  EntValue *attributes; /* an object, members in order of setting; NULL when there are none */
} EntTextRun;

typedef void (*EntTextRunFunc) (const EntTextRun *run, gpointer data);

/* Calls func with each run from the start of the text, as the delta of yjs has it: a run ends where
 * a mark begins or ends; elements of arrays in it are left out. func must not edit. O(n + size). */
void ent_text_foreach_run (EntType *text, EntTextRunFunc func, gpointer data);

/* Who wrote a stretch of characters. */
typedef struct {
  guint64 client;
  guint32 clock; /* of the first UTF-16 unit */
  guint32 at; /* characters */
  guint32 length; /* characters */
} EntAuthorRun;

/* The author of the character at, 0 when at is past the end. O(log n). */
guint64 ent_text_get_author (EntType *text, guint32 at);

/* EntAuthorRun of the range in order, adjacent runs of one client joined (clock is the first's).
 * Caller owns the array. O(log n + structs in the range). */
GArray *ent_text_list_authors (EntType *text, guint32 at, guint32 count);

/* --- map ------------------------------------------------------------------------------------- */

/* Sets key to value (not consumed). Errors: CLASH, GONE, TOO_LARGE. O(1). */
gboolean ent_map_set (EntType *map, const char *key, EntValue *value, GError **error);

/* Sets key to a new, empty nested type (array, map, text, XML fragment or text) and lends it.
 * Errors: as above. O(1). */
EntType *ent_map_set_type (EntType *map, const char *key, EntTypeKind kind, GError **error);

/* Deletes key; an absent key is no error and no change. Errors: CLASH, GONE. O(1), for a nested
 * type O(structs in it). */
gboolean ent_map_delete (EntType *map, const char *key, GError **error);

/* The value of key; NULL when absent or not a plain value. Caller owns a reference. O(1). */
EntValue *ent_map_get (EntType *map, const char *key);

/* The nested type at key, lent; NULL when absent or a plain value. O(1). */
EntType *ent_map_get_type (EntType *map, const char *key);
gboolean ent_map_has (EntType *map, const char *key);

/* Present keys in order of their first setting; caller owns (g_strfreev). O(keys). */
GStrv ent_map_list_keys (EntType *map);

/* The client that set the present value, 0 when absent. O(1). */
guint64 ent_map_get_author (EntType *map, const char *key);

/* --- array ----------------------------------------------------------------------------------- */

/* Inserts values (not consumed) before element at. O(log n + n_values). */
gboolean ent_array_insert (EntType *array,
  guint32 at,
  EntValue *const *values,
  gsize n_values,
  GError **error);

/* Inserts a new, empty nested type and lends it. Errors: as above. O(log n). */
EntType *ent_array_insert_type (EntType *array, guint32 at, EntTypeKind kind, GError **error);

/* Deletes count elements from at. Errors: RANGE, CLASH, GONE. O(log n + structs touched, those of
 * nested types included). */
gboolean ent_array_delete (EntType *array, guint32 at, guint32 count, GError **error);
guint32 ent_array_get_length (EntType *array);

/* The element, NULL past the end or when it is a nested type. Caller owns a reference. O(log n +
 * length of one run). */
EntValue *ent_array_get (EntType *array, guint32 at);
EntType *ent_array_get_type (EntType *array, guint32 at); /* lent, or NULL; O(log n) */

/* The struct unit of the element: its author, and a name that never changes. FALSE past the end.
 * O(log n). */
gboolean ent_array_get_id (EntType *array, guint32 at, guint64 *client, guint32 *clock);

/* The place of the element of that name; FALSE when it is unknown or deleted. O(log n). */
gboolean ent_array_find_id (EntType *array, guint64 client, guint32 clock, guint32 *at);

/* What the element at, or the value of key, is when it is no plain value. */
typedef enum {
  ENT_ELEMENT_NONE, /* past the end, or absent */
  ENT_ELEMENT_VALUE,
  ENT_ELEMENT_TYPE,
  ENT_ELEMENT_TEXT, /* a character of text in a sequence that is read as an array */
  ENT_ELEMENT_SUBDOC, /* kept and passed on, never opened */
} EntElementKind;
EntElementKind ent_array_get_element_kind (EntType *array, guint32 at); /* O(log n) */
EntElementKind ent_map_get_element_kind (EntType *map, const char *key);

/* The GUID of a subdocument; NULL for anything else. Caller owns it. */
char *ent_map_dup_subdoc_guid (EntType *map, const char *key);
char *ent_array_dup_subdoc_guid (EntType *array, guint32 at); /* O(log n) */

/* --- updates --------------------------------------------------------------------------------- */

/* Applies an update. It is applied whole or refused (MALFORMED, TOO_LARGE) without effect, unless
 * ent_doc_set_max_walk() cuts it off; what waits for structs not seen yet is kept and applied when
 * they come. Refused inside a transaction (INVALID). An update that brings nothing new changes
 * nothing and calls nobody. O(structs log n). */
gboolean ent_doc_apply_update (EntDoc *doc,
  const guint8 *data,
  gsize size,
  gconstpointer origin,
  GError **error);
gboolean ent_doc_apply_bytes (EntDoc *doc, GBytes *update, gconstpointer origin, GError **error);

/* What others wrote at a place has to be walked over for each struct that goes there, and who
 * breaks the rules can make that quadratic. n: how many structs one update may have walked over,
 * and again as many what waited for it; 0, as it is at first: any. An update that would take more
 * is cut off after the struct that did: what comes before that is applied, the deletes are not, and
 * the rest is refused with TOO_LARGE. O(1). */
void ent_doc_set_max_walk (EntDoc *doc, guint64 n);

/* How many the structs of the last update have walked over. O(1). */
guint64 ent_doc_get_walked (EntDoc *doc);

/* The full state as one update, waiting structs and deletes included. Caller owns. O(n). */
GBytes *ent_doc_encode (EntDoc *doc);

/* What a replica with the state known lacks: its structs, and the whole delete set. Caller owns.
 * O(structs sent + deleted ranges + clients log clients). */
GBytes *ent_doc_encode_diff (EntDoc *doc, const EntStateVector *known);

/* What is known without gaps; waiting structs do not count. Caller owns. O(clients log clients). */
EntStateVector *ent_doc_dup_state_vector (EntDoc *doc);

/* The next clock of a client. O(1). */
guint32 ent_doc_get_clock (EntDoc *doc, guint64 client);

/* Whether the document already holds everything that the update brings, deletes included. An update
 * that cannot be read counts as not held. O(size log n). */
gboolean ent_doc_covers_update (EntDoc *doc, GBytes *update);

/* Structs, or deletes, that wait for what they depend on. O(1). */
gboolean ent_doc_has_pending_structs (EntDoc *doc);
gboolean ent_doc_has_pending_deletes (EntDoc *doc);
gsize ent_doc_get_pending_bytes (EntDoc *doc);

/* ent_update_inspect() with the roots of all structs resolved against this document: roots lists
 * those in which something is inserted or deleted. Nothing is applied. O(structs log n). */
EntUpdateInfo *ent_doc_inspect (EntDoc *doc, GBytes *update, GError **error);

/* SHA-256, as 64 hex digits, of a canonical form of all content: equal for replicas that hold the
 * same, whatever their garbage collection, merging, order of arrival or undo. Caller owns. O(n). */
char *ent_doc_dup_state_hash (EntDoc *doc);

/* Structs held, as yjs counts them. O(1). */
gsize ent_doc_get_n_structs (EntDoc *doc);

/* Verifies every invariant; error (BROKEN) holds the path to the fault. O(n log n). */
gboolean ent_doc_check (EntDoc *doc, GError **error);

G_END_DECLS
