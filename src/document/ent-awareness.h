#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who is here, and where their caret is: small states that come and go, one per client, by the
 * awareness protocol of Yjs. States are JSON text and not looked into beyond being JSON.
 *
 * No clock inside: every function that needs the time is given it, in milliseconds on one steady
 * scale. */
typedef struct _EntAwareness EntAwareness;

#define ENT_AWARENESS_TIMEOUT_MS 30000 /* others not heard of for this long are dropped */
#define ENT_AWARENESS_RENEW_MS 15000 /* the own state is announced anew after this long */
#define ENT_AWARENESS_MAX_STATES 1024
#define ENT_AWARENESS_MAX_STATE_BYTES (64u << 10)
#define ENT_AWARENESS_MAX_UPDATE_BYTES (4u << 20)
#define ENT_AWARENESS_MAX_DEPTH 32
#define ENT_AWARENESS_MAX_CLOCK G_GUINT64_CONSTANT (0x1fffffffffffff) /* 2^53-1, as in yjs */

/* What changed, as client IDs (guint64). The arrays are lent and valid during the call only. An
 * updated state need not differ from the one before: a renewal is an update too. */
typedef struct {
  const guint64 *added;
  guint n_added;
  const guint64 *updated;
  guint n_updated;
  const guint64 *removed;
  guint n_removed;
  gconstpointer origin; /* as given; NULL for own changes and time-outs */
  gboolean is_local;
} EntAwarenessEvent;

typedef void (
  *EntAwarenessObserver) (EntAwareness *awareness, const EntAwarenessEvent *event, gpointer data);

/* client_id 0 makes one without an own state, for a relay. O(1), freeing O(clients). */
EntAwareness *ent_awareness_new (guint64 client_id);
void ent_awareness_free (EntAwareness *awareness);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntAwareness, ent_awareness_free)

/* Only one observer; NULL removes it. It is called after each change. O(1). */
void
ent_awareness_set_observer (EntAwareness *awareness, EntAwarenessObserver observer, gpointer data);

/* O(1). */
guint64 ent_awareness_get_client_id (EntAwareness *awareness);

/* Moves the own state to a new ID: the old one is announced as gone by the event. O(1). */
void ent_awareness_set_client_id (EntAwareness *awareness, guint64 client_id, gint64 now_ms);

/* Sets the own state, JSON text, or NULL when leaving; raises the own clock. Refuses what is not
 * JSON (INVALID) or over a limit (TOO_LARGE), and any state when a stranger has used up the clocks
 * of our ID (CLASH): then a fresh ID helps. O(size of the state). */
gboolean
ent_awareness_set_state (EntAwareness *awareness, const char *json, gint64 now_ms, GError **error);

/* The state of a client, or NULL; borrowed until the next change. O(1). */
const char *ent_awareness_get_state (EntAwareness *awareness, guint64 client);

/* The last clock of a client, kept also after it has gone; 0 when never heard of. O(1).
 */
guint64 ent_awareness_get_clock (EntAwareness *awareness, guint64 client);

/* Clients with a state, ascending. Caller owns the array of guint64. O(clients log clients). */
GArray *ent_awareness_list_clients (EntAwareness *awareness);

/* An update with the states of these clients; null for the gone ones. Unknown clients are left out.
 * clients NULL means all that have a state. Caller owns. O(size). */
GBytes *ent_awareness_encode (EntAwareness *awareness, const guint64 *clients, gsize n_clients);

/* Applies an update whole or refuses it. Older clocks are ignored; a null for our own living state
 * raises our clock, and the event then has our ID under updated so that it is sent again; with the
 * last clock of all we are gone. O(size). */
gboolean ent_awareness_apply (EntAwareness *awareness,
  const guint8 *data,
  gsize size,
  gint64 now_ms,
  gconstpointer origin,
  GError **error);

/* Forgets the states of clients whose connection closed, with the same clock, as a relay does; the
 * event lists them and ent_awareness_encode() with them tells the others. O(n_clients). */
void ent_awareness_remove (EntAwareness *awareness,
  const guint64 *clients,
  gsize n_clients,
  gconstpointer origin);

/* Drops who has timed out, renews the own state when it is due. To be called every few seconds.
 * O(clients). */
void ent_awareness_tick (EntAwareness *awareness, gint64 now_ms);

/* What an update says of a client. */
typedef struct {
  guint64 client;
  guint64 clock;
  gboolean is_gone;
} EntAwarenessEntry;

/* The clients that an update speaks of, to know whom a connection announced; with is_gone where
 * the state is null. Array of EntAwarenessEntry, caller owns. O(size). */
GArray *ent_awareness_inspect (const guint8 *data, gsize size, GError **error);

G_END_DECLS
