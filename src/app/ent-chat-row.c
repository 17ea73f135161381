#include "config.h"

#include "ent-chat-row.h"

#include "ent-wording.h"

struct _EntChatRow {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *author;
  GtkLabel *time;
  GtkLabel *text;
};

G_DEFINE_FINAL_TYPE (EntChatRow, ent_chat_row, GTK_TYPE_WIDGET)

static void
ent_chat_row_dispose (GObject *object)
{
  g_clear_pointer (&ENT_CHAT_ROW (object)->box, gtk_widget_unparent);

  G_OBJECT_CLASS (ent_chat_row_parent_class)->dispose (object);
}

static void
ent_chat_row_class_init (EntChatRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ent_chat_row_dispose;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-chat-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EntChatRow, box);
  gtk_widget_class_bind_template_child (widget_class, EntChatRow, author);
  gtk_widget_class_bind_template_child (widget_class, EntChatRow, time);
  gtk_widget_class_bind_template_child (widget_class, EntChatRow, text);
}

static void
ent_chat_row_init (EntChatRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
ent_chat_row_new (void)
{
  return g_object_new (ENT_TYPE_CHAT_ROW, NULL);
}

void
ent_chat_row_show (EntChatRow *self, EntChatMessage *message)
{
  g_autofree char *time = NULL;

  g_return_if_fail (ENT_IS_CHAT_ROW (self));

  time = ent_wording_new_time (ent_chat_message_get_time_us (message));
  gtk_label_set_label (self->author, ent_chat_message_get_author_name (message));
  gtk_label_set_label (self->time, time);
  gtk_label_set_label (self->text, ent_chat_message_get_text (message));
}
