#include "config.h"

#include "ent-link-box.h"

#include <glib/gi18n.h>

#include "base/ent-secret.h"
#include "ent-accessible.h"

struct _EntLinkBox {
  AdwBin parent_instance;

  GtkLabel *label;
  GtkWidget *copy_button;

  char *link; /* NULL: none */
  char *email;
  char *subject;
};

G_DEFINE_FINAL_TYPE (EntLinkBox, ent_link_box, ADW_TYPE_BIN)

enum { SIGNAL_TOAST, N_SIGNALS };
static guint signals[N_SIGNALS];

static void
copy_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntLinkBox *self = ENT_LINK_BOX (widget);

  if (self->link == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->link);
  g_signal_emit (self, signals[SIGNAL_TOAST], 0, _ ("The link is copied."));
}

static void
mail_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntLinkBox *self = ENT_LINK_BOX (widget);
  g_autofree char *to = NULL;
  g_autofree char *subject = NULL;
  g_autofree char *body = NULL;
  g_autofree char *uri = NULL;

  if (self->link == NULL)
    return;
  to = g_uri_escape_string (self->email, "@", FALSE);
  subject = g_uri_escape_string (self->subject, NULL, FALSE);
  body = g_uri_escape_string (self->link, NULL, FALSE);
  uri = g_strdup_printf ("mailto:%s?subject=%s&body=%s", to, subject, body);
  gtk_show_uri (GTK_WINDOW (gtk_widget_get_root (widget)), uri, GDK_CURRENT_TIME);
}

void
ent_link_box_show (EntLinkBox *self,
  const char *sentence,
  const char *link,
  const char *email,
  const char *subject)
{
  g_return_if_fail (ENT_IS_LINK_BOX (self));

  ent_link_box_clear (self);
  self->link = g_strdup (link);
  self->email = g_strdup (email);
  self->subject = g_strdup (subject);
  gtk_label_set_label (self->label, sentence);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  /* Of what is new they say nothing by themselves, but of where the keyboard comes. */
  ent_accessible_set_description (self->copy_button, sentence);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    gtk_widget_grab_focus (self->copy_button);
}

void
ent_link_box_clear (EntLinkBox *self)
{
  g_return_if_fail (ENT_IS_LINK_BOX (self));

  g_clear_pointer (&self->link, ent_secret_free);
  g_clear_pointer (&self->email, g_free);
  g_clear_pointer (&self->subject, g_free);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

static void
ent_link_box_finalize (GObject *object)
{
  EntLinkBox *self = ENT_LINK_BOX (object);

  g_clear_pointer (&self->link, ent_secret_free);
  g_free (self->email);
  g_free (self->subject);

  G_OBJECT_CLASS (ent_link_box_parent_class)->finalize (object);
}

static void
ent_link_box_class_init (EntLinkBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ent_link_box_finalize;

  signals[SIGNAL_TOAST] = g_signal_new ("toast", ENT_TYPE_LINK_BOX, G_SIGNAL_RUN_LAST, 0, NULL,
    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-link-box.ui");
  gtk_widget_class_bind_template_child (widget_class, EntLinkBox, label);
  gtk_widget_class_bind_template_child (widget_class, EntLinkBox, copy_button);

  gtk_widget_class_install_action (widget_class, "link.copy", NULL, copy_cb);
  gtk_widget_class_install_action (widget_class, "link.mail", NULL, mail_cb);
}

static void
ent_link_box_init (EntLinkBox *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
