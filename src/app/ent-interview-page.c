#include "config.h"

#include "ent-interview-page-private.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-dialogs.h"
#include "ent-file-pane.h"
#include "ent-wording.h"

/* Below this width one panel shows at a time. */
#define NARROW_WIDTH 820
#define MIN_WIDTH 360
#define MIN_HEIGHT 294

#define EDITOR_WIDTH 380
#define SIDEBAR_WIDTH 300

G_DEFINE_FINAL_TYPE (EntInterviewPage, ent_interview_page, GTK_TYPE_WIDGET)

enum { SIGNAL_LEFT, SIGNAL_STAYED, SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- files
 * -------------------------------------------------------------------------------------------------
 */

static GtkWidget *
find_pane (EntInterviewPage *self, EntRoomFile *file)
{
  for (int i = 0; i < gtk_notebook_get_n_pages (self->notebook); i++) {
    GtkWidget *pane = gtk_notebook_get_nth_page (self->notebook, i);

    if (ent_file_pane_get_file (ENT_FILE_PANE (pane)) == file)
      return pane;
  }
  return NULL;
}

static void
pane_toast_cb (gpointer source, const char *sentence, gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_TOAST], 0, sentence);
}

static void
path_changed_cb (EntRoomFile *file, GParamSpec *pspec, gpointer tab)
{
  ent_accessible_set_name (tab, ent_room_file_get_path (file));
}

static void
add_pane (EntInterviewPage *self, EntRoomFile *file, int position)
{
  GtkWidget *pane = ent_file_pane_new (self->room, file);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (label), 8);
  g_object_bind_property (file, "path", label, "label", G_BINDING_SYNC_CREATE);
  g_object_bind_property (file, "path", label, "tooltip-text", G_BINDING_SYNC_CREATE);
  g_signal_connect_object (pane, "toast", G_CALLBACK (pane_toast_cb), self, 0);
  gtk_notebook_insert_page (self->notebook, pane, label, position);
  /* The tab around the label is GTK's own. */
  g_signal_connect_object (
    file, "notify::path", G_CALLBACK (path_changed_cb), gtk_widget_get_parent (label), 0);
  path_changed_cb (file, NULL, gtk_widget_get_parent (label));
}

static gboolean
model_has (GListModel *model, gpointer object)
{
  for (guint i = 0; i < g_list_model_get_n_items (model); i++) {
    g_autoptr (GObject) item = g_list_model_get_item (model, i);

    if (item == object)
      return TRUE;
  }
  return FALSE;
}

/* Who comes in can type; what had the keyboard before, the page of sign-in or the lobby, is gone.
 */
static void
give_keyboard (EntInterviewPage *self)
{
  if (!self->wants_keyboard || gtk_notebook_get_n_pages (self->notebook) == 0 ||
      g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), "room") != 0)
    return;
  self->wants_keyboard = FALSE;
  ent_interview_page_show_panel (self, "editor");
}

/* Tabs stay where they are as far as possible: the shown one, its caret and its scroll. */
static void
files_changed_cb (GListModel *files, guint at, guint removed, guint added, gpointer data)
{
  EntInterviewPage *self = data;
  guint n = g_list_model_get_n_items (files);

  for (int i = gtk_notebook_get_n_pages (self->notebook) - 1; i >= 0; i--) {
    GtkWidget *pane = gtk_notebook_get_nth_page (self->notebook, i);

    if (!model_has (files, ent_file_pane_get_file (ENT_FILE_PANE (pane))))
      gtk_notebook_remove_page (self->notebook, i);
  }
  for (guint i = 0; i < n; i++) {
    g_autoptr (EntRoomFile) file = g_list_model_get_item (files, i);
    GtkWidget *pane = find_pane (self, file);

    if (pane)
      gtk_notebook_reorder_child (self->notebook, pane, i);
    else
      add_pane (self, file, i);
  }
  gtk_stack_set_visible_child_name (self->editor_panel, n > 0 ? "files" : "loading");
  if (n == 0)
    ent_run_panel_set_file (self->run_panel, NULL);
  give_keyboard (self);
}

/* The room opens at main.py, as every room has it. */
static void
show_first_file (EntInterviewPage *self)
{
  EntRoomFile *file = ent_room_find_file (self->room, "main.py");

  if (file)
    ent_interview_page_show_file (self, file);
}

static void
file_switched_cb (GtkNotebook *notebook, GtkWidget *pane, guint index, gpointer data)
{
  EntInterviewPage *self = data;

  for (int i = 0; i < gtk_notebook_get_n_pages (notebook); i++) {
    GtkWidget *other = gtk_notebook_get_nth_page (notebook, i);

    ent_file_pane_set_has_caret (ENT_FILE_PANE (other), other == pane);
  }
  ent_run_panel_set_file (self->run_panel, ent_file_pane_get_file (ENT_FILE_PANE (pane)));
}

