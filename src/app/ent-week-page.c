#include "config.h"

#include "ent-week-page.h"

#include <glib/gi18n.h>

#include "ent-load-view.h"
#include "ent-notice-bar.h"
#include "ent-week-view.h"

/* Below this width the days stand in a list. */
#define NARROW_WIDTH 600

/* What is asked for, one after the other. */
typedef enum { ASK_ME, ASK_UPCOMING, ASK_PAST, ASK_SLOTS, ASK_HOURS, N_ASKED } Asked;

struct _EntWeekPage {
  AdwBin parent_instance;

  AdwWindowTitle *title;
  EntNoticeBar *notice;
  GtkSpinner *spinner;
  EntLoadView *load_view;
  GtkStack *stack; /* of what there is to show */
  EntWeekView *view;
  GtkScrolledWindow *table;
  GtkWidget *header_moves;
  GtkLabel *week_label;
  GtkBox *days;
  GtkWidget *offer_button;
  GtkWidget *hours_button;

  EntAccount *account;
  EntClock *clock;
  EntWeek *week;
  GPtrArray *items; /* EntWeekItem */
  GPtrArray *offers; /* EntApiSlot, of the person's own */
  EntApiAvailability *hours; /* NULL: none */
  char *org; /* where the person interviews; NULL: nowhere */
  gpointer answers[N_ASKED];
  gboolean is_known; /* the server has answered */
  gboolean is_narrow;
  guint switch_id;
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

G_DEFINE_FINAL_TYPE (EntWeekPage, ent_week_page, ADW_TYPE_BIN)

enum { SIGNAL_EDIT_HOURS, SIGNAL_OFFER, SIGNAL_SHOW_OFFER, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
show_busy (EntWeekPage *self, gboolean is_busy)
{
  gtk_spinner_set_spinning (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_busy);
}

/* --- the week
 * -------------------------------------------------------------------------------------- */

static GtkWidget *
new_row (const EntWeekItem *item)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *text = ent_week_item_new_text (item);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (row), 0);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), text);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  if (item->interview != NULL) {
    gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", item->interview);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "win.show-interview");
  } else {
    gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", item->slot);
    gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "week.show-offer");
  }
  return row;
}

static void
show_list (EntWeekPage *self, const EntHours *hours)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->days))) != NULL)
    gtk_box_remove (self->days, child);
  for (int day = 0; day < ENT_HOURS_DAYS; day++) {
    GtkWidget *group = adw_preferences_group_new ();
    g_autofree char *name = ent_week_new_day_name (self->week, day, FALSE);
    g_autofree char *free_text = hours != NULL ? ent_hours_format (hours, day) : g_strdup ("");
    /* Translators: hours such as 09:00-12:00, 13:00-17:00. */
    g_autofree char *description =
      *free_text != '\0' ? g_strdup_printf (_ ("Free: %s"), free_text) : NULL;
    int found_day, minute;

    gboolean is_empty = TRUE;

    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), name);
    for (guint i = 0; i < self->items->len; i++) {
      const EntWeekItem *item = g_ptr_array_index (self->items, i);

      if (!ent_week_find (self->week, item->starts, &found_day, &minute) || found_day != day)
        continue;
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), new_row (item));
      is_empty = FALSE;
    }
    adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group),
      description == NULL && is_empty ? _ ("Nothing planned") : description);
    gtk_box_append (self->days, group);
  }
}

static void
show_week (EntWeekPage *self)
{
  g_autofree char *title = ent_week_new_title (self->week);
  EntHours *hours = self->hours != NULL ? ent_week_expand (self->week, self->hours) : NULL;

  /* In a narrow window the header has no room for them, and they stand above the days. */
  adw_window_title_set_subtitle (self->title, self->is_narrow ? "" : title);
  gtk_widget_set_visible (self->header_moves, !self->is_narrow);
  gtk_label_set_label (self->week_label, title);
  /* Only what is seen is made. */
  if (self->is_narrow)
    show_list (self, hours);
  else
    ent_week_view_show (self->view, self->week, self->items, g_steal_pointer (&hours),
      ent_clock_get_wall_us (self->clock));
  g_clear_pointer (&hours, ent_hours_free);
  gtk_stack_set_visible_child_name (self->stack, self->is_narrow ? "list" : "table");
  if (self->is_known)
    ent_load_view_show_content (self->load_view);
}

