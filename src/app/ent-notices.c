#include "config.h"

#include "ent-notices.h"

#include <glib/gi18n.h>

#include "client/ent-person-socket.h"
#include "ent-wording.h"

/* How often the server is asked while it cannot tell by itself. */
#define POLL_MS 60000
#define MOST 100 /* that are listed */

/* The places in ent_api_notice_nicks. */
typedef enum { BOOKED, MOVED, CANCELLED, DAY_BEFORE, SOON } Kind;

struct _EntNotices {
  GObject parent_instance;

  EntAccount *account;
  EntClock *clock;
  guint poll_id; /* while somebody is signed in */
  EntPersonSocket *socket; /* likewise */
  gboolean is_asking;
  gboolean is_outdated; /* the answer under way may lack what was told meanwhile */
  EntApiNotificationList *list; /* NULL: not known yet */
  char *problem;
  guint unread;
  GCancellable *cancellable; /* of the calls for this person; replaced with the person */
};

G_DEFINE_FINAL_TYPE (EntNotices, ent_notices, G_TYPE_OBJECT)

enum { PROP_0, PROP_UNREAD, PROP_PROBLEM, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { SIGNAL_CHANGED, SIGNAL_ARRIVED, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- words
 * ----------------------------------------------------------------------------------------- */

char *
ent_notices_new_title (const EntApiNotification *notice)
{
  const char *title =
    notice->title != NULL && *notice->title != '\0' ? notice->title : _ ("Interview");

  switch ((Kind) notice->kind) {
  case BOOKED:
    /* Translators: the title of an interview, as in all of these. */
    return g_strdup_printf (_ ("Booked: %s"), title);
  case MOVED:
    return g_strdup_printf (_ ("Moved: %s"), title);
  case CANCELLED:
    return g_strdup_printf (_ ("Cancelled: %s"), title);
  case DAY_BEFORE:
    return g_strdup_printf (_ ("In a day: %s"), title);
  case SOON:
    return g_strdup_printf (_ ("Soon: %s"), title);
  }
  return g_strdup (title);
}

char *
ent_notices_new_body (const EntApiNotification *notice, gint64 now_us)
{
  g_autofree char *when = ent_wording_new_day_time (notice->starts, now_us);

  if (notice->reason == NULL || *notice->reason == '\0')
    return g_steal_pointer (&when);
  return g_strdup_printf (_ ("%s\nReason: %s"), when, notice->reason);
}

gboolean
ent_notices_is_soon (const EntApiNotification *notice, gint64 now_us)
{
  return notice->kind == SOON && now_us < notice->starts;
}

/* --- the list
 * -------------------------------------------------------------------------------------- */

static void
set_problem (EntNotices *self, const char *problem)
{
  if (g_strcmp0 (self->problem, problem) == 0)
    return;
  g_free (self->problem);
  self->problem = g_strdup (problem);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PROBLEM]);
}

static void
count_unread (EntNotices *self)
{
  guint unread = 0;

  for (guint i = 0; self->list != NULL && i < self->list->items->len; i++) {
    const EntApiNotification *notice = g_ptr_array_index (self->list->items, i);

    unread += notice->read == 0;
  }
  if (self->unread == unread)
    return;
  self->unread = unread;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNREAD]);
}

static gboolean
has_notice (const EntApiNotificationList *list, const char *id)
{
  for (guint i = 0; i < list->items->len; i++) {
    const EntApiNotification *notice = g_ptr_array_index (list->items, i);

    if (g_str_equal (notice->id, id))
      return TRUE;
  }
  return FALSE;
}

/* Of what came before the app was started only what is still to come is told. */
static gboolean
has_arrived (EntNotices *self,
  const EntApiNotificationList *old,
  const EntApiNotification *notice,
  gint64 now_us)
{
  if (notice->read != 0)
    return FALSE;
  return old != NULL ? !has_notice (old, notice->id) : ent_notices_is_soon (notice, now_us);
}

