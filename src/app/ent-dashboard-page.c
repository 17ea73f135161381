#include "config.h"

#include "ent-dashboard-page.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-interview-row.h"
#include "ent-load-view.h"
#include "ent-notice-bar.h"
#include "ent-wording.h"

/* How often the rows look at the clock, so that a way in opens in time. */
#define TICK_MS 15000

struct _EntDashboardPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  GtkSpinner *spinner;
  EntNoticeBar *notice;
  EntNoticeBar *unconfirmed; /* the address of who is signed in */
  EntLoadView *view;
  GtkStack *stack; /* of what there is to show */
  GtkListBox *upcoming_list;
  GtkListBox *past_list;
  GtkWidget *past_group;
  GtkWidget *bell;
  GtkLabel *unread_label;

  EntAccount *account;
  EntClock *clock;
  guint tick_id;
  GListStore *upcoming; /* EntInterview */
  GListStore *past;
  gboolean has_lists; /* the server has answered once */
  gint64 answered_us;
  GCancellable *refresh; /* of the refresh under way, else NULL */
};

G_DEFINE_FINAL_TYPE (EntDashboardPage, ent_dashboard_page, ADW_TYPE_BIN)

enum { PROP_0, PROP_UNREAD, N_PROPS };
static GParamSpec *props[N_PROPS];

static void
show_lists (EntDashboardPage *self)
{
  guint n_past = g_list_model_get_n_items (G_LIST_MODEL (self->past));
  guint n_upcoming = g_list_model_get_n_items (G_LIST_MODEL (self->upcoming));

  gtk_widget_set_visible (self->past_group, n_past > 0);
  gtk_stack_set_visible_child_name (self->stack, n_past + n_upcoming > 0 ? "lists" : "empty");
  if (self->has_lists)
    ent_load_view_show_content (self->view);
  else
    ent_load_view_show_loading (self->view);
}

/* What is shown already stays, and with it the keyboard's place and an open menu. */
static void
fill_place (GListStore *store, guint place, EntInterview *interview, gint64 now_us)
{
  g_autoptr (EntInterview) shown = g_list_model_get_item (G_LIST_MODEL (store), place);

  if (shown && ent_interview_equal (shown, interview))
    ent_interview_update (shown, now_us);
  else
    g_list_store_splice (store, place, shown ? 1 : 0, (gpointer *) &interview, 1);
}

static void
fill (GListStore *store, const EntApiInterviewList *list, gint64 now_us)
{
  guint n = list->items ? list->items->len : 0;
  guint n_shown;

  for (guint i = 0; i < n; i++) {
    g_autoptr (EntInterview) interview =
      ent_interview_new (g_ptr_array_index (list->items, i), now_us);

    fill_place (store, i, interview, now_us);
  }
  n_shown = g_list_model_get_n_items (G_LIST_MODEL (store));
  g_list_store_splice (store, n, n_shown - n, NULL, 0);
}

void
ent_dashboard_page_take_lists (EntDashboardPage *self,
  const EntApiInterviewList *upcoming,
  const EntApiInterviewList *past)
{
  gint64 now_us;

  g_return_if_fail (ENT_IS_DASHBOARD_PAGE (self));

  now_us = ent_clock_get_wall_us (self->clock);
  fill (self->upcoming, upcoming, now_us);
  fill (self->past, past, now_us);
  self->has_lists = TRUE;
  self->answered_us = now_us;
  ent_notice_bar_set_sentence (self->notice, NULL);
  show_lists (self);
}

void
ent_dashboard_page_clear (EntDashboardPage *self)
{
  g_return_if_fail (ENT_IS_DASHBOARD_PAGE (self));

  g_cancellable_cancel (self->refresh);
  g_list_store_remove_all (self->upcoming);
  g_list_store_remove_all (self->past);
  self->has_lists = FALSE;
  ent_notice_bar_set_sentence (self->notice, NULL);
  show_lists (self);
}

/* --- refresh: upcoming, then past ----------------------------------------------------------------
 */

static void
show_busy (EntDashboardPage *self, gboolean is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
}

typedef struct {
  EntDashboardPage *page;
  GCancellable *cancellable;
  EntApiInterviewList *upcoming;
} Refresh;

