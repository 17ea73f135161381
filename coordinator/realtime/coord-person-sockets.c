#include "realtime/coord-person-sockets.h"

#include <string.h>

#include "protocol/ent-api-schedule.h"
#include "protocol/ent-message.h"
#include "protocol/ent-msg-session.h"
#include "service/coord-token.h"
#include "store/coord-error.h"
#include "store/coord-notice-store.h"

const CoordSocketLimits coord_person_socket_limits = {
  .max_message_bytes = 8 * 1024,
  .max_messages_per_s = 5,
  .max_queue_bytes = 64 * 1024,
};

struct _CoordPersonSockets {
  CoordDbPool *pool;
  CoordEvents *events;
  EntClock *clock;
  const CoordSecrets *secrets;
  guint subscription;
  guint timer;
  GHashTable *people; /* a person's id -> GPtrArray of Link, borrowed */
  GQueue links; /* Link, borrowed; who is looked at next is first */
  GPtrArray *checks; /* Check under way, borrowed */
  gboolean is_looking;
};

/* One socket of somebody. */
typedef struct {
  grefcount refs; /* the socket's, and those of checks under way */
  CoordPersonSockets *sockets; /* NULL once closed */
  CoordCaller *caller;
  CoordSocket *socket;
  GList place; /* in links */
} Link;

/* Asks in a reader whether the sign-ins of some sockets last; with a notification also what it
 * says. */
typedef struct {
  CoordPersonSockets *sockets; /* NULL: freed meanwhile */
  GPtrArray *links;
  GPtrArray *callers; /* copies, for the worker */
  GArray *is_over; /* gboolean, for each of them */
  char *person_id; /* NULL: just a look */
  char *notification_id;
} Check;

/* Links. */

static void
link_unref (gpointer data)
{
  Link *link = data;

  if (!g_ref_count_dec (&link->refs))
    return;
  coord_caller_free (link->caller);
  coord_socket_unref (link->socket);
  g_free (link);
}

static Link *
link_ref (Link *link)
{
  g_ref_count_inc (&link->refs);
  return link;
}

static void
remove_link (Link *link)
{
  CoordPersonSockets *sockets = link->sockets;
  GPtrArray *own = g_hash_table_lookup (sockets->people, link->caller->user_id);

  g_queue_unlink (&sockets->links, &link->place);
  g_ptr_array_remove_fast (own, link);
  if (own->len == 0)
    g_hash_table_remove (sockets->people, link->caller->user_id);
  link->sockets = NULL;
}

static void
send (Link *link, EntPersonKind kind, gint64 re, gconstpointer data)
{
  g_autofree char *text = ent_person_message_encode (kind, 0, re, data);

  coord_socket_send_string (link->socket, text);
}

static void
refuse (Link *link, gint64 re, const GError *error)
{
  const EntMsgError message = { (char *) coord_error_get_code (error), error->message };

  send (link, ENT_PERSON_ERROR, re, &message);
  coord_socket_close (link->socket, COORD_CLOSE_NOT_SIGNED_IN, "Sign in again.");
}

/* The same person, from the same sign-in, has a new access token. */
static void
renew (Link *link, const EntMessage *message)
{
  CoordPersonSockets *sockets = link->sockets;
  const EntMsgAuth *auth = message->data;
  g_autoptr (GError) error = NULL;
  g_autoptr (CoordCaller) caller = coord_token_verify (
    sockets->secrets, auth->access, ent_clock_get_wall_us (sockets->clock), &error);

  if (caller != NULL && (strcmp (caller->user_id, link->caller->user_id) != 0 ||
                          strcmp (caller->family_id, link->caller->family_id) != 0))
    g_set_error_literal (&error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN,
      "This is the access of another sign-in. Open another socket.");
  if (error != NULL) {
    refuse (link, message->id, error);
    return;
  }
  link->caller->credential_version = caller->credential_version;
  link->caller->expires_at_us = caller->expires_at_us;
  send (link, ENT_PERSON_WELCOME, message->id, NULL);
}