void
ent_notices_take (EntNotices *self, EntApiNotificationList *list)
{
  g_autoptr (EntApiNotificationList) old = NULL;
  g_autoptr (GPtrArray) items = NULL;
  gint64 now_us;

  g_return_if_fail (ENT_IS_NOTICES (self));

  if (list->items == NULL)
    list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_notification_free);
  old = g_steal_pointer (&self->list);
  self->list = list;
  now_us = ent_clock_get_wall_us (self->clock);
  set_problem (self, NULL);
  count_unread (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  /* The oldest first; whoever is told may make the list another one. */
  items = g_ptr_array_ref (list->items);
  for (guint i = items->len; i > 0; i--) {
    const EntApiNotification *notice = g_ptr_array_index (items, i - 1);

    if (has_arrived (self, old, notice, now_us))
      g_signal_emit (self, signals[SIGNAL_ARRIVED], 0, notice);
  }
}

/* --- being told
 * ------------------------------------------------------------------------------------ */

/* The newest is first; of those of one moment whichever was told last. */
static guint
find_place (const GPtrArray *items, const EntApiNotification *notice)
{
  guint place = 0;

  while (place < items->len &&
         ((const EntApiNotification *) g_ptr_array_index (items, place))->at > notice->at)
    place++;
  return place;
}

void
ent_notices_tell (EntNotices *self, const EntApiNotification *notice)
{
  EntApiNotification *own;

  g_return_if_fail (ENT_IS_NOTICES (self));

  self->is_outdated = self->is_asking;
  if (self->list == NULL || has_notice (self->list, notice->id))
    return;
  own = ent_struct_copy (&ent_api_notification_struct, notice);
  g_ptr_array_insert (self->list->items, find_place (self->list->items, own), own);
  if (self->list->items->len > MOST)
    g_ptr_array_set_size (self->list->items, MOST);
  count_unread (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
  if (notice->read == 0)
    g_signal_emit (self, signals[SIGNAL_ARRIVED], 0, notice);
}

static void
notice_cb (EntPersonSocket *socket, const EntApiNotification *notice, gpointer data)
{
  ent_notices_tell (ENT_NOTICES (data), notice);
}

/* What was told before it opened stands in the list, and so does what was told last before it was
 * lost; asking also finds out whether the person is still signed in. */
static void
socket_changed_cb (EntPersonSocket *socket, GParamSpec *pspec, gpointer data)
{
  ent_notices_refresh (ENT_NOTICES (data));
}

static void
listen (EntNotices *self)
{
  self->socket = ent_person_socket_new (ent_account_get_client (self->account), self->clock);
  g_signal_connect_object (self->socket, "notice", G_CALLBACK (notice_cb), self, 0);
  g_signal_connect_object (
    self->socket, "notify::is-open", G_CALLBACK (socket_changed_cb), self, 0);
}

static void
stop_listening (EntNotices *self)
{
  if (self->socket != NULL)
    g_object_run_dispose (G_OBJECT (self->socket));
  g_clear_object (&self->socket);
}

/* --- asking
 * ---------------------------------------------------------------------------------------- */

static void
got_list_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntNotices) self = data;
  g_autoptr (GError) error = NULL;
  gpointer list = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &list, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->is_asking = FALSE;
  if (self->is_outdated && list != NULL) {
    ent_api_notification_list_free (list);
    ent_notices_refresh (self);
    return;
  }
  self->is_outdated = FALSE;
  if (list != NULL)
    ent_notices_take (self, list);
  else
    set_problem (self, error != NULL ? error->message : NULL);
}

void
ent_notices_refresh (EntNotices *self)
{
  EntClient *client;

  g_return_if_fail (ENT_IS_NOTICES (self));

  client = ent_account_get_client (self->account);
  if (client == NULL)
    return;
  if (self->is_asking) {
    self->is_outdated = TRUE;
    return;
  }
  self->is_asking = TRUE;
  self->is_outdated = FALSE;
  ent_client_call_async (client, "GET", "/api/notifications?limit=" G_STRINGIFY (MOST), NULL, NULL,
    &ent_api_notification_list_struct, TRUE, self->cancellable, got_list_cb, g_object_ref (self));
}

