#include "config.h"

#include "ent-candidate-row.h"

#include <glib/gi18n.h>

#include "ent-accessible.h"

struct _EntCandidateRow {
  AdwBin parent_instance;

  GtkDropDown *choice;

  char *org; /* NULL: the person does not book for others */
  GPtrArray *ids; /* of the candidates, as the choice lists them after "nobody" */
  GCancellable *cancellable; /* of the calls under way; replaced with each start */
};

G_DEFINE_FINAL_TYPE (EntCandidateRow, ent_candidate_row, ADW_TYPE_BIN)

enum { SIGNAL_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- asking: who one is, then the members, page by page
 * -------------------------------------------- */

static void ask_members (EntCandidateRow *self, EntClient *client, const char *after);

static void
got_members_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntCandidateRow) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (EntApiMemberList) list = NULL;
  gpointer answer = NULL;

  ent_client_call_finish (ENT_CLIENT (source), result, &answer, &error);
  list = answer;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (error != NULL || list == NULL) {
    gtk_widget_set_tooltip_text (GTK_WIDGET (self->choice), error != NULL ? error->message : NULL);
    return;
  }
  if (list->items != NULL)
    ent_candidate_row_take (self, self->org, list->items);
  if (list->next != NULL)
    ask_members (self, ENT_CLIENT (source), list->next);
}

static void
ask_members (EntCandidateRow *self, EntClient *client, const char *after)
{
  g_autofree char *place = after != NULL ? g_uri_escape_string (after, NULL, FALSE) : NULL;
  g_autofree char *path = g_strdup_printf ("/api/orgs/%s/members?limit=200%s%s", self->org,
    place != NULL ? "&after=" : "", place != NULL ? place : "");

  ent_client_call_async (client, "GET", path, NULL, NULL, &ent_api_member_list_struct, TRUE,
    self->cancellable, got_members_cb, g_object_ref (self));
}

static void
got_me_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (EntCandidateRow) self = data;
  g_autoptr (EntApiMe) me = ent_client_get_me_finish (ENT_CLIENT (source), result, NULL);

  /* Without an answer the page itself says what is wrong. */
  if (me == NULL)
    return;
  for (guint i = 0; me->memberships != NULL && i < me->memberships->len; i++) {
    const EntApiMembership *membership = g_ptr_array_index (me->memberships, i);

    if (membership->role != ENT_ORG_HR && membership->role != ENT_ORG_ADMIN)
      continue;
    ent_candidate_row_take (self, membership->org, NULL);
    ask_members (self, ENT_CLIENT (source), NULL);
    return;
  }
}

/* --- object
 * ---------------------------------------------------------------------------------------- */

void
ent_candidate_row_take (EntCandidateRow *self, const char *org, const GPtrArray *members)
{
  GtkStringList *names;

  g_return_if_fail (ENT_IS_CANDIDATE_ROW (self));

  if (self->org == NULL)
    self->org = g_strdup (org);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  names = GTK_STRING_LIST (gtk_drop_down_get_model (self->choice));
  for (guint i = 0; members != NULL && i < members->len; i++) {
    const EntApiMember *member = g_ptr_array_index (members, i);
    g_autofree char *text = NULL;

    if (member->role != ENT_ORG_CANDIDATE)
      continue;
    /* Translators: a name, and an address. */
    text = g_strdup_printf (_ ("%s (%s)"), member->name, member->email);
    g_ptr_array_add (self->ids, g_strdup (member->user));
    gtk_string_list_append (names, text);
  }
}

void
ent_candidate_row_clear (EntCandidateRow *self)
{
  GtkStringList *names;

  g_return_if_fail (ENT_IS_CANDIDATE_ROW (self));

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_pointer (&self->org, g_free);
  g_ptr_array_set_size (self->ids, 0);
  names = GTK_STRING_LIST (gtk_drop_down_get_model (self->choice));
  gtk_string_list_splice (names, 1, g_list_model_get_n_items (G_LIST_MODEL (names)) - 1, NULL);
  gtk_drop_down_set_selected (self->choice, 0);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

void
ent_candidate_row_start (EntCandidateRow *self, EntAccount *account)
{
  EntClient *client = ent_account_get_client (account);

  g_return_if_fail (ENT_IS_CANDIDATE_ROW (self));

  ent_candidate_row_clear (self);
  if (client != NULL)
    ent_client_get_me_async (client, self->cancellable, got_me_cb, g_object_ref (self));
}

const char *
ent_candidate_row_get_org (EntCandidateRow *self)
{
  g_return_val_if_fail (ENT_IS_CANDIDATE_ROW (self), NULL);
  return self->org;
}

const char *
ent_candidate_row_get_candidate (EntCandidateRow *self)
{
  guint selected;

  g_return_val_if_fail (ENT_IS_CANDIDATE_ROW (self), NULL);

  selected = gtk_drop_down_get_selected (self->choice);
  return selected > 0 && selected <= self->ids->len ? g_ptr_array_index (self->ids, selected - 1)
                                                    : NULL;
}

static gboolean
ent_candidate_row_grab_focus (GtkWidget *widget)
{
  return gtk_widget_grab_focus (GTK_WIDGET (ENT_CANDIDATE_ROW (widget)->choice));
}

static void
ent_candidate_row_dispose (GObject *object)
{
  EntCandidateRow *self = ENT_CANDIDATE_ROW (object);

  g_cancellable_cancel (self->cancellable);

  G_OBJECT_CLASS (ent_candidate_row_parent_class)->dispose (object);
}

static void
ent_candidate_row_finalize (GObject *object)
{
  EntCandidateRow *self = ENT_CANDIDATE_ROW (object);

  g_object_unref (self->cancellable);
  g_free (self->org);
  g_ptr_array_unref (self->ids);

  G_OBJECT_CLASS (ent_candidate_row_parent_class)->finalize (object);
}

static void
ent_candidate_row_class_init (EntCandidateRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ent_candidate_row_dispose;
  G_OBJECT_CLASS (klass)->finalize = ent_candidate_row_finalize;
  GTK_WIDGET_CLASS (klass)->grab_focus = ent_candidate_row_grab_focus;

  signals[SIGNAL_CHOSEN] = g_signal_new (
    "chosen", ENT_TYPE_CANDIDATE_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
selected_cb (GtkDropDown *choice, GParamSpec *pspec, gpointer data)
{
  if (ent_candidate_row_get_candidate (ENT_CANDIDATE_ROW (data)) != NULL)
    g_signal_emit (data, signals[SIGNAL_CHOSEN], 0);
}

/* To those who are in no list. */
static GtkWidget *
new_link_button (void)
{
  GtkWidget *button =
    gtk_button_new_with_label (_ ("Somebody without an account: make a booking link"));
  GtkWidget *label = gtk_button_get_child (GTK_BUTTON (button));

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.show-links");
  return button;
}

static void
ent_candidate_row_init (EntCandidateRow *self)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkStringList *names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, _ ("Choose a candidate"));
  self->cancellable = g_cancellable_new ();
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->choice = GTK_DROP_DOWN (gtk_drop_down_new (
    G_LIST_MODEL (names), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string")));
  gtk_drop_down_set_enable_search (self->choice, TRUE);
  ent_accessible_set_name (GTK_WIDGET (self->choice), _ ("For whom"));
  g_signal_connect_object (self->choice, "notify::selected", G_CALLBACK (selected_cb), self, 0);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("For whom"));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->choice));
  gtk_box_append (GTK_BOX (box), new_link_button ());
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), box);
  adw_bin_set_child (ADW_BIN (self), group);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}
