#include "config.h"

#include "client/ent-client.h"

#include <glib/gi18n-lib.h>

#include "base/ent-secret.h"
#include "client/ent-client-private.h"
#include "client/ent-client-wording.h"
#include "client/ent-pinning.h"
#include "protocol/ent-link-uri.h"
#include "protocol/ent-limits.h"

#define TIMEOUT_S 20
#define RENEW_BEFORE_US (30 * G_USEC_PER_SEC)

G_DEFINE_FINAL_TYPE (EntClient, ent_client, G_TYPE_OBJECT)

enum { PROP_PLACE = 1, PROP_SIGNED_IN, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { REFRESH_TOKEN_CHANGED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Tokens */

void
ent_client_take_tokens (EntClient *client, const EntApiTokens *tokens)
{
  gboolean was_signed_in = client->refresh != NULL;

  g_clear_pointer (&client->access, ent_secret_free);
  g_clear_pointer (&client->refresh, ent_secret_free);
  client->access = g_strdup (tokens->access);
  client->refresh = g_strdup (tokens->refresh);
  client->access_number++;
  client->access_ends_us =
    g_get_monotonic_time () + tokens->expires_in * G_USEC_PER_SEC - RENEW_BEFORE_US;
  g_signal_emit (client, signals[REFRESH_TOKEN_CHANGED], 0, client->refresh);
  if (!was_signed_in)
    g_object_notify_by_pspec (G_OBJECT (client), props[PROP_SIGNED_IN]);
}

void
ent_client_take_up (EntClient *client, const char *refresh)
{
  gboolean was_signed_in = client->refresh != NULL;

  client->sign_in++;
  g_clear_pointer (&client->access, ent_secret_free);
  g_clear_pointer (&client->refresh, ent_secret_free);
  client->refresh = g_strdup (refresh);
  if (!was_signed_in)
    g_object_notify_by_pspec (G_OBJECT (client), props[PROP_SIGNED_IN]);
}

void
ent_client_forget_tokens (EntClient *client)
{
  gboolean was_signed_in = client->refresh != NULL;

  client->sign_in++;
  g_clear_pointer (&client->access, ent_secret_free);
  g_clear_pointer (&client->refresh, ent_secret_free);
  if (!was_signed_in)
    return;
  g_signal_emit (client, signals[REFRESH_TOKEN_CHANGED], 0, NULL);
  g_object_notify_by_pspec (G_OBJECT (client), props[PROP_SIGNED_IN]);
}

gboolean
ent_client_is_session (const EntApiTokens *tokens)
{
  return tokens->access != NULL && tokens->refresh != NULL;
}

/* The calls by name */

void
ent_client_check_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  ent_client_call_async (client, "GET", "/health", NULL, NULL, &ent_api_health_struct, FALSE,
    cancellable, callback, data);
}

static gboolean
speaks_our_protocol (const EntApiHealth *health)
{
  if (health->protocols == NULL)
    return TRUE;
  for (guint i = 0; i < health->protocols->len; i++)
    if (g_array_index (health->protocols, gint64, i) == ENT_PROTOCOL_VERSION)
      return TRUE;
  return FALSE;
}

EntApiHealth *
ent_client_check_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  g_autoptr (EntApiHealth) health = ent_client_finish_with_answer (client, result, error);

  if (health == NULL)
    return NULL;
  if (!speaks_our_protocol (health)) {
    g_set_error (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_NEWER_SERVER,
      _ ("%s runs Entrevue %s, which is too new for this version of the app. Update the app, then "
         "try again."),
      client->origin, health->version);
    return NULL;
  }
  return g_steal_pointer (&health);
}

void
ent_client_get_me_async (EntClient *client,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  ent_client_call_async (
    client, "GET", "/api/me", NULL, NULL, &ent_api_me_struct, TRUE, cancellable, callback, data);
}

EntApiMe *
ent_client_get_me_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  return ent_client_finish_with_answer (client, result, error);
}

void
ent_client_list_interviews_async (EntClient *client,
  const char *when,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autofree char *path = g_strdup_printf ("/api/interviews/my?when=%s", when);

  ent_client_call_async (client, "GET", path, NULL, NULL, &ent_api_interview_list_struct, TRUE,
    cancellable, callback, data);
}

EntApiInterviewList *
ent_client_list_interviews_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  return ent_client_finish_with_answer (client, result, error);
}

