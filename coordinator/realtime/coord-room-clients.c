#include "realtime/coord-room-clients.h"

#include "protocol/ent-limits.h"

#define NAMES_BYTES 256
#define MAX_DRAWN (ENT_MAX_PEER_CLIENTS / 2) /* of one person */
#define MAX_ALL_DRAWN (ENT_MAX_ROOM_CLIENTS / 2)

G_STATIC_ASSERT (COORD_MAX_OWN_BLOCKS *COORD_CLIENT_BLOCK <= ENT_MAX_PEER_CLIENTS / 2);
G_STATIC_ASSERT (COORD_MAX_ROOM_BLOCKS *COORD_CLIENT_BLOCK <= ENT_MAX_ROOM_CLIENTS / 2);
G_STATIC_ASSERT (ENT_MAX_PEOPLE *ENT_MAX_PEER_CLIENTS <= ENT_MAX_ROOM_CLIENTS);

typedef struct {
  const char *participant_id; /* of names */
  gboolean is_witnessed;
} Record;

struct _CoordRoomClients {
  GStringChunk *names; /* participants, each once: the same name is the same pointer */
  GHashTable *blocks; /* first client / 16 -> participant, of names */
  GHashTable *records; /* client -> Record */
  GHashTable *drawn; /* participant, of names -> how many of the records are of no block */
  guint n_drawn; /* of all */
};

CoordRoomClients *
coord_room_clients_new (void)
{
  CoordRoomClients *clients = g_new0 (CoordRoomClients, 1);

  clients->names = g_string_chunk_new (NAMES_BYTES);
  clients->blocks = g_hash_table_new (NULL, NULL);
  clients->records = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  clients->drawn = g_hash_table_new (NULL, NULL);
  return clients;
}

void
coord_room_clients_free (CoordRoomClients *clients)
{
  g_hash_table_unref (clients->blocks);
  g_hash_table_unref (clients->records);
  g_hash_table_unref (clients->drawn);
  g_string_chunk_free (clients->names);
  g_free (clients);
}

/* Not interned: that is for ever, and rooms and people come and go. */
static const char *
get_name (CoordRoomClients *clients, const char *participant_id)
{
  return g_string_chunk_insert_const (clients->names, participant_id);
}

static const char *
find_block (CoordRoomClients *clients, guint64 client)
{
  if (client >= COORD_CLIENT_LIMIT)
    return NULL;
  return g_hash_table_lookup (clients->blocks, GUINT_TO_POINTER (client / COORD_CLIENT_BLOCK));
}

static Record *
find_record (CoordRoomClients *clients, guint64 client)
{
  if (client > G_MAXUINT32)
    return NULL;
  return g_hash_table_lookup (clients->records, GUINT_TO_POINTER (client));
}

gboolean
coord_room_clients_add_block (CoordRoomClients *clients,
  guint32 first_client,
  const char *participant_id)
{
  return g_hash_table_insert (clients->blocks, GUINT_TO_POINTER (first_client / COORD_CLIENT_BLOCK),
    (gpointer) get_name (clients, participant_id));
}

static guint
count_drawn (CoordRoomClients *clients, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (clients->drawn, name));
}

static void
count_draw (CoordRoomClients *clients, const char *name, int change)
{
  g_hash_table_insert (
    clients->drawn, (gpointer) name, GUINT_TO_POINTER (count_drawn (clients, name) + change));
  clients->n_drawn += change;
}

/* Whether a person may have one more client ID of no block, on top of n_more. */
static gboolean
may_draw (CoordRoomClients *clients, const char *name, guint n_more)
{
  return count_drawn (clients, name) + n_more < MAX_DRAWN &&
         clients->n_drawn + n_more < MAX_ALL_DRAWN;
}

static void
add_record (CoordRoomClients *clients,
  guint64 client,
  const char *participant_id,
  gboolean is_witnessed)
{
  const char *name = get_name (clients, participant_id);
  const Record *old = find_record (clients, client);
  Record *record;

  if (find_block (clients, client) == NULL) {
    if (old != NULL)
      count_draw (clients, old->participant_id, -1);
    count_draw (clients, name, 1);
  }
  record = g_new (Record, 1);
  record->participant_id = name;
  record->is_witnessed = is_witnessed;
  g_hash_table_insert (clients->records, GUINT_TO_POINTER (client), record);
}

