#include "config.h"

#include "ent-interview-page-private.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"
#include "ent-dialogs.h"
#include "ent-file-pane.h"

/* --- editing
 * -----------------------------------------------------------------------------------------------
 */

static void
undo_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ent_room_undo (ENT_INTERVIEW_PAGE (data)->room);
}

static void
redo_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ent_room_redo (ENT_INTERVIEW_PAGE (data)->room);
}

static void
show_file_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EntInterviewPage *self = data;
  EntRoomFile *file = ent_room_find_file (self->room, g_variant_get_string (parameter, NULL));
  GtkWidget *pane = file ? ent_interview_page_show_file (self, file) : NULL;

  if (pane)
    gtk_widget_grab_focus (pane);
}

static void
step_file (EntInterviewPage *self, int step)
{
  int n = gtk_notebook_get_n_pages (self->notebook);
  int now = gtk_notebook_get_current_page (self->notebook);

  if (n == 0)
    return;
  gtk_notebook_set_current_page (self->notebook, (now + step + n) % n);
  ent_interview_page_show_panel (self, "editor");
}

static void
next_file_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step_file (data, 1);
}

static void
previous_file_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step_file (data, -1);
}

/* --- runs
 * --------------------------------------------------------------------------------------------------
 */

/* From anywhere in the page: the panel knows whether and what. */
static void
run_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (ENT_INTERVIEW_PAGE (data)->run_panel), "run.start", NULL);
}

static void
stop_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (ENT_INTERVIEW_PAGE (data)->run_panel), "run.stop", NULL);
}

static void
go_to_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EntInterviewPage *self = data;
  const char *path;
  guint line;
  EntRoomFile *file;
  GtkWidget *pane;

  g_variant_get (parameter, "(&su)", &path, &line);
  file = ent_room_find_file (self->room, path);
  pane = file ? ent_interview_page_show_file (self, file) : NULL;
  if (pane)
    ent_file_pane_go_to (ENT_FILE_PANE (pane), line);
}

/* --- panes
 * -------------------------------------------------------------------------------------------------
 */

static const char *const panes[] = { "editor", "run", "people", "chat" };

static GtkWidget *
get_pane (EntInterviewPage *self, guint index)
{
  GtkWidget *widgets[] = { GTK_WIDGET (self->editor_panel), GTK_WIDGET (self->run_panel),
    GTK_WIDGET (self->people_panel), GTK_WIDGET (self->chat_panel) };

  return widgets[index];
}

static gboolean
has_focus (EntInterviewPage *self, GtkWidget *pane)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  return focus && (focus == pane || gtk_widget_is_ancestor (focus, pane));
}

/* In a narrow window every pane can be shown; in a wide one a hidden sidebar is passed over. */
static void
step_pane (EntInterviewPage *self, int step)
{
  int n = G_N_ELEMENTS (panes);
  int at = 0;

  while (at < n && !has_focus (self, get_pane (self, at)))
    at++;
  if (at == n)
    at = step > 0 ? n - 1 : 0;
  for (int i = 1; i <= n; i++) {
    int next = (at + i * step + n * n) % n;

    if (self->is_narrow || gtk_widget_get_mapped (get_pane (self, next))) {
      ent_interview_page_show_panel (self, panes[next]);
      return;
    }
  }
}

static void
next_pane_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step_pane (data, 1);
}

static void
previous_pane_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step_pane (data, -1);
}

static void
focus_editor_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ent_interview_page_show_panel (data, "editor");
}

static void
show_sidebar_cb (GSimpleAction *action, GVariant *state, gpointer data)
{
  EntInterviewPage *self = data;

  g_simple_action_set_state (action, state);
  self->has_sidebar = g_variant_get_boolean (state);
  ent_interview_page_arrange (self);
}

static void
show_people_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  EntInterviewPage *self = data;

  if (!self->is_narrow)
    g_action_group_change_action_state (
      G_ACTION_GROUP (self->actions), "show-sidebar", g_variant_new_boolean (TRUE));
  ent_interview_page_show_panel (self, "people");
}

/* --- leading and leaving
 * ----------------------------------------------------------------------------------- */

static void
leave_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ent_interview_page_leave (data);
}

static void
end_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntInterviewPage) self = data;

  if (ent_dialogs_confirm_finish (result) && self->room)
    ent_room_end (self->room);
}

static void
end_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ent_dialogs_confirm_async (data, _ ("End this interview?"),
    _ ("It ends for everybody, and nobody can write or run anything in it any more. What was "
       "written is kept."),
    _ ("_End"), end_confirmed_cb, g_object_ref (data));
}