static void
show_this_week (EntWeekPage *self)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();

  g_clear_pointer (&self->week, ent_week_free);
  self->week = ent_week_new (zone, ent_clock_get_wall_us (self->clock));
  show_week (self);
}

static void
add_item (EntWeekPage *self,
  const char *interview,
  const char *slot,
  const char *title,
  gint64 starts,
  gint64 ends)
{
  EntWeekItem *item = g_new0 (EntWeekItem, 1);

  item->interview = g_strdup (interview);
  item->slot = g_strdup (slot);
  item->title = g_strdup (title != NULL && *title != '\0' ? title : _ ("Interview"));
  item->starts = starts;
  item->ends = ends;
  g_ptr_array_add (self->items, item);
}

static void
add_interviews (EntWeekPage *self, const EntApiInterviewList *list)
{
  for (guint i = 0; list != NULL && list->items != NULL && i < list->items->len; i++) {
    const EntApiInterview *interview = g_ptr_array_index (list->items, i);

    if (interview->state != ENT_INTERVIEW_CANCELLED)
      add_item (self, interview->id, NULL, interview->title, interview->starts, interview->ends);
  }
}

static gboolean
is_of (const EntApiSlot *slot, const char *user)
{
  return g_strcmp0 (slot->interviewer, user) == 0 ||
         (slot->panel != NULL && user != NULL &&
           g_strv_contains ((const char *const *) slot->panel, user));
}

static void
add_offers (EntWeekPage *self, const EntApiSlotList *slots)
{
  g_autofree char *user = ent_account_dup_user (self->account);

  g_ptr_array_set_size (self->offers, 0);
  for (guint i = 0; slots != NULL && slots->items != NULL && i < slots->items->len; i++) {
    const EntApiSlot *slot = g_ptr_array_index (slots->items, i);

    if (slot->state != ENT_SLOT_OPEN || !is_of (slot, user))
      continue;
    add_item (self, NULL, slot->id, slot->title, slot->starts, slot->ends);
    g_ptr_array_add (self->offers, ent_struct_copy (&ent_api_slot_struct, slot));
  }
}

static int
compare_items (gconstpointer a, gconstpointer b)
{
  const EntWeekItem *one = *(const EntWeekItem *const *) a;
  const EntWeekItem *other = *(const EntWeekItem *const *) b;

  return one->starts < other->starts ? -1 : one->starts > other->starts;
}

void
ent_week_page_take (EntWeekPage *self,
  const EntApiInterviewList *upcoming,
  const EntApiInterviewList *past,
  const EntApiSlotList *slots,
  const EntApiAvailability *hours)
{
  g_return_if_fail (ENT_IS_WEEK_PAGE (self));

  g_ptr_array_set_size (self->items, 0);
  add_interviews (self, upcoming);
  add_interviews (self, past);
  add_offers (self, slots);
  g_ptr_array_sort (self->items, compare_items);
  g_clear_pointer (&self->hours, ent_api_availability_free);
  if (hours != NULL)
    self->hours = ent_struct_copy (&ent_api_availability_struct, hours);
  self->is_known = TRUE;
  ent_notice_bar_set_sentence (self->notice, NULL);
  show_week (self);
}

/* --- asking: who one is, then what is planned, then the hours
 * -------------------------------------- */

static void ask (EntWeekPage *self, EntClient *client, Asked what);