GtkWidget *
ent_interview_page_show_file (EntInterviewPage *self, EntRoomFile *file)
{
  GtkWidget *pane = find_pane (self, file);

  if (!pane)
    return NULL;
  adw_view_stack_set_visible_child_name (self->views, "editor");
  gtk_notebook_set_current_page (self->notebook, gtk_notebook_page_num (self->notebook, pane));
  return pane;
}

void
ent_interview_page_show_panel (EntInterviewPage *self, const char *name)
{
  GtkWidget *panel = g_str_equal (name, "run")      ? GTK_WIDGET (self->run_panel)
                     : g_str_equal (name, "people") ? GTK_WIDGET (self->people_panel)
                     : g_str_equal (name, "chat")   ? GTK_WIDGET (self->chat_panel)
                                                    : NULL;

  adw_view_stack_set_visible_child_name (self->views, name);
  if (panel) {
    gtk_widget_grab_focus (panel);
    return;
  }
  panel =
    gtk_notebook_get_nth_page (self->notebook, gtk_notebook_get_current_page (self->notebook));
  if (panel)
    gtk_widget_grab_focus (panel);
}

/* --- wide and narrow
 * --------------------------------------------------------------------------------------- */

void
ent_interview_page_arrange (EntInterviewPage *self)
{
  gboolean narrow = self->is_narrow;
  const char *view = adw_view_stack_get_visible_child_name (self->views);
  gboolean has_editor = !narrow || g_strcmp0 (view, "editor") == 0;
  gboolean has_run = !narrow || g_strcmp0 (view, "run") == 0;
  gboolean has_people = narrow ? g_strcmp0 (view, "people") == 0 : self->has_sidebar;
  gboolean has_chat = narrow ? g_strcmp0 (view, "chat") == 0 : self->has_sidebar;

  gtk_widget_set_visible (GTK_WIDGET (self->editor_panel), has_editor);
  gtk_widget_set_visible (GTK_WIDGET (self->run_panel), has_run);
  gtk_widget_set_visible (self->rows, has_editor || has_run);
  gtk_widget_set_visible (GTK_WIDGET (self->people_panel), has_people);
  gtk_widget_set_visible (GTK_WIDGET (self->chat_panel), has_chat);
  gtk_widget_set_visible (self->sidebar_separator, has_people && has_chat);
  gtk_widget_set_visible (self->sidebar, has_people || has_chat);
  gtk_widget_set_size_request (self->rows, narrow ? -1 : EDITOR_WIDTH, -1);
  gtk_widget_set_size_request (self->sidebar, narrow ? -1 : SIDEBAR_WIDTH, -1);
  gtk_widget_set_vexpand (GTK_WIDGET (self->people_panel), narrow);
  adw_view_switcher_bar_set_reveal (self->switcher, narrow);
  ent_run_panel_set_narrow (self->run_panel, narrow);
  g_object_set (self->badge, "narrow", narrow, NULL);
  ent_interview_page_update_actions (self);
}

static void
view_changed_cb (AdwViewStack *views, GParamSpec *pspec, gpointer data)
{
  ent_interview_page_arrange (ENT_INTERVIEW_PAGE (data));
}

static gboolean
arrange_cb (gpointer data)
{
  EntInterviewPage *self = data;

  self->narrow_id = 0;
  ent_interview_page_arrange (self);
  return G_SOURCE_REMOVE;
}

/* The page can be made smaller than its panels are side by side: it is cut for a moment, and then
 * arranged anew. */
static void
ent_interview_page_measure (GtkWidget *widget,
  GtkOrientation orientation,
  int for_size,
  int *minimum,
  int *natural,
  int *minimum_baseline,
  int *natural_baseline)
{
  EntInterviewPage *self = ENT_INTERVIEW_PAGE (widget);
  GtkOrientation across = orientation == GTK_ORIENTATION_HORIZONTAL ? GTK_ORIENTATION_VERTICAL
                                                                    : GTK_ORIENTATION_HORIZONTAL;
  int least = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
  int across_minimum;

  gtk_widget_measure (self->box, across, -1, &across_minimum, NULL, NULL, NULL);
  if (for_size >= 0)
    for_size = MAX (for_size, across_minimum);
  gtk_widget_measure (self->box, orientation, for_size, minimum, natural, NULL, NULL);
  *minimum = MIN (*minimum, least);
  *natural = MAX (*natural, least);
}