static void
message_cb (CoordSocket *socket, gboolean is_text, GBytes *bytes, gpointer data)
{
  Link *link = data;
  gsize size;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (EntMessage) message = is_text ? ent_person_message_decode (text, size, NULL) : NULL;

  if (message == NULL) {
    coord_socket_close (socket, COORD_CLOSE_BAD_MESSAGE, "This is no message of this socket.");
    return;
  }
  switch ((EntPersonKind) message->kind) {
  case ENT_PERSON_AUTH:
    renew (link, message);
    break;
  case ENT_PERSON_WELCOME:
  case ENT_PERSON_NOTICE:
  case ENT_PERSON_ERROR:
    coord_socket_close (socket, COORD_CLOSE_BAD_MESSAGE, "Only the server says this.");
    break;
  case ENT_PERSON_UNKNOWN:
    break;
  }
}

static void
closed_cb (CoordSocket *socket, guint code, const char *reason, gpointer data)
{
  Link *link = data;

  if (link->sockets != NULL)
    remove_link (link);
}

static const CoordSocketEvents link_events = { message_cb, closed_cb };

/* Checks. */

static void
check_free (Check *check)
{
  if (check->sockets != NULL)
    g_ptr_array_remove_fast (check->sockets->checks, check);
  g_ptr_array_unref (check->links);
  g_ptr_array_unref (check->callers);
  g_array_unref (check->is_over);
  g_free (check->person_id);
  g_free (check->notification_id);
  g_free (check);
}

/* Runs in a reader. Returns the notification, when one is asked for and is still there. */
static gpointer
check_cb (CoordDb *db, gpointer data, GError **error)
{
  Check *check = data;

  for (guint i = 0; i < check->callers->len; i++) {
    g_autoptr (GError) failure = NULL;

    if (coord_caller_check (db, check->callers->pdata[i], NULL, 0, &failure))
      continue;
    if (!g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN)) {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
    g_array_index (check->is_over, gboolean, i) = TRUE;
  }
  return check->person_id != NULL
           ? coord_notification_store_find (db, check->person_id, check->notification_id, error)
           : NULL;
}

/* Whoever was renewed meanwhile is asked again at the next look. */
static gboolean
is_over (const Check *check, guint i)
{
  const Link *link = check->links->pdata[i];
  const CoordCaller *asked = check->callers->pdata[i];

  return g_array_index (check->is_over, gboolean, i) &&
         asked->credential_version == link->caller->credential_version;
}

static void
checked_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Check *check = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiNotification) notification = coord_db_pool_finish (result, &error);

  if (check->sockets != NULL && check->person_id == NULL)
    check->sockets->is_looking = FALSE;
  for (guint i = 0; i < check->links->len; i++) {
    Link *link = check->links->pdata[i];

    if (link->sockets == NULL)
      continue;
    if (is_over (check, i))
      coord_socket_close (link->socket, COORD_CLOSE_NOT_SIGNED_IN, "This sign-in has ended.");
    else if (error != NULL && check->person_id != NULL)
      coord_socket_close (link->socket, COORD_CLOSE_TRY_AGAIN, "Something was missed: look again.");
    else if (notification != NULL)
      send (link, ENT_PERSON_NOTICE, 0, notification);
  }
  check_free (check);
}

static Check *
check_new (CoordPersonSockets *sockets)
{
  Check *check = g_new0 (Check, 1);

  check->sockets = sockets;
  check->links = g_ptr_array_new_with_free_func (link_unref);
  check->callers = g_ptr_array_new_with_free_func ((GDestroyNotify) coord_caller_free);
  check->is_over = g_array_new (FALSE, TRUE, sizeof (gboolean));
  g_ptr_array_add (sockets->checks, check);
  return check;
}

static void
check_add (Check *check, Link *link)
{
  g_ptr_array_add (check->links, link_ref (link));
  g_ptr_array_add (check->callers, coord_caller_copy (link->caller));
}

static void
check_start (Check *check)
{
  g_array_set_size (check->is_over, check->links->len);
  coord_db_pool_read_async (check->sockets->pool, check_cb, check, NULL,
    (GDestroyNotify) ent_api_notification_free, NULL, checked_cb, check);
}

/* Telling, and looking. */