static const struct {
  const char *path;
  const EntStruct *type;
} asked[N_ASKED] = {
  [ASK_ME] = { "/api/me", &ent_api_me_struct },
  [ASK_UPCOMING] = { "/api/interviews/my?when=upcoming&limit=200", &ent_api_interview_list_struct },
  [ASK_PAST] = { "/api/interviews/my?when=past&limit=100", &ent_api_interview_list_struct },
  [ASK_SLOTS] = { "/api/slots?limit=200", &ent_api_slot_list_struct },
  [ASK_HOURS] = { NULL, &ent_api_availability_struct },
};

static void
forget_answers (EntWeekPage *self)
{
  for (int i = 0; i < N_ASKED; i++)
    if (self->answers[i] != NULL)
      ent_struct_free (asked[i].type, g_steal_pointer (&self->answers[i]));
}

static void
take_answers (EntWeekPage *self)
{
  show_busy (self, FALSE);
  ent_week_page_take (self, self->answers[ASK_UPCOMING], self->answers[ASK_PAST],
    self->answers[ASK_SLOTS], self->answers[ASK_HOURS]);
  forget_answers (self);
}

static void
update_rights (EntWeekPage *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "week.edit-hours", self->org != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "week.offer", self->org != NULL);
  gtk_widget_set_visible (self->offer_button, self->org != NULL);
  gtk_widget_set_visible (self->hours_button, self->org != NULL);
  ent_week_view_set_can_offer (self->view, self->org != NULL);
}

/* Where somebody interviews: the first organisation in which they are more than a candidate. */
static void
find_org (EntWeekPage *self, const EntApiMe *me)
{
  g_clear_pointer (&self->org, g_free);
  for (guint i = 0; me->memberships != NULL && i < me->memberships->len && !self->org; i++) {
    const EntApiMembership *membership = g_ptr_array_index (me->memberships, i);

    if (membership->role != ENT_ORG_CANDIDATE)
      self->org = g_strdup (membership->org);
  }
  update_rights (self);
}

static Asked
get_current (EntWeekPage *self)
{
  Asked what = ASK_ME;

  while (what < N_ASKED && self->answers[what] != NULL)
    what++;
  return what;
}

static void
answered_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntWeekPage) self = data;
  g_autoptr (GError) error = NULL;
  gpointer answer = NULL;
  Asked what;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  what = get_current (self);
  if (answer == NULL) {
    show_busy (self, FALSE);
    forget_answers (self);
    ent_notice_bar_set_sentence (self->notice, self->is_known ? error->message : NULL);
    if (!self->is_known)
      ent_load_view_show_problem (self->load_view, error->message);
    return;
  }
  self->answers[what] = answer;
  if (what == ASK_ME)
    find_org (self, answer);
  if (what + 1 == N_ASKED || (what + 1 == ASK_HOURS && self->org == NULL))
    take_answers (self);
  else
    ask (self, ENT_CLIENT (source), what + 1);
}

static void
ask (EntWeekPage *self, EntClient *client, Asked what)
{
  g_autofree char *user = ent_account_dup_user (self->account);
  g_autofree char *path = what == ASK_HOURS
                            ? g_strdup_printf ("/api/orgs/%s/availability/%s", self->org, user)
                            : g_strdup (asked[what].path);

  ent_client_call_async (client, "GET", path, NULL, NULL, asked[what].type, TRUE, self->cancellable,
    answered_cb, g_object_ref (self));
}

static void
stop (EntWeekPage *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  forget_answers (self);
  show_busy (self, FALSE);
}

void
ent_week_page_start (EntWeekPage *self)
{
  EntClient *client;

  g_return_if_fail (ENT_IS_WEEK_PAGE (self));

  client = ent_account_get_client (self->account);
  if (client == NULL)
    return;
  stop (self);
  show_busy (self, self->is_known);
  if (!self->is_known)
    ent_load_view_show_loading (self->load_view);
  ask (self, client, ASK_ME);
}