static void
refresh_free (Refresh *refresh)
{
  EntDashboardPage *page = refresh->page;

  if (page->refresh == refresh->cancellable) {
    g_clear_object (&page->refresh);
    show_busy (page, FALSE);
  }
  g_clear_pointer (&refresh->upcoming, ent_api_interview_list_free);
  g_object_unref (refresh->cancellable);
  g_object_unref (refresh->page);
  g_free (refresh);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Refresh, refresh_free)

static void
show_failure (EntDashboardPage *self, const GError *error)
{
  g_autofree char *at = NULL;
  g_autofree char *known = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_error_matches (error, ENT_CLIENT_ERROR, ENT_CLIENT_ERROR_SIGNED_OUT))
    return;
  if (!self->has_lists) {
    ent_load_view_show_problem (self->view, error->message);
    return;
  }
  at = ent_wording_new_time (self->answered_us);
  /* Translators: first a sentence about what went wrong, then a time of day. */
  known = g_strdup_printf (_ ("%s This list is of %s."), error->message, at);
  ent_notice_bar_set_sentence (self->notice, known);
}

static void
got_past_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Refresh) refresh = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiInterviewList) past =
    ent_client_list_interviews_finish (ENT_CLIENT (source), result, &error);

  if (past)
    ent_dashboard_page_take_lists (refresh->page, refresh->upcoming, past);
  else
    show_failure (refresh->page, error);
}

static void
got_upcoming_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Refresh) refresh = data;
  g_autoptr (GError) error = NULL;
  GCancellable *cancellable = refresh->cancellable;

  refresh->upcoming = ent_client_list_interviews_finish (ENT_CLIENT (source), result, &error);
  if (!refresh->upcoming) {
    show_failure (refresh->page, error);
    return;
  }
  ent_client_list_interviews_async (
    ENT_CLIENT (source), "past", cancellable, got_past_cb, g_steal_pointer (&refresh));
}

void
ent_dashboard_page_refresh (EntDashboardPage *self)
{
  EntClient *client;
  Refresh *refresh;

  g_return_if_fail (ENT_IS_DASHBOARD_PAGE (self));

  client = ent_account_get_client (self->account);
  if (!client)
    return;
  g_cancellable_cancel (self->refresh);
  g_clear_object (&self->refresh);
  self->refresh = g_cancellable_new ();
  show_busy (self, self->has_lists);
  show_lists (self);
  refresh = g_new0 (Refresh, 1);
  refresh->page = g_object_ref (self);
  refresh->cancellable = g_object_ref (self->refresh);
  ent_client_list_interviews_async (client, "upcoming", self->refresh, got_upcoming_cb, refresh);
}

EntInterview *
ent_dashboard_page_find (EntDashboardPage *self, const char *id)
{
  g_return_val_if_fail (ENT_IS_DASHBOARD_PAGE (self), NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->upcoming)); i++) {
    g_autoptr (EntInterview) interview = g_list_model_get_item (G_LIST_MODEL (self->upcoming), i);

    if (g_str_equal (ent_interview_get_id (interview), id))
      return g_steal_pointer (&interview);
  }
  return NULL;
}

/* --- time ----------------------------------------------------------------------------------------
 */

static void
update_all (GListModel *model, gint64 now_us)
{
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (EntInterview) interview = g_list_model_get_item (model, i);

    ent_interview_update (interview, now_us);
  }
}

static gboolean
tick_cb (gpointer data)
{
  EntDashboardPage *self = data;
  gint64 now_us = ent_clock_get_wall_us (self->clock);

  update_all (G_LIST_MODEL (self->upcoming), now_us);
  update_all (G_LIST_MODEL (self->past), now_us);
  return G_SOURCE_CONTINUE;
}

static void
ent_dashboard_page_map (GtkWidget *widget)
{
  EntDashboardPage *self = ENT_DASHBOARD_PAGE (widget);

  GTK_WIDGET_CLASS (ent_dashboard_page_parent_class)->map (widget);
  tick_cb (self);
  self->tick_id = ent_clock_add (self->clock, TICK_MS, tick_cb, self);
}

static void
ent_dashboard_page_unmap (GtkWidget *widget)
{
  EntDashboardPage *self = ENT_DASHBOARD_PAGE (widget);

  ent_clock_remove (self->clock, self->tick_id);
  self->tick_id = 0;
  GTK_WIDGET_CLASS (ent_dashboard_page_parent_class)->unmap (widget);
}

