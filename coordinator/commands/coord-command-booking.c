/* slot and interview. */

#include <string.h>

#include "base/ent-id.h"
#include "commands/coord-command.h"
#include "coord-config.h"
#include "protocol/ent-link-uri.h"
#include "protocol/ent-time.h"
#include "service/coord-booking-service.h"
#include "service/coord-invitation-service.h"
#include "service/coord-org-service.h"
#include "service/coord-slot-service.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"
#include "store/coord-room-store.h"

#define MAX_MINUTES (12 * 60)

/* Reads organisation, interviewer and times into a slot with a new id. */
static CoordSlot *
read_slot (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (EntApiOrg) org = NULL;
  g_autoptr (CoordPerson) interviewer = NULL;
  g_autoptr (CoordSlot) slot = g_new0 (CoordSlot, 1);

  if (!coord_command_need (options->org, "--org", error) ||
      !coord_command_need (options->interviewer, "--interviewer", error) ||
      !coord_command_need (options->starts, "--starts", error) ||
      (org = coord_org_store_find (db, options->org, error)) == NULL)
    return NULL;
  interviewer = coord_account_store_find_by_email (db, options->interviewer, error);
  if (interviewer == NULL) {
    g_prefix_error (error, "The interviewer '%s': ", options->interviewer);
    return NULL;
  }
  if (g_str_equal (options->starts, "now"))
    slot->starts_at_us = now_us;
  else if (!ent_time_parse (options->starts, &slot->starts_at_us)) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
      "'%s' is no time. Give 'now', or a time such as 2026-03-29T14:00:00+02:00.", options->starts);
    return NULL;
  }
  if (options->minutes < 1 || options->minutes > MAX_MINUTES) {
    g_set_error (
      error, COORD_ERROR, COORD_ERROR_INVALID, "--minutes must be from 1 to %d.", MAX_MINUTES);
    return NULL;
  }
  slot->id = ent_id_new ();
  slot->org_id = g_strdup (org->id);
  slot->interviewer_id = g_strdup (interviewer->id);
  slot->title = g_strdup (options->title != NULL ? options->title : "Interview");
  slot->zone = g_strdup (options->zone != NULL ? options->zone : org->zone);
  slot->ends_at_us = slot->starts_at_us + options->minutes * G_TIME_SPAN_MINUTE;
  slot->capacity = 1;
  if (coord_zone_find_fault (slot->zone) == NULL)
    return g_steal_pointer (&slot);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, coord_zone_find_fault (slot->zone));
  return NULL;
}

gpointer
coord_command_add_slot (CoordDb *db, const CoordOptions *options, gint64 now_us, GError **error)
{
  g_autoptr (CoordSlot) slot = read_slot (db, options, now_us, error);
  CoordAnswer *answer;

  if (slot == NULL || !coord_slot_service_open (db, slot, FALSE, now_us, error) ||
      !coord_audit_store_add (
        db, slot->org_id, "operator", "slot.add", slot->id, "", now_us, error))
    return NULL;
  answer = coord_answer_new ();
  answer->id = g_strdup (slot->id);
  return answer;
}

/* Where people reach the server: what was said, what is configured, or where it listens now. */
static char *
find_origin (const CoordOptions *options, const CoordConfig *config, GError **error)
{
  g_autofree char *path = g_build_filename (options->data, "run", "origin", NULL);
  char *text = NULL;

  if (options->origin != NULL)
    return ent_place_from_text (options->origin, error);
  if (config->public_url != NULL)
    return g_strdup (config->public_url);
  if (g_file_get_contents (path, &text, NULL, NULL))
    return g_strchomp (text);
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID,
    "Say where people reach the server: give --origin, or set 'public-url' in the configuration.");
  return NULL;
}

typedef struct {
  CoordDb *db;
  const char *room_id;
  const char *origin;
  gint64 expires_at_us;
  gint64 now_us;
} Inviting;

static char *
invite (const Inviting *inviting, const char *name, EntRole role, GError **error)
{
  g_autoptr (EntApiInvitation) invitation =
    coord_invitation_service_make (inviting->db, inviting->room_id, name, role,
      inviting->expires_at_us, inviting->origin, "operator", inviting->now_us, error);

  return invitation != NULL ? g_steal_pointer (&invitation->link) : NULL;
}