static void
ent_interview_page_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EntInterviewPage *self = ENT_INTERVIEW_PAGE (widget);
  gboolean narrow = width < NARROW_WIDTH;
  int minimum_width, minimum_height;

  if (self->is_narrow != narrow) {
    self->is_narrow = narrow;
    if (self->narrow_id == 0)
      self->narrow_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, arrange_cb, self, NULL);
  }
  gtk_widget_measure (self->box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum_width, NULL, NULL, NULL);
  width = MAX (width, minimum_width);
  gtk_widget_measure (
    self->box, GTK_ORIENTATION_VERTICAL, width, &minimum_height, NULL, NULL, NULL);
  gtk_widget_size_allocate (
    self->box, &(GtkAllocation){ 0, 0, width, MAX (height, minimum_height) }, baseline);
}

/* --- the room
 * ---------------------------------------------------------------------------------------------- */

static void
update_notice (EntInterviewPage *self)
{
  EntRoomPhase phase = ent_room_get_phase (self->room);
  const char *sentence = NULL;
  gboolean is_over = FALSE;
  gboolean has_bar; /* else the page says it */
  g_autofree char *log_sentence = NULL;
  g_autofree char *both = NULL;

  g_object_get (self->room, "device-log-sentence", &log_sentence, NULL);
  switch (phase) {
  case ENT_ROOM_PHASE_JOINING:
  case ENT_ROOM_PHASE_FAILED:
  case ENT_ROOM_PHASE_LEFT:
    break;
  case ENT_ROOM_PHASE_ENDED:
  case ENT_ROOM_PHASE_REMOVED:
  case ENT_ROOM_PHASE_TAKEN_OVER:
    is_over = TRUE;
    sentence = ent_room_get_sentence (self->room);
    break;
  case ENT_ROOM_PHASE_WAITING:
  case ENT_ROOM_PHASE_RECONNECTING:
    sentence = ent_room_get_sentence (self->room);
    break;
  case ENT_ROOM_PHASE_JOINED:
    sentence = ent_room_get_edit_refusal (self->room);
    break;
  }
  /* Both can be true, and the log's is the one that asks for something. */
  if (sentence && log_sentence && !is_over)
    both = g_strdup_printf ("%s %s", sentence, log_sentence);
  else if (!sentence && !is_over)
    sentence = log_sentence;
  gtk_widget_set_visible (
    GTK_WIDGET (self->badge), self->has_room && !is_over && phase != ENT_ROOM_PHASE_WAITING);
  has_bar = self->has_room || !is_over;
  ent_notice_bar_set_button (self->notice, is_over && has_bar ? _ ("Leave") : NULL,
    is_over && has_bar ? "room.leave" : NULL);
  ent_notice_bar_set_sentence (self->notice, !has_bar ? NULL : both ? both : sentence);
}

static void
update_title (EntInterviewPage *self)
{
  const char *title = ent_room_get_title (self->room);
  const char *role = ent_wording_get_role (ent_room_get_role (self->room));

  adw_window_title_set_title (self->title, title && *title ? title : _ ("Interview"));
  adw_window_title_set_subtitle (self->title, self->has_room ? role : "");
}

static void
show_room (EntInterviewPage *self)
{
  GListModel *files = ent_room_get_files (self->room);

  self->has_room = TRUE;
  ent_interview_page_add_call_actions (self);
  ent_people_panel_set_room (self->people_panel, self->room, self->media_sentence);
  ent_waiting_bar_set_room (self->waiting, self->room);
  g_signal_connect_object (files, "items-changed", G_CALLBACK (files_changed_cb), self, 0);
  files_changed_cb (files, 0, 0, 0, self);
  show_first_file (self);
  gtk_stack_set_visible_child_name (self->stack, "room");
  ent_interview_page_show_panel (self, "editor");
}

/* Which of the stack's pages tells what there is, once the room has what it shows. */
static const char *
find_page (EntInterviewPage *self)
{
  switch (ent_room_get_phase (self->room)) {
  case ENT_ROOM_PHASE_FAILED:
    return "failed";
  case ENT_ROOM_PHASE_WAITING:
    return "waiting";
  case ENT_ROOM_PHASE_ENDED:
  case ENT_ROOM_PHASE_REMOVED:
  case ENT_ROOM_PHASE_TAKEN_OVER: /* in the lobby already */
    return self->has_room ? "room" : "failed";
  case ENT_ROOM_PHASE_JOINING:
  case ENT_ROOM_PHASE_JOINED:
  case ENT_ROOM_PHASE_RECONNECTING:
  case ENT_ROOM_PHASE_LEFT:
    break;
  }
  return self->has_room ? "room" : "joining";
}