void
ent_week_page_clear (EntWeekPage *self)
{
  g_return_if_fail (ENT_IS_WEEK_PAGE (self));

  stop (self);
  g_clear_pointer (&self->org, g_free);
  g_clear_pointer (&self->hours, ent_api_availability_free);
  g_ptr_array_set_size (self->items, 0);
  g_ptr_array_set_size (self->offers, 0);
  self->is_known = FALSE;
  update_rights (self);
  ent_notice_bar_set_sentence (self->notice, NULL);
  ent_load_view_show_loading (self->load_view);
  show_this_week (self);
}

/* --- actions
 * --------------------------------------------------------------------------------------- */

static void
refresh_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_week_page_start (ENT_WEEK_PAGE (widget));
}

static void
earlier_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_week_move (ENT_WEEK_PAGE (widget)->week, -1);
  show_week (ENT_WEEK_PAGE (widget));
}

static void
later_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  ent_week_move (ENT_WEEK_PAGE (widget)->week, 1);
  show_week (ENT_WEEK_PAGE (widget));
}

static void
today_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  show_this_week (ENT_WEEK_PAGE (widget));
}

static void
edit_hours_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWeekPage *self = ENT_WEEK_PAGE (widget);

  if (self->org != NULL)
    g_signal_emit (self, signals[SIGNAL_EDIT_HOURS], 0, self->org);
}

static void
marked_cb (EntWeekView *view, gint64 starts_us, gint64 ends_us, gpointer data)
{
  EntWeekPage *self = data;

  if (self->org != NULL)
    g_signal_emit (self, signals[SIGNAL_OFFER], 0, self->org, starts_us, ends_us);
}

/* The next full hour, or nine on the first day of a week that is still to come. */
static void
offer_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWeekPage *self = ENT_WEEK_PAGE (widget);
  gint64 now_us = ent_clock_get_wall_us (self->clock);
  gint64 starts_us = MAX ((now_us / G_TIME_SPAN_HOUR + 1) * G_TIME_SPAN_HOUR,
    ent_week_get_time_us (self->week, 0, 9 * 60));
  gint64 length_us =
    self->hours != NULL ? self->hours->length_s * G_USEC_PER_SEC : G_TIME_SPAN_HOUR;

  marked_cb (self->view, starts_us, starts_us + length_us, self);
}

static void
show_offer_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntWeekPage *self = ENT_WEEK_PAGE (widget);
  const char *id = g_variant_get_string (parameter, NULL);

  for (guint i = 0; i < self->offers->len; i++) {
    g_autoptr (EntApiSlot) slot = NULL;

    if (g_strcmp0 (((EntApiSlot *) g_ptr_array_index (self->offers, i))->id, id) != 0)
      continue;
    slot = ent_struct_copy (&ent_api_slot_struct, g_ptr_array_index (self->offers, i));
    g_signal_emit (self, signals[SIGNAL_SHOW_OFFER], 0, slot);
    return;
  }
}

/* --- width
 * ----------------------------------------------------------------------------------------- */

static gboolean
switch_cb (gpointer data)
{
  EntWeekPage *self = data;

  self->switch_id = 0;
  show_week (self);
  return G_SOURCE_REMOVE;
}

static void
ent_week_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EntWeekPage *self = ENT_WEEK_PAGE (widget);
  gboolean is_narrow = width < NARROW_WIDTH;

  /* The stack is not changed while it is being measured. */
  if (is_narrow != self->is_narrow && self->switch_id == 0)
    self->switch_id = g_idle_add (switch_cb, self);
  self->is_narrow = is_narrow;
  gtk_widget_size_allocate (
    adw_bin_get_child (ADW_BIN (self)), &(GtkAllocation){ 0, 0, width, height }, baseline);
}

static void
ent_week_page_measure (GtkWidget *widget,
  GtkOrientation orientation,
  int for_size,
  int *minimum,
  int *natural,
  int *minimum_baseline,
  int *natural_baseline)
{
  gtk_widget_measure (adw_bin_get_child (ADW_BIN (widget)), orientation, for_size, minimum, natural,
    minimum_baseline, natural_baseline);
}

