#include "room/ent-chat-message.h"

#include <glib/gi18n-lib.h>

#include "room/ent-room-items-private.h"

struct _EntChatMessage {
  GObject parent_instance;

  char *id;
  char *text;
  EntParticipant *author; /* may be NULL */
  gint64 time_us;
  guint64 client;
  guint32 clock;
};

G_DEFINE_FINAL_TYPE (EntChatMessage, ent_chat_message, G_TYPE_OBJECT)

enum {
  PROP_ID = 1,
  PROP_TEXT,
  PROP_AUTHOR,
  PROP_AUTHOR_NAME,
  PROP_TIME_US,
  PROP_IS_MINE,
  N_PROPS,
};
static GParamSpec *props[N_PROPS];

static void
ent_chat_message_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntChatMessage *message = ENT_CHAT_MESSAGE (object);

  switch (id) {
  case PROP_ID:
    g_value_set_string (value, message->id);
    break;
  case PROP_TEXT:
    g_value_set_string (value, message->text);
    break;
  case PROP_AUTHOR:
    g_value_set_object (value, message->author);
    break;
  case PROP_AUTHOR_NAME:
    g_value_set_string (value, ent_chat_message_get_author_name (message));
    break;
  case PROP_TIME_US:
    g_value_set_int64 (value, message->time_us);
    break;
  case PROP_IS_MINE:
    g_value_set_boolean (value, ent_chat_message_is_mine (message));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_chat_message_finalize (GObject *object)
{
  EntChatMessage *message = ENT_CHAT_MESSAGE (object);

  g_free (message->id);
  g_free (message->text);
  g_clear_object (&message->author);
  G_OBJECT_CLASS (ent_chat_message_parent_class)->finalize (object);
}

static void
ent_chat_message_class_init (EntChatMessageClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = ent_chat_message_get_property;
  object_class->finalize = ent_chat_message_finalize;
  props[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  props[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  props[PROP_AUTHOR] = g_param_spec_object ("author", NULL, NULL, ENT_TYPE_PARTICIPANT, flags);
  props[PROP_AUTHOR_NAME] = g_param_spec_string ("author-name", NULL, NULL, NULL, flags);
  props[PROP_TIME_US] = g_param_spec_int64 ("time-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  props[PROP_IS_MINE] = g_param_spec_boolean ("is-mine", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ent_chat_message_init (EntChatMessage *message)
{
}

EntChatMessage *
ent_chat_message_new (const char *id,
  const char *text,
  EntParticipant *author,
  gint64 time_us,
  guint64 client,
  guint32 clock)
{
  EntChatMessage *message = g_object_new (ENT_TYPE_CHAT_MESSAGE, NULL);

  message->id = g_strdup (id);
  message->text = g_strdup (text);
  g_set_object (&message->author, author);
  message->time_us = time_us;
  message->client = client;
  message->clock = clock;
  return message;
}

const char *
ent_chat_message_get_id (EntChatMessage *message)
{
  return message->id;
}

const char *
ent_chat_message_get_text (EntChatMessage *message)
{
  return message->text;
}

EntParticipant *
ent_chat_message_get_author (EntChatMessage *message)
{
  return message->author;
}

const char *
ent_chat_message_get_author_name (EntChatMessage *message)
{
  return message->author != NULL ? ent_participant_get_name (message->author) : _ ("Somebody");
}

gint64
ent_chat_message_get_time_us (EntChatMessage *message)
{
  return message->time_us;
}

gboolean
ent_chat_message_is_mine (EntChatMessage *message)
{
  return message->author != NULL && ent_participant_is_me (message->author);
}

guint64
ent_chat_message_get_client (EntChatMessage *message)
{
  return message->client;
}

guint32
ent_chat_message_get_clock (EntChatMessage *message)
{
  return message->clock;
}