/* Why there is no room to show; for who waited it may be over. */
static void
update_failure (EntInterviewPage *self)
{
  EntRoomPhase phase = ent_room_get_phase (self->room);
  const char *sentence = ent_room_get_sentence (self->room);
  const char *title = phase == ENT_ROOM_PHASE_ENDED        ? _ ("The interview has ended")
                      : phase == ENT_ROOM_PHASE_REMOVED    ? _ ("You were removed")
                      : phase == ENT_ROOM_PHASE_TAKEN_OVER ? _ ("You are on another device")
                                                           : _ ("You could not join");
  g_autofree char *escaped = g_markup_escape_text (sentence ? sentence : "", -1);

  adw_status_page_set_title (self->failure, title);
  adw_status_page_set_description (self->failure, escaped); /* which is markup */
  adw_status_page_set_icon_name (
    self->failure, phase == ENT_ROOM_PHASE_FAILED ? "dialog-error-symbolic" : NULL);
}

static void
show_page (EntInterviewPage *self)
{
  const char *before = gtk_stack_get_visible_child_name (self->stack);
  const char *page = find_page (self);
  gboolean is_waiting = g_str_equal (page, "waiting");
  gboolean is_new = g_strcmp0 (before, page) != 0;

  gtk_stack_set_visible_child_name (self->stack, page);
  if (is_new && is_waiting) {
    self->wants_keyboard = TRUE;
    gtk_widget_grab_focus (GTK_WIDGET (self->lobby));
  }
  give_keyboard (self);
}

static void
room_changed_cb (EntRoom *room, GParamSpec *pspec, gpointer data)
{
  EntInterviewPage *self = data;
  gboolean is_waiting = ent_room_get_phase (room) == ENT_ROOM_PHASE_WAITING;

  update_failure (self);
  ent_lobby_page_set_room (self->lobby, is_waiting ? room : NULL);
  if (is_waiting)
    ent_interview_page_add_call_actions (self);
  else if (!self->has_room && ent_room_get_doc (room) &&
           ent_room_get_phase (room) != ENT_ROOM_PHASE_FAILED)
    show_room (self);
  show_page (self);
  update_title (self);
  update_notice (self);
}

static void
notice_cb (EntRoom *room, const char *sentence, gpointer data)
{
  g_signal_emit (data, signals[SIGNAL_TOAST], 0, sentence);
}

static void
go_to_cb (EntRunPanel *panel, const char *path, guint line, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "room.go-to", "(su)", path, line);
}

static void
waiting_changed_cb (EntWaitingBar *bar, GParamSpec *pspec, gpointer data)
{
  EntInterviewPage *self = data;
  guint n = ent_waiting_bar_get_n_waiting (bar);

  adw_view_stack_page_set_badge_number (self->people_view, n);
  adw_view_stack_page_set_needs_attention (self->people_view, n > 0);
}

static void
unread_changed_cb (EntChatPanel *panel, GParamSpec *pspec, gpointer data)
{
  EntInterviewPage *self = data;
  guint unread = ent_chat_panel_get_unread (panel);

  adw_view_stack_page_set_badge_number (self->chat_view, unread);
  adw_view_stack_page_set_needs_attention (self->chat_view, unread > 0);
}

/* --- leaving
 * -----------------------------------------------------------------------------------------------
 */

static void
left_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntInterviewPage) self = data;

  ent_room_leave_finish (ENT_ROOM (source), result);
  g_signal_emit (self, signals[SIGNAL_LEFT], 0);
}

static void
leave_now (EntInterviewPage *self)
{
  if (self->is_leaving)
    return;
  self->is_leaving = TRUE;
  ent_interview_page_update_actions (self);
  ent_room_leave_async (self->room, left_cb, g_object_ref (self));
}

static void
leave_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntInterviewPage) self = data;

  if (!ent_dialogs_confirm_finish (result))
    g_signal_emit (self, signals[SIGNAL_STAYED], 0);
  else if (self->room)
    leave_now (self);
}

void
ent_interview_page_leave (EntInterviewPage *self)
{
  g_autofree char *log_sentence = NULL;

  g_return_if_fail (ENT_IS_INTERVIEW_PAGE (self));

  g_object_get (self->room, "device-log-sentence", &log_sentence, NULL);
  if (!log_sentence || ent_room_get_kept_edits (self->room) == 0) {
    leave_now (self);
    return;
  }
  ent_dialogs_confirm_async (GTK_WIDGET (self), _ ("Leave and lose edits?"),
    _ ("Your last edits have not reached the coordinator, and this device could not keep them."),
    _ ("_Leave"), leave_confirmed_cb, g_object_ref (self));
}