typedef struct {
  EntInterviewPage *page;
  EntParticipant *person;
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->page);
  g_object_unref (removal->person);
  g_free (removal);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

static void
remove_confirmed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (Removal) removal = data;

  if (ent_dialogs_confirm_finish (result) && removal->page->room)
    ent_room_remove_participant (removal->page->room, removal->person);
}

static EntParticipant *
find_person (EntInterviewPage *self, const char *id)
{
  GListModel *roster = ent_room_get_roster (self->room);

  for (guint i = 0; i < g_list_model_get_n_items (roster); i++) {
    g_autoptr (EntParticipant) person = g_list_model_get_item (roster, i);

    if (g_str_equal (ent_participant_get_id (person), id))
      return g_steal_pointer (&person);
  }
  return NULL;
}

static void
remove_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (EntParticipant) person = find_person (data, g_variant_get_string (parameter, NULL));
  g_autofree char *heading = NULL;
  Removal *removal;

  if (!person)
    return;
  removal = g_new0 (Removal, 1);
  removal->page = g_object_ref (data);
  removal->person = g_object_ref (person);
  /* Translators: a person's name. */
  heading = g_strdup_printf (_ ("Remove %s?"), ent_participant_get_name (person));
  ent_dialogs_confirm_async (data, heading,
    _ ("They leave this interview at once and cannot come back into it. What they wrote is "
       "kept."),
    _ ("_Remove"), remove_confirmed_cb, removal);
}

/* The state follows when the coordinator has agreed. */
static void
lock_editing_cb (GSimpleAction *action, GVariant *state, gpointer data)
{
  EntInterviewPage *self = data;
  gboolean run_locked;

  g_object_get (self->room, "run-locked", &run_locked, NULL);
  ent_room_set_locks (self->room, g_variant_get_boolean (state), run_locked);
}

static void
lock_running_cb (GSimpleAction *action, GVariant *state, gpointer data)
{
  EntInterviewPage *self = data;
  gboolean edit_locked;

  g_object_get (self->room, "edit-locked", &edit_locked, NULL);
  ent_room_set_locks (self->room, edit_locked, g_variant_get_boolean (state));
}

static void
lobby_cb (GSimpleAction *action, GVariant *state, gpointer data)
{
  ent_room_set_lobby (ENT_INTERVIEW_PAGE (data)->room, g_variant_get_boolean (state));
}

static void
let_in_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (EntParticipant) person = find_person (data, g_variant_get_string (parameter, NULL));

  if (person)
    ent_room_let_in (ENT_INTERVIEW_PAGE (data)->room, person);
}

static void
send_back_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (EntParticipant) person = find_person (data, g_variant_get_string (parameter, NULL));

  if (person)
    ent_room_send_back (ENT_INTERVIEW_PAGE (data)->room, person);
}

/* --- looks
 * -------------------------------------------------------------------------------------------------
 */

static void
show_button (GtkButton *button, const char *icon, const char *name)
{
  gtk_button_set_icon_name (button, icon);
  gtk_widget_set_tooltip_text (GTK_WIDGET (button), name);
  ent_accessible_set_name (GTK_WIDGET (button), name);
}

static void
set_enabled (EntInterviewPage *self, const char *name, gboolean is_enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), is_enabled);
}

static void
set_state (EntInterviewPage *self, const char *name, gboolean is_on)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), name);

  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_boolean (is_on));
}