static gboolean
poll_cb (gpointer data)
{
  EntNotices *self = data;

  if (!ent_person_socket_is_open (self->socket))
    ent_notices_refresh (self);
  return G_SOURCE_CONTINUE;
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntNotices) self = data;
  g_autoptr (GError) error = NULL;

  /* What could not be told is asked for again: then it counts as new once more. */
  if (!ent_client_call_finish (ENT_CLIENT (source), result, NULL, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    set_problem (self, error->message);
}

void
ent_notices_mark_read (EntNotices *self, const char *id)
{
  EntClient *client;
  gint64 now_us;
  gboolean is_changed = FALSE;

  g_return_if_fail (ENT_IS_NOTICES (self));

  client = ent_account_get_client (self->account);
  now_us = ent_clock_get_wall_us (self->clock);
  for (guint i = 0; self->list != NULL && i < self->list->items->len; i++) {
    EntApiNotification *notice = g_ptr_array_index (self->list->items, i);

    if (notice->read != 0 || (id != NULL && !g_str_equal (notice->id, id)))
      continue;
    notice->read = now_us;
    is_changed = TRUE;
  }
  if (!is_changed)
    return;
  if (client != NULL)
    ent_client_call_async (client, "POST", "/api/notifications/read", &ent_api_read_struct,
      &(EntApiRead){ .id = (char *) id }, NULL, TRUE, self->cancellable, read_cb,
      g_object_ref (self));
  count_unread (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
account_changed_cb (EntAccount *account, GParamSpec *pspec, gpointer data)
{
  EntNotices *self = data;
  gboolean is_signed_in = ent_account_get_state (account) == ENT_ACCOUNT_SIGNED_IN;

  if (is_signed_in == (self->poll_id != 0))
    return;
  if (is_signed_in) {
    self->poll_id = ent_clock_add (self->clock, POLL_MS, poll_cb, self);
    listen (self);
    ent_notices_refresh (self);
    return;
  }
  ent_clock_remove (self->clock, self->poll_id);
  self->poll_id = 0;
  stop_listening (self);
  self->is_asking = FALSE;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->list, ent_api_notification_list_free);
  set_problem (self, NULL);
  count_unread (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static void
ent_notices_dispose (GObject *object)
{
  EntNotices *self = ENT_NOTICES (object);

  if (self->poll_id != 0)
    ent_clock_remove (self->clock, self->poll_id);
  self->poll_id = 0;
  stop_listening (self);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_notices_parent_class)->dispose (object);
}

static void
ent_notices_finalize (GObject *object)
{
  EntNotices *self = ENT_NOTICES (object);

  g_clear_pointer (&self->list, ent_api_notification_list_free);
  g_free (self->problem);
  ent_clock_unref (self->clock);

  G_OBJECT_CLASS (ent_notices_parent_class)->finalize (object);
}

static void
ent_notices_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntNotices *self = ENT_NOTICES (object);

  switch (id) {
  case PROP_UNREAD:
    g_value_set_uint (value, self->unread);
    break;
  case PROP_PROBLEM:
    g_value_set_string (value, self->problem);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_notices_class_init (EntNoticesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = ent_notices_dispose;
  object_class->finalize = ent_notices_finalize;
  object_class->get_property = ent_notices_get_property;

  props[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0, flags);
  props[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_CHANGED] = g_signal_new (
    "changed", ENT_TYPE_NOTICES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ARRIVED] = g_signal_new ("arrived", ENT_TYPE_NOTICES, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
ent_notices_init (EntNotices *self)
{
  self->cancellable = g_cancellable_new ();
}

EntNotices *
ent_notices_new (EntAccount *account, EntClock *clock)
{
  EntNotices *self = g_object_new (ENT_TYPE_NOTICES, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  g_signal_connect_object (account, "notify::state", G_CALLBACK (account_changed_cb), self, 0);
  account_changed_cb (account, NULL, self);
  return self;
}

const GPtrArray *
ent_notices_get_list (EntNotices *self)
{
  g_return_val_if_fail (ENT_IS_NOTICES (self), NULL);
  return self->list != NULL ? self->list->items : NULL;
}

guint
ent_notices_get_unread (EntNotices *self)
{
  g_return_val_if_fail (ENT_IS_NOTICES (self), 0);
  return self->unread;
}

const char *
ent_notices_get_problem (EntNotices *self)
{
  g_return_val_if_fail (ENT_IS_NOTICES (self), NULL);
  return self->problem;
}
