#include "config.h"

#include "ent-join-page.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ent-accessible.h"
#include "protocol/ent-limits.h"

struct _EntJoinPage {
  AdwBin parent_instance;

  GtkLabel *explanation;
  GtkEditable *link_row;
  GtkEditable *name_row;
  GtkButton *go_button;
  GtkRevealer *problem_revealer;
  GtkLabel *problem;
};

G_DEFINE_FINAL_TYPE (EntJoinPage, ent_join_page, ADW_TYPE_BIN)

enum { SIGNAL_JOIN, SIGNAL_BOOK, SIGNAL_INVITED, N_SIGNALS };
static guint signals[N_SIGNALS];

static char *
dup_entered (GtkEditable *row)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (row)));
}

static void
show_problem (EntJoinPage *self, const char *sentence)
{
  if (sentence)
    gtk_label_set_label (self->problem, sentence);
  gtk_revealer_set_reveal_child (self->problem_revealer, sentence != NULL);
}

/* Into an organisation: that leads to an account, which has its own name. */
static gboolean
is_invitation (const char *link)
{
  g_autoptr (EntLinkUri) invitation = ent_link_uri_parse_invitation (link, NULL);

  return invitation != NULL;
}

static void
update (EntJoinPage *self)
{
  g_autofree char *link = dup_entered (self->link_row);
  g_autofree char *name = dup_entered (self->name_row);
  g_autoptr (EntLinkUri) booking = ent_link_uri_parse_booking (link, NULL);

  /* Who is meant by the others is known. */
  gtk_widget_set_visible (GTK_WIDGET (self->name_row), !booking && !is_invitation (link));
  gtk_button_set_label (self->go_button, booking                ? _ ("Choose a time")
                                         : is_invitation (link) ? _ ("Open the invitation")
                                                                : _ ("Join"));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "join.go",
    *link && (*name || !gtk_widget_get_visible (GTK_WIDGET (self->name_row))));
}

static void
go_cb (GtkWidget *widget, const char *action, GVariant *parameter)
{
  EntJoinPage *self = ENT_JOIN_PAGE (widget);
  g_autofree char *text = dup_entered (self->link_row);
  g_autofree char *name = dup_entered (self->name_row);
  g_autoptr (GError) error = NULL;
  g_autoptr (EntLinkUri) booking = ent_link_uri_parse_booking (text, NULL);
  g_autoptr (EntLinkUri) link = NULL;

  if (booking) {
    show_problem (self, NULL);
    g_signal_emit (self, signals[SIGNAL_BOOK], 0, booking);
    return;
  }
  if (is_invitation (text)) {
    show_problem (self, NULL);
    g_signal_emit (self, signals[SIGNAL_INVITED], 0, text);
    return;
  }
  link = ent_link_uri_parse (text, &error);
  if (!link) {
    show_problem (self, error->message);
    gtk_widget_set_visible (GTK_WIDGET (self->link_row), TRUE);
    gtk_widget_grab_focus (GTK_WIDGET (self->link_row));
    return;
  }
  if (strlen (name) > ENT_MAX_NAME) {
    show_problem (self, _ ("This name is too long. Use a shorter one."));
    gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
    return;
  }
  show_problem (self, NULL);
  g_signal_emit (self, signals[SIGNAL_JOIN], 0, link, name);
}

static void
entry_activated_cb (GtkWidget *row, gpointer data)
{
  EntJoinPage *self = data;
  g_autofree char *name = dup_entered (self->name_row);

  if (*name || !gtk_widget_get_visible (GTK_WIDGET (self->name_row)))
    gtk_widget_activate_action (GTK_WIDGET (self), "join.go", NULL);
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->name_row));
}

static void
entry_changed_cb (GtkEditable *row, gpointer data)
{
  update (ENT_JOIN_PAGE (data));
}

static gboolean
ent_join_page_grab_focus (GtkWidget *widget)
{
  EntJoinPage *self = ENT_JOIN_PAGE (widget);
  gboolean asks_link = gtk_widget_get_visible (GTK_WIDGET (self->link_row));

  return gtk_widget_grab_focus (GTK_WIDGET (asks_link ? self->link_row : self->name_row));
}

static void
ent_join_page_class_init (EntJoinPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->grab_focus = ent_join_page_grab_focus;

  signals[SIGNAL_JOIN] = g_signal_new ("join", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_STRING);
  signals[SIGNAL_BOOK] = g_signal_new ("book", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
    NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_INVITED] = g_signal_new ("invited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
    0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/entrevue/Entrevue/ent-join-page.ui");
  gtk_widget_class_bind_template_child (widget_class, EntJoinPage, explanation);
  gtk_widget_class_bind_template_child (widget_class, EntJoinPage, link_row);
  gtk_widget_class_bind_template_child (widget_class, EntJoinPage, name_row);
  gtk_widget_class_bind_template_child (widget_class, EntJoinPage, go_button);
  gtk_widget_class_bind_template_child (widget_class, EntJoinPage, problem_revealer);
  gtk_widget_class_bind_template_child (widget_class, EntJoinPage, problem);
  gtk_widget_class_bind_template_callback (widget_class, entry_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);

  gtk_widget_class_install_action (widget_class, "join.go", NULL, go_cb);
}

static void
ent_join_page_init (EntJoinPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ent_accessible_name_entry_row (self->link_row, _ ("Link"));
  ent_accessible_name_entry_row (self->name_row, _ ("Your name"));
  update (self);
}

GtkWidget *
ent_join_page_new (void)
{
  return g_object_new (ENT_TYPE_JOIN_PAGE, NULL);
}

void
ent_join_page_start (EntJoinPage *self, const char *link, const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EntLinkUri) uri = NULL;

  g_return_if_fail (ENT_IS_JOIN_PAGE (self));

  gtk_editable_set_text (self->link_row, link ? link : "");
  if (name)
    gtk_editable_set_text (self->name_row, name);
  if (link)
    uri = ent_link_uri_parse (link, &error);
  show_problem (self, error ? error->message : NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->link_row), !uri);
  if (uri) {
    g_autofree char *text = g_strdup_printf (
      /* Translators: the name of a server. */
      _ ("You were invited to an interview at %s. By which name shall the others see you?"),
      ent_link_uri_get_host (uri->origin));

    gtk_label_set_label (self->explanation, text);
  } else {
    gtk_label_set_label (self->explanation,
      _ ("Paste the link of your invitation. It begins with entrevue:// or https://."));
  }
  update (self);
}

void
ent_join_page_ask_again (EntJoinPage *self)
{
  g_return_if_fail (ENT_IS_JOIN_PAGE (self));
  gtk_widget_set_visible (GTK_WIDGET (self->link_row), TRUE);
  update (self);
}