void
ent_interview_page_update_actions (EntInterviewPage *self)
{
  EntCall *call = ent_room_get_call (self->room);
  EntRoomPhase phase = ent_room_get_phase (self->room);
  gboolean is_in = phase == ENT_ROOM_PHASE_JOINED || phase == ENT_ROOM_PHASE_RECONNECTING;
  gboolean speaks = call && (is_in || phase == ENT_ROOM_PHASE_WAITING) &&
                    ent_room_get_role (self->room) != ENT_ROLE_OBSERVER &&
                    ent_room_get_call_state (self->room) != ENT_ROOM_CALL_FULL;
  gboolean can_lead, edit_locked, run_locked, has_lobby;
  gboolean is_muted = call && ent_call_get_muted (call);
  gboolean has_camera_on = call && ent_call_get_camera_on (call);

  g_object_get (self->room, "can-lead", &can_lead, "edit-locked", &edit_locked, "run-locked",
    &run_locked, "lobby", &has_lobby, NULL);
  set_enabled (self, "undo", ent_room_can_undo (self->room));
  set_enabled (self, "redo", ent_room_can_redo (self->room));
  set_enabled (self, "lock-editing", can_lead && phase == ENT_ROOM_PHASE_JOINED);
  set_enabled (self, "lock-running", can_lead && phase == ENT_ROOM_PHASE_JOINED);
  set_enabled (self, "lobby", can_lead && phase == ENT_ROOM_PHASE_JOINED);
  set_enabled (self, "let-in", can_lead && phase == ENT_ROOM_PHASE_JOINED);
  set_enabled (self, "send-back", can_lead && has_lobby && phase == ENT_ROOM_PHASE_JOINED);
  set_enabled (self, "remove-participant", can_lead && phase == ENT_ROOM_PHASE_JOINED);
  set_enabled (self, "end", can_lead && phase == ENT_ROOM_PHASE_JOINED);
  set_enabled (self, "leave", !self->is_leaving);
  set_state (self, "lock-editing", edit_locked);
  set_state (self, "lock-running", run_locked);
  set_state (self, "lobby", has_lobby);

  gtk_widget_set_visible (GTK_WIDGET (self->mute_button), speaks);
  /* A narrow window has it in the menu only. */
  gtk_widget_set_visible (GTK_WIDGET (self->camera_button), speaks && !self->is_narrow);
  gtk_widget_set_visible (
    self->sidebar_button, self->has_room && !self->is_narrow && phase != ENT_ROOM_PHASE_WAITING);
  show_button (self->mute_button,
    is_muted ? "microphone-disabled-symbolic" : "audio-input-microphone-symbolic",
    is_muted ? _ ("Unmute microphone") : _ ("Mute microphone"));
  show_button (self->camera_button,
    has_camera_on ? "camera-web-symbolic" : "camera-disabled-symbolic",
    has_camera_on ? _ ("Turn camera off") : _ ("Turn camera on"));
}

static void
changed_cb (gpointer source, GParamSpec *pspec, gpointer data)
{
  ent_interview_page_update_actions (data);
}

static const GActionEntry entries[] = {
  { .name = "undo", .activate = undo_cb },
  { .name = "redo", .activate = redo_cb },
  { .name = "show-file", .activate = show_file_cb, .parameter_type = "s" },
  { .name = "next-file", .activate = next_file_cb },
  { .name = "previous-file", .activate = previous_file_cb },
  { .name = "run", .activate = run_cb },
  { .name = "stop", .activate = stop_cb },
  { .name = "go-to", .activate = go_to_cb, .parameter_type = "(su)" },
  { .name = "next-pane", .activate = next_pane_cb },
  { .name = "previous-pane", .activate = previous_pane_cb },
  { .name = "focus-editor", .activate = focus_editor_cb },
  { .name = "show-sidebar", .state = "true", .change_state = show_sidebar_cb },
  { .name = "show-people", .activate = show_people_cb },
  { .name = "leave", .activate = leave_cb },
  { .name = "end", .activate = end_cb },
  { .name = "remove-participant", .activate = remove_cb, .parameter_type = "s" },
  { .name = "lobby", .state = "false", .change_state = lobby_cb },
  { .name = "let-in", .activate = let_in_cb, .parameter_type = "s" },
  { .name = "send-back", .activate = send_back_cb, .parameter_type = "s" },
  { .name = "lock-editing", .state = "false", .change_state = lock_editing_cb },
  { .name = "lock-running", .state = "false", .change_state = lock_running_cb },
};

void
ent_interview_page_add_actions (EntInterviewPage *self)
{
  static const char *const watched[] = { "notify::can-undo", "notify::can-redo", "notify::can-lead",
    "notify::edit-locked", "notify::run-locked", "notify::lobby", "notify::phase",
    "notify::call-state" };

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (
    G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "room", G_ACTION_GROUP (self->actions));
  for (guint i = 0; i < G_N_ELEMENTS (watched); i++)
    g_signal_connect_object (self->room, watched[i], G_CALLBACK (changed_cb), self, 0);
  ent_interview_page_update_actions (self);
}

void
ent_interview_page_add_call_actions (EntInterviewPage *self)
{
  EntCall *call = ent_room_get_call (self->room);

  if (call && ent_room_get_role (self->room) != ENT_ROLE_OBSERVER &&
      !g_action_map_lookup_action (G_ACTION_MAP (self->actions), "mute")) {
    g_autoptr (GPropertyAction) mute = g_property_action_new ("mute", call, "muted");
    g_autoptr (GPropertyAction) camera = g_property_action_new ("camera", call, "camera-on");

    g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (mute));
    g_action_map_add_action (G_ACTION_MAP (self->actions), G_ACTION (camera));
    g_signal_connect_object (call, "notify::muted", G_CALLBACK (changed_cb), self, 0);
    g_signal_connect_object (call, "notify::camera-on", G_CALLBACK (changed_cb), self, 0);
  }
  ent_interview_page_update_actions (self);
}