/* A day begins at eight, for the eyes. */
static void
ent_week_page_map (GtkWidget *widget)
{
  EntWeekPage *self = ENT_WEEK_PAGE (widget);
  GtkAdjustment *place = gtk_scrolled_window_get_vadjustment (self->table);

  GTK_WIDGET_CLASS (ent_week_page_parent_class)->map (widget);
  gtk_adjustment_set_value (place, gtk_adjustment_get_upper (place) * 7 / 24);
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

static void
ent_week_page_dispose (GObject *object)
{
  EntWeekPage *self = ENT_WEEK_PAGE (object);

  g_clear_handle_id (&self->switch_id, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->account);

  G_OBJECT_CLASS (ent_week_page_parent_class)->dispose (object);
}

static void
ent_week_page_finalize (GObject *object)
{
  EntWeekPage *self = ENT_WEEK_PAGE (object);

  forget_answers (self);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->offers);
  g_clear_pointer (&self->hours, ent_api_availability_free);
  g_clear_pointer (&self->week, ent_week_free);
  g_free (self->org);
  ent_clock_unref (self->clock);

  G_OBJECT_CLASS (ent_week_page_parent_class)->finalize (object);
}

static void
ent_week_page_class_init (EntWeekPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_week_page_dispose;
  object_class->finalize = ent_week_page_finalize;
  widget_class->size_allocate = ent_week_page_size_allocate;
  widget_class->measure = ent_week_page_measure;
  widget_class->map = ent_week_page_map;

  signals[SIGNAL_EDIT_HOURS] = g_signal_new ("edit-hours", ENT_TYPE_WEEK_PAGE, G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNAL_OFFER] = g_signal_new ("offer", ENT_TYPE_WEEK_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_INT64, G_TYPE_INT64);
  signals[SIGNAL_SHOW_OFFER] = g_signal_new ("show-offer", ENT_TYPE_WEEK_PAGE, G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  g_type_ensure (ENT_TYPE_LOAD_VIEW);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  g_type_ensure (ENT_TYPE_WEEK_VIEW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-week-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, title);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, load_view);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, view);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, table);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, header_moves);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, week_label);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, days);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, offer_button);
  gtk_widget_class_bind_template_child (widget_class, EntWeekPage, hours_button);
  gtk_widget_class_bind_template_callback (widget_class, marked_cb);

  gtk_widget_class_install_action (widget_class, "week.refresh", NULL, refresh_cb);
  gtk_widget_class_install_action (widget_class, "week.earlier", NULL, earlier_cb);
  gtk_widget_class_install_action (widget_class, "week.later", NULL, later_cb);
  gtk_widget_class_install_action (widget_class, "week.today", NULL, today_cb);
  gtk_widget_class_install_action (widget_class, "week.edit-hours", NULL, edit_hours_cb);
  gtk_widget_class_install_action (widget_class, "week.offer", NULL, offer_cb);
  gtk_widget_class_install_action (widget_class, "week.show-offer", "s", show_offer_cb);
  gtk_widget_class_add_binding_action (
    widget_class, GDK_KEY_Left, GDK_ALT_MASK, "week.earlier", NULL);
  gtk_widget_class_add_binding_action (
    widget_class, GDK_KEY_Right, GDK_ALT_MASK, "week.later", NULL);
}

static void
ent_week_page_init (EntWeekPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_week_item_free);
  self->offers = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_slot_free);
  gtk_widget_init_template (GTK_WIDGET (self));
  /* A bin's own layout would not tell the width. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  ent_notice_bar_set_button (self->notice, _ ("Try again"), "week.refresh");
  update_rights (self);
}

GtkWidget *
ent_week_page_new (EntAccount *account, EntClock *clock)
{
  EntWeekPage *self = g_object_new (ENT_TYPE_WEEK_PAGE, NULL);

  self->account = g_object_ref (account);
  self->clock = clock ? ent_clock_ref (clock) : ent_clock_new_real ();
  show_this_week (self);
  return GTK_WIDGET (self);
}
