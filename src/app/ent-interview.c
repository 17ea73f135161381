#include "config.h"

#include "ent-interview.h"

#include <glib/gi18n.h>

#include "ent-wording.h"

struct _EntInterview {
  GObject parent_instance;

  char *id;
  char *org;
  char *org_name;
  char *zone;
  gint64 version;
  char *room;
  char *title;
  char *when;
  char *people;
  EntRole role;
  EntInterviewState state;
  gint64 starts;
  gint64 ends;
  gint64 opens;
  gboolean can_join;
  gboolean can_change;
  gboolean can_miss;
  char *state_text;
  char *opens_text;
};

G_DEFINE_FINAL_TYPE (EntInterview, ent_interview, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_TITLE,
  PROP_WHEN,
  PROP_PEOPLE,
  PROP_ROLE,
  PROP_STATE_TEXT,
  PROP_CAN_JOIN,
  PROP_OPENS_TEXT,
  PROP_CAN_CHANGE,
  N_PROPS
};
static GParamSpec *props[N_PROPS];

static gboolean
is_over (EntInterview *self)
{
  return self->state == ENT_INTERVIEW_ENDED || self->state == ENT_INTERVIEW_CANCELLED ||
         self->state == ENT_INTERVIEW_NO_SHOW;
}

static char *
new_state_text (EntInterview *self, gint64 now_us)
{
  switch (self->state) {
  case ENT_INTERVIEW_SCHEDULED:
    return g_strdup (now_us < self->starts ? _ ("Scheduled") : _ ("Starting"));
  case ENT_INTERVIEW_IN_PROGRESS:
    return g_strdup (_ ("In progress"));
  case ENT_INTERVIEW_ENDED:
    return g_strdup (_ ("Ended"));
  case ENT_INTERVIEW_CANCELLED:
    return g_strdup (_ ("Cancelled"));
  case ENT_INTERVIEW_NO_SHOW:
    return g_strdup (_ ("Nobody came"));
  }
  return g_strdup ("");
}

