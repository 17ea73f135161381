#include "room/ent-participant.h"

#include "protocol/ent-limits.h"
#include "room/ent-room-items-private.h"

struct _EntParticipant {
  GObject parent_instance;

  char *id;
  char *name;
  EntRole role;
  EntPeerState state;
  gboolean seat;
  guint colour;
  gboolean is_me;
  EntConnection connection;
  gboolean reconnecting;
  gboolean muted;
  gboolean camera;
  char *short_code;
  gint64 round_trip_us;
  GHashTable *clients; /* set of guint64 */
};

G_DEFINE_FINAL_TYPE (EntParticipant, ent_participant, G_TYPE_OBJECT)

enum {
  PROP_ID = 1,
  PROP_NAME,
  PROP_ROLE,
  PROP_STATE,
  PROP_SEAT,
  PROP_COLOUR,
  PROP_IS_ME,
  PROP_CONNECTION,
  PROP_RECONNECTING,
  PROP_MUTED,
  PROP_CAMERA,
  PROP_SHORT_CODE,
  PROP_ROUND_TRIP_US,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

static const char *const connection_nicks[] = {
  "none",
  "offline",
  "coordinator",
  "relayed",
  "direct",
};

GType
ent_connection_get_type (void)
{
  static gsize type;

  if (g_once_init_enter (&type)) {
    static const GEnumValue values[] = {
      { ENT_CONNECTION_NONE, "ENT_CONNECTION_NONE", "none" },
      { ENT_CONNECTION_OFFLINE, "ENT_CONNECTION_OFFLINE", "offline" },
      { ENT_CONNECTION_COORDINATOR, "ENT_CONNECTION_COORDINATOR", "coordinator" },
      { ENT_CONNECTION_RELAYED, "ENT_CONNECTION_RELAYED", "relayed" },
      { ENT_CONNECTION_DIRECT, "ENT_CONNECTION_DIRECT", "direct" },
      { 0, NULL, NULL },
    };

    g_once_init_leave (&type, g_enum_register_static ("EntConnection", values));
  }
  return type;
}

const char *
ent_connection_get_nick (EntConnection connection)
{
  return connection_nicks[connection];
}

static void
ent_participant_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntParticipant *person = ENT_PARTICIPANT (object);

