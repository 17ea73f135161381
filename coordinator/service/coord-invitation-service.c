#include "service/coord-invitation-service.h"

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "protocol/ent-limits.h"
#include "protocol/ent-link-uri.h"
#include "service/coord-event.h"
#include "service/coord-permission.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-booking-store.h"
#include "store/coord-error.h"
#include "store/coord-invitation-store.h"
#include "store/coord-room-store.h"

#define MAX_OPEN_INVITATIONS 50

/* The interview, when the caller leads it or manages its organisation. */
static CoordInterview *
find_led (CoordDb *db, const CoordCaller *caller, const char *interview_id, GError **error)
{
  g_autoptr (CoordInterview) interview =
    coord_booking_store_find_interview (db, interview_id, caller->user_id, error);
  CoordTarget target;

  if (interview == NULL)
    return NULL;
  if (g_strcmp0 (interview->role, ent_role_nicks[ENT_ROLE_HOST]) == 0 ||
      g_strcmp0 (interview->role, ent_role_nicks[ENT_ROLE_CO_INTERVIEWER]) == 0)
    return g_steal_pointer (&interview);
  /* Who has a place in the room knows of the interview; for others it must not exist. */
  target = (CoordTarget){ .org_id = interview->org_id,
    .owner_id = interview->interviewer_id,
    .is_known = interview->role != NULL,
    .not_found = "There is no such interview." };
  if (coord_permission_check (db, caller, COORD_ACTION_INTERVIEW_INVITE, &target, error))
    return g_steal_pointer (&interview);
  return NULL;
}

static gboolean
add_guest (CoordDb *db,
  const char *id,
  const char *room_id,
  const char *name,
  EntRole role,
  gint64 now_us,
  GError **error)
{
  CoordParticipant guest = { .id = (char *) id,
    .room_id = (char *) room_id,
    .name = (char *) name,
    .role = role,
    .state = COORD_PARTICIPANT_EXPECTED };

  return coord_room_store_add_participant (db, &guest, now_us, error);
}

EntApiInvitation *
coord_invitation_service_make (CoordDb *db,
  const char *room_id,
  const char *name,
  EntRole role,
  gint64 expires_at_us,
  const char *origin,
  const char *created_by,
  gint64 now_us,
  GError **error)
{
  g_autofree char *id = ent_id_new ();
  g_autofree char *participant_id = ent_id_new ();
  g_autofree char *trimmed = g_strstrip (g_strdup (name != NULL ? name : ""));
  g_autofree char *token = ent_secret_new_token ();
  g_autofree char *hash = ent_secret_hash (token);
  CoordInvitation invitation = { .id = id,
    .room_id = (char *) room_id,
    .participant_id = participant_id,
    .expires_at_us = expires_at_us };
  EntApiInvitation *answer;

  if (role == ENT_ROLE_HOST) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_INVALID, "A guest cannot be the host of an interview.");
    return NULL;
  }
  if (!add_guest (
        db, participant_id, room_id, *trimmed != '\0' ? trimmed : "Guest", role, now_us, error) ||
      !coord_invitation_store_add (db, &invitation, hash, created_by, now_us, error))
    return NULL;
  answer = ent_api_invitation_new ();
  answer->id = g_steal_pointer (&id);
  answer->name = g_steal_pointer (&trimmed);
  answer->role = role;
  answer->expires = expires_at_us;
  answer->link = ent_link_uri_build (origin, room_id, token);
  answer->web_link = ent_link_uri_build_web (origin, room_id, token);
  return answer;
}

EntApiInvitation *
coord_invitation_service_create (CoordDb *db,
  const CoordCaller *caller,
  const char *interview_id,
  const EntApiNewInvitation *request,
  const char *origin,
  gint64 grace_us,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordInterview) interview = find_led (db, caller, interview_id, error);
  const CoordPage all = { "", MAX_OPEN_INVITATIONS };
  g_autoptr (GPtrArray) open = NULL;
  EntApiInvitation *invitation;

  if (interview == NULL ||
      (open = coord_invitation_store_list (db, interview->room_id, &all, error)) == NULL)
    return NULL;
  if (!coord_interview_is_booked (interview) || interview->ends_at_us + grace_us <= now_us) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_ROOM_ENDED, "This interview is over.");
    return NULL;
  }
  if (open->len >= MAX_OPEN_INVITATIONS) {
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CONFLICT,
      "There are too many invitations to this interview. Revoke those that are not needed.");
    return NULL;
  }
  invitation = coord_invitation_service_make (db, interview->room_id, request->name, request->role,
    interview->ends_at_us + grace_us, origin, caller->user_id, now_us, error);
  if (invitation == NULL)
    return NULL;
  if (!coord_audit_store_add (db, interview->org_id, caller->user_id, "invitation.create",
        invitation->id, ent_role_nicks[request->role], now_us, error))
    g_clear_pointer (&invitation, ent_api_invitation_free);
  return invitation;
}

EntApiInvitationList *
coord_invitation_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *interview_id,
  const CoordPage *page,
  GError **error)
{
  g_autoptr (CoordInterview) interview = find_led (db, caller, interview_id, error);
  GPtrArray *items;
  EntApiInvitationList *list;

  if (interview == NULL ||
      (items = coord_invitation_store_list (db, interview->room_id, page, error)) == NULL)
    return NULL;
  list = ent_api_invitation_list_new ();
  list->items = items;
  list->next = coord_page_get_next (page, items, G_STRUCT_OFFSET (EntApiInvitation, id));
  return list;
}

gboolean
coord_invitation_service_revoke (CoordDb *db,
  const CoordCaller *caller,
  const char *interview_id,
  const char *id,
  gint64 now_us,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordInterview) interview = find_led (db, caller, interview_id, error);
  g_autoptr (CoordInvitation) invitation = NULL;
  g_autoptr (GError) failure = NULL;

  if (interview == NULL)
    return FALSE;
  invitation = coord_invitation_store_find_by_id (db, interview->room_id, id, &failure);
  if (invitation == NULL) {
    if (g_error_matches (failure, COORD_ERROR, COORD_ERROR_INVITATION_WRONG))
      g_set_error_literal (
        error, COORD_ERROR, COORD_ERROR_NOT_FOUND, "There is no such invitation.");
    else
      g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  g_ptr_array_add (events, coord_event_new (COORD_EVENT_PARTICIPANT_REMOVED, interview->room_id,
                             invitation->participant_id, NULL));
  return coord_invitation_store_revoke (db, id, invitation->participant_id, now_us, error) &&
         coord_room_store_revoke_tokens (
           db, interview->room_id, invitation->participant_id, NULL, error) &&
         coord_audit_store_add (
           db, interview->org_id, caller->user_id, "invitation.revoke", id, "", now_us, error);
}
