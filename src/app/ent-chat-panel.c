#include "config.h"

#include "ent-chat-panel.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-accessible.h"
#include "ent-chat-row.h"

/* How near to its end the list counts as being at it, in pixels. */
#define END_TOLERANCE 24

struct _EntChatPanel {
  AdwBin parent_instance;

  GtkStack *stack;
  GtkScrolledWindow *scroller;
  GtkListView *list;
  GtkEditable *entry;

  EntRoom *room;
  guint unread;
  gboolean is_at_end; /* of the list; new messages then keep it there */
  double laid_out; /* height of the list when it was last scrolled by us */
  guint scroll_id;
};

G_DEFINE_FINAL_TYPE (EntChatPanel, ent_chat_panel, ADW_TYPE_BIN)

enum { PROP_0, PROP_UNREAD, N_PROPS };
static GParamSpec *props[N_PROPS];

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- list
 * --------------------------------------------------------------------------------------------------
 */

static void
set_unread (EntChatPanel *self, guint unread)
{
  if (self->unread == unread)
    return;
  self->unread = unread;
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_UNREAD]);
}

static void
messages_changed_cb (GListModel *chat, guint at, guint removed, guint added, gpointer data)
{
  EntChatPanel *self = data;
  guint n = g_list_model_get_n_items (chat);
  guint unread = self->unread;

  gtk_stack_set_visible_child_name (self->stack, n > 0 ? "messages" : "empty");
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  for (guint i = at; i < at + added; i++) {
    g_autoptr (EntChatMessage) message = g_list_model_get_item (chat, i);

    if (!ent_chat_message_is_mine (message))
      unread++;
  }
  set_unread (self, unread);
}

static gboolean
scroll_to_end_cb (gpointer data)
{
  EntChatPanel *self = data;
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  guint n = self->room ? g_list_model_get_n_items (ent_room_get_chat (self->room)) : 0;

  self->scroll_id = 0;
  self->laid_out = gtk_adjustment_get_upper (adjustment);
  if (n > 0 && self->is_at_end)
    gtk_widget_activate_action (GTK_WIDGET (self->list), "list.scroll-to-item", "u", n - 1);
  return G_SOURCE_REMOVE;
}

/* After the list has been laid out: it has a place of its own in mind until then. */
static void
laid_out_cb (GtkAdjustment *adjustment, gpointer data)
{
  EntChatPanel *self = data;

  if (self->scroll_id == 0)
    self->scroll_id = g_idle_add (scroll_to_end_cb, self);
}

/* Only the person scrolls away from the end, not a list that grows. */
static void
scrolled_cb (GtkAdjustment *adjustment, gpointer data)
{
  EntChatPanel *self = data;

  if (self->scroll_id != 0 || self->laid_out != gtk_adjustment_get_upper (adjustment))
    return;
  self->is_at_end =
    gtk_adjustment_get_value (adjustment) + END_TOLERANCE >=
    gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  gtk_list_item_set_child (item, ent_chat_row_new ());
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer data)
{
  ent_chat_row_show (ENT_CHAT_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

/* --- writing
 * -----------------------------------------------------------------------------------------------
 */

static void
entry_changed_cb (GtkEditable *entry, gpointer data)
{
  EntChatPanel *self = data;
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "chat.send", *text && self->room);
}

static void
send_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntChatPanel *self = ENT_CHAT_PANEL (widget);
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (self->entry)));
  g_autoptr (GError) error = NULL;

  /* What was not sent stays in the field. */
  if (!ent_room_send_chat (self->room, text, &error)) {
    g_signal_emit (self, signals[SIGNAL_TOAST], 0, error->message);
    return;
  }
  self->is_at_end = TRUE;
  gtk_editable_set_text (self->entry, "");
}

static void
entry_activated_cb (GtkEntry *entry, gpointer data)
{
  gtk_widget_activate_action (GTK_WIDGET (data), "chat.send", NULL);
}

/* --- object
 * ------------------------------------------------------------------------------------------------
 */

static gboolean
ent_chat_panel_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ENT_CHAT_PANEL (widget)->entry));
}

static void
ent_chat_panel_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (ent_chat_panel_parent_class)->map (widget);
  set_unread (ENT_CHAT_PANEL (widget), 0);
}

static void
ent_chat_panel_dispose (GObject *object)
{
  EntChatPanel *self = ENT_CHAT_PANEL (object);

  g_clear_handle_id (&self->scroll_id, g_source_remove);
  g_clear_object (&self->room);

  G_OBJECT_CLASS (ent_chat_panel_parent_class)->dispose (object);
}

static void
ent_chat_panel_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  switch (id) {
  case PROP_UNREAD:
    g_value_set_uint (value, ENT_CHAT_PANEL (object)->unread);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ent_chat_panel_class_init (EntChatPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = ent_chat_panel_dispose;
  object_class->get_property = ent_chat_panel_get_property;
  widget_class->grab_focus = ent_chat_panel_grab_focus;
  widget_class->map = ent_chat_panel_map;

  props[PROP_UNREAD] = g_param_spec_uint ("unread", NULL, NULL, 0, G_MAXUINT, 0,
    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_TOAST] = g_signal_new ("toast", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-chat-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, EntChatPanel, stack);
  gtk_widget_class_bind_template_child (widget_class, EntChatPanel, scroller);
  gtk_widget_class_bind_template_child (widget_class, EntChatPanel, list);
  gtk_widget_class_bind_template_child (widget_class, EntChatPanel, entry);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);

  gtk_widget_class_install_action (widget_class, "chat.send", NULL, send_cb);
}

static void
ent_chat_panel_init (EntChatPanel *self)
{
  GtkAdjustment *adjustment;
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->is_at_end = TRUE;
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
  g_object_unref (factory);
  adjustment = gtk_scrolled_window_get_vadjustment (self->scroller);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (scrolled_cb), self, 0);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (laid_out_cb), self, 0);
  ent_accessible_set_name (GTK_WIDGET (self->entry), _ ("Message"));
  entry_changed_cb (self->entry, self);
}

void
ent_chat_panel_set_room (EntChatPanel *self, EntRoom *room)
{
  g_autoptr (GtkNoSelection) selection = NULL;
  GListModel *chat;

  g_return_if_fail (ENT_IS_CHAT_PANEL (self));
  g_return_if_fail (!self->room);

  self->room = g_object_ref (room);
  chat = ent_room_get_chat (room);
  selection = gtk_no_selection_new (g_object_ref (chat));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (chat, "items-changed", G_CALLBACK (messages_changed_cb), self, 0);
  messages_changed_cb (chat, 0, 0, g_list_model_get_n_items (chat), self);
  set_unread (self, 0);
}

guint
ent_chat_panel_get_unread (EntChatPanel *self)
{
  g_return_val_if_fail (ENT_IS_CHAT_PANEL (self), 0);
  return self->unread;
}