  switch (id) {
  case PROP_ID:
    g_value_set_string (value, person->id);
    break;
  case PROP_NAME:
    g_value_set_string (value, person->name);
    break;
  case PROP_ROLE:
    g_value_set_int (value, person->role);
    break;
  case PROP_STATE:
    g_value_set_int (value, person->state);
    break;
  case PROP_SEAT:
    g_value_set_boolean (value, person->seat);
    break;
  case PROP_COLOUR:
    g_value_set_uint (value, person->colour);
    break;
  case PROP_IS_ME:
    g_value_set_boolean (value, person->is_me);
    break;
  case PROP_CONNECTION:
    g_value_set_enum (value, person->connection);
    break;
  case PROP_RECONNECTING:
    g_value_set_boolean (value, person->reconnecting);
    break;
  case PROP_MUTED:
    g_value_set_boolean (value, person->muted);
    break;
  case PROP_CAMERA:
    g_value_set_boolean (value, person->camera);
    break;
  case PROP_SHORT_CODE:
    g_value_set_string (value, person->short_code);
    break;
  case PROP_ROUND_TRIP_US:
    g_value_set_int64 (value, person->round_trip_us);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_participant_finalize (GObject *object)
{
  EntParticipant *person = ENT_PARTICIPANT (object);

  g_free (person->id);
  g_free (person->name);
  g_free (person->short_code);
  g_hash_table_unref (person->clients);
  G_OBJECT_CLASS (ent_participant_parent_class)->finalize (object);
}

static void
ent_participant_class_init (EntParticipantClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = ent_participant_get_property;
  object_class->finalize = ent_participant_finalize;
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  props[PROP_ROLE] = g_param_spec_int ("role", NULL, NULL, 0, ENT_ROLE_OBSERVER, 0, flags);
  props[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, ENT_PEER_LOBBY, 0, flags);
  props[PROP_SEAT] = g_param_spec_boolean ("seat", NULL, NULL, FALSE, flags);
  props[PROP_COLOUR] =
    g_param_spec_uint ("colour", NULL, NULL, 0, ENT_PARTICIPANT_N_COLOURS - 1, 0, flags);
  props[PROP_IS_ME] = g_param_spec_boolean ("is-me", NULL, NULL, FALSE, flags);
  props[PROP_CONNECTION] =
    g_param_spec_enum ("connection", NULL, NULL, ENT_TYPE_CONNECTION, ENT_CONNECTION_NONE, flags);
  props[PROP_RECONNECTING] = g_param_spec_boolean ("reconnecting", NULL, NULL, FALSE, flags);
  props[PROP_MUTED] = g_param_spec_boolean ("muted", NULL, NULL, FALSE, flags);
  props[PROP_CAMERA] = g_param_spec_boolean ("camera", NULL, NULL, FALSE, flags);
  props[PROP_SHORT_CODE] = g_param_spec_string ("short-code", NULL, NULL, NULL, flags);
  props[PROP_ROUND_TRIP_US] =
    g_param_spec_int64 ("round-trip-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ent_participant_init (EntParticipant *person)
{
  person->clients = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
}

static gboolean
set_boolean (EntParticipant *person, gboolean *field, gboolean value, guint prop)
{
  value = value != FALSE;
  if (*field == value)
    return FALSE;
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (person), props[prop]);
  return TRUE;
}

EntParticipant *
ent_participant_new (const EntMsgPeer *peer, gboolean is_me)
{
  EntParticipant *person = g_object_new (ENT_TYPE_PARTICIPANT, NULL);

  person->id = g_strdup (peer->id);
  person->is_me = is_me;
  ent_participant_update (person, peer);
  return person;
}

gboolean
ent_participant_update (EntParticipant *person, const EntMsgPeer *peer)
{
  guint n_clients = g_hash_table_size (person->clients);

  if (g_strcmp0 (person->name, peer->name) != 0) {
    g_free (person->name);
    person->name = g_strdup (peer->name);
    g_object_notify_by_pspec (G_OBJECT (person), props[PROP_NAME]);
  }
  if (person->role != (EntRole) peer->role) {
    person->role = peer->role;
    g_object_notify_by_pspec (G_OBJECT (person), props[PROP_ROLE]);
  }
  if (person->state != (EntPeerState) peer->state) {
    person->state = peer->state;
    g_object_notify_by_pspec (G_OBJECT (person), props[PROP_STATE]);
  }
  set_boolean (person, &person->seat, peer->seat, PROP_SEAT);
  if (person->colour != peer->colour % ENT_PARTICIPANT_N_COLOURS) {
    person->colour = peer->colour % ENT_PARTICIPANT_N_COLOURS;
    g_object_notify_by_pspec (G_OBJECT (person), props[PROP_COLOUR]);
  }
  for (guint i = 0; peer->clients != NULL && i < peer->clients->len; i++)
    ent_participant_add_client (person, g_array_index (peer->clients, gint64, i));
  return g_hash_table_size (person->clients) != n_clients;
}

void
ent_participant_add_client (EntParticipant *person, guint64 client)
{
  if (g_hash_table_size (person->clients) < 2 * ENT_MAX_PEER_CLIENTS)
    g_hash_table_add (person->clients, g_memdup2 (&client, sizeof client));
}

void
ent_participant_set_connection (EntParticipant *person, EntConnection connection)
{
  if (person->connection == connection)
    return;
  person->connection = connection;
  g_object_notify_by_pspec (G_OBJECT (person), props[PROP_CONNECTION]);
}

void
ent_participant_set_reconnecting (EntParticipant *person, gboolean reconnecting)
{
  set_boolean (person, &person->reconnecting, reconnecting, PROP_RECONNECTING);
}

void
ent_participant_set_media (EntParticipant *person, gboolean muted, gboolean camera)
{
  set_boolean (person, &person->muted, muted, PROP_MUTED);
  set_boolean (person, &person->camera, camera, PROP_CAMERA);
}

void
ent_participant_set_short_code (EntParticipant *person, const char *code)
{
  if (g_strcmp0 (person->short_code, code) == 0)
    return;
  g_free (person->short_code);
  person->short_code = g_strdup (code);
  g_object_notify_by_pspec (G_OBJECT (person), props[PROP_SHORT_CODE]);
}

void
ent_participant_set_round_trip (EntParticipant *person, gint64 us)
{
  if (person->round_trip_us == us)
    return;
  person->round_trip_us = us;
  g_object_notify_by_pspec (G_OBJECT (person), props[PROP_ROUND_TRIP_US]);
}

const char *
ent_participant_get_id (EntParticipant *person)
{
  return person->id;
}

const char *
ent_participant_get_name (EntParticipant *person)
{
  return person->name;
}

EntRole
ent_participant_get_role (EntParticipant *person)
{
  return person->role;
}

EntPeerState
ent_participant_get_state (EntParticipant *person)
{
  return person->state;
}

gboolean
ent_participant_get_seat (EntParticipant *person)
{
  return person->seat;
}

guint
ent_participant_get_colour (EntParticipant *person)
{
  return person->colour;
}

gboolean
ent_participant_is_me (EntParticipant *person)
{
  return person->is_me;
}

EntConnection
ent_participant_get_connection (EntParticipant *person)
{
  return person->connection;
}

gboolean
ent_participant_get_reconnecting (EntParticipant *person)
{
  return person->reconnecting;
}

gboolean
ent_participant_get_muted (EntParticipant *person)
{
  return person->muted;
}

gboolean
ent_participant_get_camera (EntParticipant *person)
{
  return person->camera;
}

const char *
ent_participant_get_short_code (EntParticipant *person)
{
  return person->short_code;
}

gint64
ent_participant_get_round_trip_us (EntParticipant *person)
{
  return person->round_trip_us;
}

gboolean
ent_participant_has_client (EntParticipant *person, guint64 client)
{
  return g_hash_table_contains (person->clients, &client);
}