/* --- object
 * ------------------------------------------------------------------------------------------------
 */

static gboolean
ent_interview_page_grab_focus (GtkWidget *widget)
{
  EntInterviewPage *self = ENT_INTERVIEW_PAGE (widget);

  if (!self->has_room)
    return gtk_widget_child_focus (self->box, GTK_DIR_TAB_FORWARD);
  ent_interview_page_show_panel (self, "editor");
  return TRUE;
}

static void
ent_interview_page_dispose (GObject *object)
{
  EntInterviewPage *self = ENT_INTERVIEW_PAGE (object);

  g_clear_handle_id (&self->narrow_id, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->actions);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (ent_interview_page_parent_class)->dispose (object);
}

static void
ent_interview_page_finalize (GObject *object)
{
  g_free (ENT_INTERVIEW_PAGE (object)->media_sentence);

  G_OBJECT_CLASS (ent_interview_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, box);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, title);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, badge);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, sidebar_button);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, camera_button);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, mute_button);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, notice);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, waiting);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, stack);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, lobby);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, failure);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, rows);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, sidebar);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, sidebar_separator);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, views);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, people_view);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, chat_view);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, editor_panel);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, notebook);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, run_panel);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, people_panel);
  gtk_widget_class_bind_template_child (widget_class, EntInterviewPage, chat_panel);
  gtk_widget_class_bind_template_callback (widget_class, file_switched_cb);
}

static void
ent_interview_page_class_init (EntInterviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_interview_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = ent_interview_page_finalize;
  widget_class->grab_focus = ent_interview_page_grab_focus;
  widget_class->measure = ent_interview_page_measure;
  widget_class->size_allocate = ent_interview_page_size_allocate;

  signals[SIGNAL_LEFT] = g_signal_new (
    "left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_STAYED] = g_signal_new (
    "stayed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_TOAST] = g_signal_new ("toast", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (ENT_TYPE_CHAT_PANEL);
  g_type_ensure (ENT_TYPE_CONNECTION_BADGE);
  g_type_ensure (ENT_TYPE_LOBBY_PAGE);
  g_type_ensure (ENT_TYPE_NOTICE_BAR);
  g_type_ensure (ENT_TYPE_PEOPLE_PANEL);
  g_type_ensure (ENT_TYPE_RUN_PANEL);
  g_type_ensure (ENT_TYPE_WAITING_BAR);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-interview-page.ui");
  bind_children (widget_class);
}

static void
ent_interview_page_init (EntInterviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ent_interview_page_new (EntRoom *room, const char *media_sentence)
{
  static const char *const watched[] = { "notify::phase", "notify::sentence", "notify::title",
    "notify::role", "notify::can-edit", "notify::edit-locked", "notify::device-log-sentence" };
  EntInterviewPage *self = g_object_new (ENT_TYPE_INTERVIEW_PAGE, NULL);

  self->room = g_object_ref (room);
  self->media_sentence = g_strdup (media_sentence);
  self->wants_keyboard = TRUE;
  self->has_sidebar = TRUE;
  ent_interview_page_add_actions (self);
  g_signal_connect_object (
    self->views, "notify::visible-child", G_CALLBACK (view_changed_cb), self, 0);
  ent_interview_page_arrange (self);
  ent_connection_badge_set_room (self->badge, room);
  ent_run_panel_set_room (self->run_panel, room);
  ent_chat_panel_set_room (self->chat_panel, room);
  g_signal_connect_object (self->run_panel, "toast", G_CALLBACK (pane_toast_cb), self, 0);
  g_signal_connect_object (self->run_panel, "go-to", G_CALLBACK (go_to_cb), self, 0);
  g_signal_connect_object (self->chat_panel, "toast", G_CALLBACK (pane_toast_cb), self, 0);
  g_signal_connect_object (
    self->chat_panel, "notify::unread", G_CALLBACK (unread_changed_cb), self, 0);

  g_signal_connect_object (
    self->waiting, "notify::n-waiting", G_CALLBACK (waiting_changed_cb), self, 0);
  g_signal_connect_object (room, "notice", G_CALLBACK (notice_cb), self, 0);
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (room, watched[i], G_CALLBACK (room_changed_cb), self, 0);
  ent_room_start (room);
  room_changed_cb (room, NULL, self);
  return GTK_WIDGET (self);
}

EntRoom *
ent_interview_page_get_room (EntInterviewPage *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW_PAGE (self), NULL);
  return self->room;
}

gboolean
ent_interview_page_has_opened (EntInterviewPage *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW_PAGE (self), FALSE);
  return self->has_room;
}