/* Joining binds an invitation to this device, so it is first asked whether the app and the server
 * understand each other. Consumes the call. */
static void
join_checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) call = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiHealth) health = ent_client_check_finish (ENT_CLIENT (source), result, &error);

  if (g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_NEWER_SERVER) ||
      g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (call, g_steal_pointer (&error));
  else
    ent_client_start_call (g_steal_pointer (&call));
}

void
ent_client_join_async (EntClient *client,
  const char *room,
  const EntApiJoin *body,
  GCancellable *cancellable,
  GAsyncReadyCallback callback,
  gpointer data)
{
  g_autofree char *path = g_strdup_printf ("/api/rooms/%s/join", room);
  GTask *call = ent_client_new_call (client, "POST", path, &ent_api_join_struct, body,
    &ent_api_joined_struct, body->invite == NULL, cancellable, callback, data);

  ent_client_check_async (client, cancellable, join_checked_cb, call);
}

EntApiJoined *
ent_client_join_finish (EntClient *client, GAsyncResult *result, GError **error)
{
  GError *failure = NULL;
  EntApiJoined *joined = ent_client_finish_with_answer (client, result, &failure);
  const char *sentence = ent_client_wording_get_for_join (ent_client_error_get_code (failure));

  if (sentence != NULL) {
    g_free (failure->message);
    failure->message = g_strdup (sentence);
  }
  if (failure != NULL)
    g_propagate_error (error, failure);
  return joined;
}

/* Object */

static void
ent_client_dispose (GObject *object)
{
  EntClient *client = ENT_CLIENT (object);

  if (client->session != NULL)
    soup_session_abort (client->session);
  G_OBJECT_CLASS (ent_client_parent_class)->dispose (object);
}

static void
ent_client_finalize (GObject *object)
{
  EntClient *client = ENT_CLIENT (object);

  g_clear_object (&client->session);
  g_clear_pointer (&client->access, ent_secret_free);
  g_clear_pointer (&client->ticket, ent_secret_free);
  g_clear_pointer (&client->refresh, ent_secret_free);
  g_free (client->origin);
  g_free (client->place);
  G_OBJECT_CLASS (ent_client_parent_class)->finalize (object);
}

static void
ent_client_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntClient *client = ENT_CLIENT (object);

  switch (id) {
  case PROP_PLACE:
    g_value_set_string (value, client->place);
    break;
  case PROP_SIGNED_IN:
    g_value_set_boolean (value, client->refresh != NULL);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_client_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  EntClient *client = ENT_CLIENT (object);

  switch (id) {
  case PROP_PLACE:
    client->place = g_value_dup_string (value);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_client_constructed (GObject *object)
{
  EntClient *client = ENT_CLIENT (object);
  g_autofree char *pin = NULL;

  client->origin = ent_place_split (client->place, &pin);
  ent_pinning_prepare (client->session, pin);
  G_OBJECT_CLASS (ent_client_parent_class)->constructed (object);
}

static void
ent_client_class_init (EntClientClass *class)
{
  GObjectClass *object_class = G_OBJECT_CLASS (class);

  object_class->constructed = ent_client_constructed;
  object_class->dispose = ent_client_dispose;
  object_class->finalize = ent_client_finalize;
  object_class->get_property = ent_client_get_property;
  object_class->set_property = ent_client_set_property;

  props[PROP_PLACE] = g_param_spec_string (
    "place", NULL, NULL, NULL, G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  props[PROP_SIGNED_IN] = g_param_spec_boolean (
    "signed-in", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[REFRESH_TOKEN_CHANGED] = g_signal_new ("refresh-token-changed", ENT_TYPE_CLIENT,
    G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
ent_client_init (EntClient *client)
{
  client->session = soup_session_new ();
  soup_session_set_timeout (client->session, TIMEOUT_S);
  soup_session_set_user_agent (client->session, "Entrevue/" ENT_VERSION);
}

EntClient *
ent_client_new (const char *place)
{
  return g_object_new (ENT_TYPE_CLIENT, "place", place, NULL);
}

const char *
ent_client_get_place (EntClient *client)
{
  return client->place;
}

const char *
ent_client_get_origin (EntClient *client)
{
  return client->origin;
}

gboolean
ent_client_is_signed_in (EntClient *client)
{
  return client->refresh != NULL;
}