void
coord_room_clients_add_record (CoordRoomClients *clients, const CoordRoomClient *record)
{
  add_record (clients, record->client, record->participant_id, record->is_witnessed);
}

const char *
coord_room_clients_get_owner (CoordRoomClients *clients, guint64 client)
{
  const char *owner = find_block (clients, client);
  Record *record;

  if (owner != NULL)
    return owner;
  record = find_record (clients, client);
  return record != NULL ? record->participant_id : NULL;
}

CoordClaim
coord_room_clients_claim (CoordRoomClients *clients, const char *participant_id, guint64 client)
{
  const char *block = find_block (clients, client);
  Record *record = find_record (clients, client);

  participant_id = get_name (clients, participant_id);
  if (block != NULL && block != participant_id)
    return COORD_CLAIM_FOREIGN;
  if (block == NULL && (client < COORD_CLIENT_RESERVED || client > G_MAXUINT32))
    return COORD_CLAIM_REFUSED;
  if (record != NULL && record->is_witnessed) {
    if (block != NULL || record->participant_id == participant_id)
      return COORD_CLAIM_OLD;
    return COORD_CLAIM_FOREIGN;
  }
  if (block == NULL && (record == NULL || record->participant_id != participant_id) &&
      !may_draw (clients, participant_id, 0))
    return COORD_CLAIM_TOO_MANY;
  add_record (clients, client, participant_id, TRUE);
  return COORD_CLAIM_NEW;
}

gboolean
coord_room_clients_may_notice (CoordRoomClients *clients,
  const char *participant_id,
  guint64 client,
  guint *n_new)
{
  if (find_block (clients, client) != NULL)
    return TRUE;
  if (client < COORD_CLIENT_RESERVED || client > G_MAXUINT32)
    return FALSE;
  return find_record (clients, client) != NULL ||
         may_draw (clients, get_name (clients, participant_id), (*n_new)++);
}

gboolean
coord_room_clients_notice (CoordRoomClients *clients, const char *participant_id, guint64 client)
{
  const char *block = find_block (clients, client);

  if (client > G_MAXUINT32 || find_record (clients, client) != NULL)
    return FALSE;
  if (block == NULL && client < COORD_CLIENT_BLOCK)
    return FALSE; /* the coordinator's own */
  participant_id = get_name (clients, participant_id);
  if (block == NULL && !may_draw (clients, participant_id, 0))
    return FALSE;
  add_record (clients, client, block != NULL ? block : participant_id, FALSE);
  return TRUE;
}

static int
compare_clients (gconstpointer a, gconstpointer b)
{
  gint64 left = *(const gint64 *) a;
  gint64 right = *(const gint64 *) b;

  return left < right ? -1 : left > right;
}

GArray *
coord_room_clients_list (CoordRoomClients *clients,
  const char *participant_id,
  gboolean only_unwitnessed)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (gint64));
  GHashTableIter iter;
  gpointer key, value;

  participant_id = get_name (clients, participant_id);
  g_hash_table_iter_init (&iter, clients->blocks);
  while (!only_unwitnessed && g_hash_table_iter_next (&iter, &key, &value))
    if (value == participant_id)
      for (guint i = 0; i < COORD_CLIENT_BLOCK && list->len < ENT_MAX_PEER_CLIENTS / 2; i++) {
        gint64 client = (gint64) GPOINTER_TO_UINT (key) * COORD_CLIENT_BLOCK + i;

        g_array_append_val (list, client);
      }
  g_hash_table_iter_init (&iter, clients->records);
  while (g_hash_table_iter_next (&iter, &key, &value)) {
    const Record *record = value;
    gint64 client = GPOINTER_TO_UINT (key);

    if (record->participant_id != participant_id || (only_unwitnessed && record->is_witnessed))
      continue;
    if (only_unwitnessed || find_block (clients, client) == NULL)
      g_array_append_val (list, client);
  }
  g_array_sort (list, compare_clients);
  return list;
}