/* One invitation per name; *links gets as many. */
static gboolean
invite_all (const Inviting *inviting, char **names, EntRole role, char ***links, GError **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; names != NULL && names[i] != NULL; i++) {
    char *link = invite (inviting, names[i], role, error);

    if (link == NULL)
      return FALSE;
    g_ptr_array_add (list, link);
  }
  g_ptr_array_add (list, NULL);
  *links = (char **) g_ptr_array_steal (list, NULL);
  return TRUE;
}

/* The candidate's account, made a member where it is none. NULL without an error: a guest. */
static CoordPerson *
find_candidate (CoordDb *db,
  const CoordOptions *options,
  const char *org_id,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPerson) candidate = NULL;
  EntOrgRole role;

  if (options->candidate == NULL)
    return NULL;
  candidate = coord_account_store_find_by_email (db, options->candidate, error);
  if (candidate == NULL) {
    g_prefix_error (error, "The candidate '%s': ", options->candidate);
    return NULL;
  }
  if (!coord_org_store_find_role (db, org_id, candidate->id, &role, NULL) &&
      !coord_org_store_set_member (
        db, org_id, candidate->id, ENT_ORG_CANDIDATE, NULL, now_us, error))
    return NULL;
  return g_steal_pointer (&candidate);
}

static gboolean
add_links (const CoordOptions *options, const Inviting *inviting, CoordLinks *links, GError **error)
{
  links->interviewer = ent_link_uri_build (inviting->origin, inviting->room_id, NULL);
  links->candidate = options->guest != NULL
                       ? invite (inviting, options->guest, ENT_ROLE_CANDIDATE, error)
                       : ent_link_uri_build (inviting->origin, inviting->room_id, NULL);
  if (links->interviewer == NULL) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
      "'%s' is no address of a server, such as https://interviews.example.org.", inviting->origin);
    return FALSE;
  }
  return links->candidate != NULL &&
         invite_all (inviting, options->observers, ENT_ROLE_OBSERVER, &links->observers, error) &&
         invite_all (inviting, options->co_interviewers, ENT_ROLE_CO_INTERVIEWER,
           &links->co_interviewers, error);
}

gpointer
coord_command_add_interview (CoordDb *db,
  const CoordOptions *options,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordConfig) config =
    options->config != NULL ? coord_config_load (options->config, error) : coord_config_new ();
  g_autofree char *origin = NULL;
  g_autoptr (CoordSlot) slot = NULL;
  g_autoptr (CoordPerson) candidate = NULL;
  g_autoptr (CoordInterview) interview = NULL;
  g_autofree char *id = NULL;
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordNewInterview) answer = coord_new_interview_new ();
  CoordBooking booking = { .created_by = "operator",
    .is_ad_hoc = options->starts != NULL && g_str_equal (options->starts, "now") };

  if (config == NULL || (origin = find_origin (options, config, error)) == NULL ||
      (slot = read_slot (db, options, now_us, error)) == NULL)
    return NULL;
  if ((options->candidate == NULL) == (options->guest == NULL)) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_INVALID, "Give either --candidate ADDRESS or --guest NAME.");
    return NULL;
  }
  candidate = find_candidate (db, options, slot->org_id, now_us, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  booking.candidate_id = candidate != NULL ? candidate->id : NULL;
  /* What starts now was agreed on by word of mouth; calendars are not asked. */
  if (!coord_slot_service_open (db, slot, booking.is_ad_hoc, now_us, error) ||
      (id = coord_booking_service_make (db, slot, &booking, now_us, error)) == NULL ||
      (interview = coord_booking_store_find_interview (db, id, "", error)) == NULL)
    return NULL;
  answer->interview = g_strdup (id);
  answer->room = g_strdup (interview->room_id);
  answer->starts = slot->starts_at_us;
  answer->ends = slot->ends_at_us;
  answer->links = coord_links_new ();
  return add_links (options,
           &(Inviting){ db, interview->room_id, origin,
             slot->ends_at_us + config->grace_minutes * G_TIME_SPAN_MINUTE, now_us },
           answer->links, error)
           ? g_steal_pointer (&answer)
           : NULL;
}