static void
event_cb (const CoordEvent *event, gpointer data)
{
  CoordPersonSockets *sockets = data;
  GPtrArray *own = event->kind == COORD_EVENT_PERSON_TOLD
                     ? g_hash_table_lookup (sockets->people, event->participant_id)
                     : NULL;
  Check *check;

  if (own == NULL)
    return;
  check = check_new (sockets);
  check->person_id = g_strdup (event->participant_id);
  check->notification_id = g_strdup (event->device_hash);
  for (guint i = 0; i < own->len; i++)
    check_add (check, own->pdata[i]);
  check_start (check);
}

static gboolean
look_cb (gpointer data)
{
  CoordPersonSockets *sockets = data;
  gint64 now_us = ent_clock_get_wall_us (sockets->clock);
  guint count = MIN (sockets->links.length, COORD_PERSON_LOOK_SOCKETS);
  Check *check;

  for (GList *l = sockets->links.head; l != NULL; l = l->next) {
    Link *link = l->data;

    if (link->caller->expires_at_us <= now_us)
      coord_socket_close (
        link->socket, COORD_CLOSE_NOT_SIGNED_IN, "Your access has expired: refresh it.");
  }
  if (sockets->is_looking || count == 0)
    return G_SOURCE_CONTINUE;
  sockets->is_looking = TRUE;
  check = check_new (sockets);
  for (guint i = 0; i < count; i++) {
    GList *first = g_queue_pop_head_link (&sockets->links);

    check_add (check, first->data);
    g_queue_push_tail_link (&sockets->links, first);
  }
  check_start (check);
  return G_SOURCE_CONTINUE;
}

/* Coming and going. */

CoordPersonSockets *
coord_person_sockets_new (CoordDbPool *pool,
  CoordEvents *events,
  EntClock *clock,
  const CoordSecrets *secrets)
{
  CoordPersonSockets *sockets = g_new0 (CoordPersonSockets, 1);

  sockets->pool = pool;
  sockets->events = events;
  sockets->clock = clock;
  sockets->secrets = secrets;
  sockets->people =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  g_queue_init (&sockets->links);
  sockets->checks = g_ptr_array_new ();
  sockets->subscription = coord_events_subscribe (events, event_cb, sockets);
  sockets->timer = ent_clock_add (clock, COORD_PERSON_LOOK_MS, look_cb, sockets);
  return sockets;
}

void
coord_person_sockets_free (CoordPersonSockets *sockets)
{
  GList *first;

  coord_events_unsubscribe (sockets->events, sockets->subscription);
  ent_clock_remove (sockets->clock, sockets->timer);
  for (guint i = 0; i < sockets->checks->len; i++)
    ((Check *) sockets->checks->pdata[i])->sockets = NULL;
  while ((first = sockets->links.head) != NULL)
    remove_link (first->data);
  g_ptr_array_unref (sockets->checks);
  g_hash_table_unref (sockets->people);
  g_free (sockets);
}

void
coord_person_sockets_add (CoordPersonSockets *sockets, CoordCaller *caller, CoordSocket *socket)
{
  GPtrArray *own = g_hash_table_lookup (sockets->people, caller->user_id);
  Link *link;

  if (own != NULL && own->len >= COORD_PERSON_MAX_SOCKETS) {
    coord_socket_close (socket, COORD_CLOSE_TRY_AGAIN, "You have too many of these open.");
    coord_caller_free (caller);
    return;
  }
  if (own == NULL) {
    own = g_ptr_array_new ();
    g_hash_table_insert (sockets->people, g_strdup (caller->user_id), own);
  }
  link = g_new0 (Link, 1);
  g_ref_count_init (&link->refs);
  link->sockets = sockets;
  link->caller = caller;
  link->socket = coord_socket_ref (socket);
  link->place.data = link;
  g_ptr_array_add (own, link);
  g_queue_push_tail_link (&sockets->links, &link->place);
  coord_socket_set_events (socket, &link_events, link, link_unref);
  send (link, ENT_PERSON_WELCOME, 0, NULL);
}

guint
coord_person_sockets_count (CoordPersonSockets *sockets)
{
  return sockets->links.length;
}