static void
set_flag (EntInterview *self, gboolean *flag, gboolean new_flag, guint prop)
{
  if (*flag == new_flag)
    return;
  *flag = new_flag;
  g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

static void
set_text (EntInterview *self, char **text, char *new_text, guint prop)
{
  g_autofree char *old = *text;

  *text = new_text;
  if (g_strcmp0 (old, new_text) != 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[prop]);
}

void
ent_interview_update (EntInterview *self, gint64 now_us)
{
  gboolean is_open;
  char *opens = NULL;

  g_return_if_fail (ENT_IS_INTERVIEW (self));

  is_open = ent_role_can_lead (self->role) || now_us >= self->opens;
  if (!is_over (self) && !is_open) {
    g_autofree char *at = ent_wording_new_day_time (self->opens, now_us);

    /* Translators: from when a room can be entered, such as "Today, 13:45". */
    opens = g_strdup_printf (_ ("Opens: %s"), at);
  }
  set_text (self, &self->opens_text, opens, PROP_OPENS_TEXT);
  set_text (self, &self->state_text, new_state_text (self, now_us), PROP_STATE_TEXT);
  set_flag (self, &self->can_join, !is_over (self) && is_open, PROP_CAN_JOIN);
  set_flag (self, &self->can_change,
    self->state == ENT_INTERVIEW_SCHEDULED && now_us < self->starts, PROP_CAN_CHANGE);
  self->can_miss = ent_role_can_lead (self->role) && now_us >= self->starts &&
                   self->state != ENT_INTERVIEW_CANCELLED && self->state != ENT_INTERVIEW_NO_SHOW;
}

static char *
new_people (const EntApiInterview *data)
{
  if (data->host_name && data->candidate_name)
    /* Translators: the interviewer's name, then the candidate's. */
    return g_strdup_printf (_ ("%s with %s"), data->host_name, data->candidate_name);
  return g_strdup (data->host_name        ? data->host_name
                   : data->candidate_name ? data->candidate_name
                                          : "");
}

static void
ent_interview_finalize (GObject *object)
{
  EntInterview *self = ENT_INTERVIEW (object);

  g_free (self->id);
  g_free (self->org);
  g_free (self->org_name);
  g_free (self->zone);
  g_free (self->room);
  g_free (self->title);
  g_free (self->when);
  g_free (self->people);
  g_free (self->state_text);
  g_free (self->opens_text);

  G_OBJECT_CLASS (ent_interview_parent_class)->finalize (object);
}

static void
ent_interview_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  EntInterview *self = ENT_INTERVIEW (object);

  switch (id) {
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_WHEN:
    g_value_set_string (value, self->when);
    break;
  case PROP_PEOPLE:
    g_value_set_string (value, self->people);
    break;
  case PROP_ROLE:
    g_value_set_string (value, ent_wording_get_role (self->role));
    break;
  case PROP_STATE_TEXT:
    g_value_set_string (value, self->state_text);
    break;
  case PROP_CAN_JOIN:
    g_value_set_boolean (value, self->can_join);
    break;
  case PROP_OPENS_TEXT:
    g_value_set_string (value, self->opens_text);
    break;
  case PROP_CAN_CHANGE:
    g_value_set_boolean (value, self->can_change);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static GParamSpec *
new_text_prop (const char *name)
{
  return g_param_spec_string (
    name, NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
}

static void
ent_interview_class_init (EntInterviewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = ent_interview_finalize;
  object_class->get_property = ent_interview_get_property;

  props[PROP_TITLE] = new_text_prop ("title");
  props[PROP_WHEN] = new_text_prop ("when");
  props[PROP_PEOPLE] = new_text_prop ("people");
  props[PROP_ROLE] = new_text_prop ("role");
  props[PROP_STATE_TEXT] = new_text_prop ("state-text");
  props[PROP_CAN_JOIN] = g_param_spec_boolean ("can-join", NULL, NULL, FALSE,
    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_OPENS_TEXT] = new_text_prop ("opens-text");
  props[PROP_CAN_CHANGE] = g_param_spec_boolean ("can-change", NULL, NULL, FALSE,
    G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
ent_interview_init (EntInterview *self)
{
}

EntInterview *
ent_interview_new (const EntApiInterview *data, gint64 now_us)
{
  EntInterview *self = g_object_new (ENT_TYPE_INTERVIEW, NULL);

  self->id = g_strdup (data->id);
  self->org = g_strdup (data->org);
  self->org_name = g_strdup (data->org_name);
  self->zone = g_strdup (data->zone);
  self->version = data->version;
  self->room = g_strdup (data->room);
  self->title = g_strdup (data->title && *data->title ? data->title : _ ("Interview"));
  self->when = ent_wording_new_span (data->starts, data->ends, now_us);
  self->people = new_people (data);
  self->role = data->role;
  self->state = data->state;
  self->starts = data->starts;
  self->ends = data->ends;
  self->opens = data->opens;
  ent_interview_update (self, now_us);
  return self;
}

gboolean
ent_interview_equal (EntInterview *one, EntInterview *other)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (one), FALSE);
  g_return_val_if_fail (ENT_IS_INTERVIEW (other), FALSE);

  return g_str_equal (one->id, other->id) && one->version == other->version &&
         one->role == other->role && one->state == other->state && one->starts == other->starts &&
         one->ends == other->ends && one->opens == other->opens &&
         g_strcmp0 (one->org, other->org) == 0 && g_strcmp0 (one->org_name, other->org_name) == 0 &&
         g_strcmp0 (one->zone, other->zone) == 0 && g_strcmp0 (one->room, other->room) == 0 &&
         g_strcmp0 (one->title, other->title) == 0 && g_strcmp0 (one->when, other->when) == 0 &&
         g_strcmp0 (one->people, other->people) == 0;
}

const char *
ent_interview_get_id (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), NULL);
  return self->id;
}

const char *
ent_interview_get_room (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), NULL);
  return self->room;
}

const char *
ent_interview_get_title (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), NULL);
  return self->title;
}

const char *
ent_interview_get_when (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), NULL);
  return self->when;
}

const char *
ent_interview_get_org (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), NULL);
  return self->org;
}

gint64
ent_interview_get_version (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), 0);
  return self->version;
}

gboolean
ent_interview_can_join (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), FALSE);
  return self->can_join;
}

gboolean
ent_interview_can_change (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), FALSE);
  return self->can_change;
}

gboolean
ent_interview_can_miss (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), FALSE);
  return self->can_miss;
}

const char *
ent_interview_get_zone (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), NULL);
  return self->zone;
}

gint64
ent_interview_get_starts (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), 0);
  return self->starts;
}

gint64
ent_interview_get_ends (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), 0);
  return self->ends;
}

gint64
ent_interview_get_opens (EntInterview *self)
{
  g_return_val_if_fail (ENT_IS_INTERVIEW (self), 0);
  return self->opens;
}