/* --- object --------------------------------------------------------------------------------------
 */

static void
show_unread (EntDashboardPage *self, guint unread)
{
  g_autofree char *count = unread > 9 ? g_strdup ("9+") : g_strdup_printf ("%u", unread);
  g_autofree char *name =
    unread == 0 ? g_strdup (_ ("Notifications"))
                : g_strdup_printf (
                    ngettext ("Notifications: %u new", "Notifications: %u new", unread), unread);

  gtk_label_set_label (self->unread_label, count);
  gtk_widget_set_visible (GTK_WIDGET (self->unread_label), unread > 0);
  ent_accessible_set_name (self->bell, name);
}

static void
ent_dashboard_page_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_UNREAD:
    show_unread (ENT_DASHBOARD_PAGE (object), g_value_get_uint (value));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static GtkWidget *
new_row (gpointer item, gpointer data)
{
  return ent_interview_row_new (ENT_INTERVIEW (item));
}

static void
unconfirmed_changed_cb (EntAccount *account, GParamSpec *pspec, gpointer data)
{
  ent_notice_bar_set_sentence (ENT_DASHBOARD_PAGE (data)->unconfirmed,
    ent_account_is_unconfirmed (account)
      ? _ ("Your mail address is not confirmed yet. Open the link in the mail that you got.")
      : NULL);
}

static void
name_changed_cb (EntAccount *account, GParamSpec *pspec, gpointer data)
{
  EntDashboardPage *self = data;
  const char *name = ent_account_get_name (account);

  adw_window_title_set_subtitle (self->title, name ? name : "");
}

static void
ent_dashboard_page_dispose (GObject *object)
{
  EntDashboardPage *self = ENT_DASHBOARD_PAGE (object);

  g_cancellable_cancel (self->refresh);
  g_clear_object (&self->refresh);
  g_clear_object (&self->account);
  g_clear_object (&self->upcoming);
  g_clear_object (&self->past);

  G_OBJECT_CLASS (ent_dashboard_page_parent_class)->dispose (object);
}

static void
ent_dashboard_page_finalize (GObject *object)
{
  ent_clock_unref (ENT_DASHBOARD_PAGE (object)->clock);

  G_OBJECT_CLASS (ent_dashboard_page_parent_class)->finalize (object);
}

static void
ent_dashboard_page_class_init (EntDashboardPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_dashboard_page_dispose;
  object_class->finalize = ent_dashboard_page_finalize;
  object_class->set_property = ent_dashboard_page_set_property;
  widget_class->map = ent_dashboard_page_map;
  widget_class->unmap = ent_dashboard_page_unmap;

  props[PROP_UNREAD] = g_param_spec_uint (
    "unread", NULL, NULL, 0, G_MAXUINT, 0, G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-dashboard-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, title);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, unconfirmed);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, upcoming_list);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, past_list);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, past_group);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, bell);
  gtk_widget_class_bind_template_child (widget_class, EntDashboardPage, unread_label);
}

static void
ent_dashboard_page_init (EntDashboardPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_notice_bar_set_button (self->notice, _ ("Try again"), "win.refresh");
  ent_notice_bar_set_button (self->unconfirmed, _ ("Confirm"), "win.show-account");
  show_unread (self, 0);
  self->upcoming = g_list_store_new (ENT_TYPE_INTERVIEW);
  self->past = g_list_store_new (ENT_TYPE_INTERVIEW);
  gtk_list_box_bind_model (self->upcoming_list, G_LIST_MODEL (self->upcoming), new_row, NULL, NULL);
  gtk_list_box_bind_model (self->past_list, G_LIST_MODEL (self->past), new_row, NULL, NULL);
}

GtkWidget *
ent_dashboard_page_new (EntAccount *account, EntClock *clock)
{
  EntDashboardPage *self = g_object_new (ENT_TYPE_DASHBOARD_PAGE, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  g_signal_connect_object (account, "notify::name", G_CALLBACK (name_changed_cb), self, 0);
  name_changed_cb (account, NULL, self);
  g_signal_connect_object (
    account, "notify::unconfirmed", G_CALLBACK (unconfirmed_changed_cb), self, 0);
  unconfirmed_changed_cb (account, NULL, self);
  return GTK_WIDGET (self);
}
