#include "service/coord-booking-link-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "protocol/ent-link-uri.h"
#include "service/coord-account-service.h"
#include "service/coord-availability-service.h"
#include "service/coord-interview-service.h"
#include "service/coord-invitation-service.h"
#include "service/coord-notice-service.h"
#include "service/coord-org-service.h"
#include "service/coord-permission.h"
#include "service/coord-slot-service.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-booking-link-store.h"
#include "store/coord-error.h"
#include "store/coord-invitation-store.h"
#include "store/coord-org-store.h"

#define MAX_OPENINGS 100
#define MAX_REPEATS 5 /* of links into the room, for answers that were lost */
#define WINDOW_US (62 * G_TIME_SPAN_DAY)

/* Who stands in the history when somebody without an account did it. */
#define GUEST "guest"

static const CoordPage first_page = { "", MAX_REPEATS };

static gboolean
refuse (GError **error, CoordError code, const char *text)
{
  g_set_error_literal (error, COORD_ERROR, code, text);
  return FALSE;
}

static EntApiBookingLink *
describe (const CoordBookingLink *link)
{
  EntApiBookingLink *answer = ent_api_booking_link_new ();

  answer->id = g_strdup (link->id);
  answer->name = g_strdup (link->name);
  answer->email = g_strdup (link->email);
  answer->title = g_strdup (link->title);
  answer->host_name = g_strdup (link->host_name);
  answer->panel_names = g_strdupv (link->panel_names);
  answer->interview = g_strdup (link->interview_id);
  answer->starts = link->starts_at_us;
  answer->expires = link->expires_at_us;
  return answer;
}

EntApiBookingLink *
coord_booking_link_service_add (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiNewBookingLink *request,
  const char *origin,
  gint64 now_us,
  GError **error)
{
  char *nobody[] = { (char *) "", NULL };
  char **people = request->interviewers[0] != NULL ? request->interviewers : nobody;
  const CoordTarget target = { org_id, .not_found = "There is no such organisation." };
  g_autofree char *id = ent_id_new ();
  g_autofree char *email = g_ascii_strdown (request->email, -1);
  g_autofree char *token = ent_secret_new_token ();
  g_autofree char *hash = ent_secret_hash (token);
  CoordBookingLink link = { .id = id,
    .org_id = (char *) org_id,
    .interviewers = request->interviewers,
    .title = request->title != NULL ? request->title : (char *) "Interview",
    .name = request->name,
    .email = email,
    .expires_at_us = now_us + (gint64) COORD_BOOKING_LINK_SECONDS * G_USEC_PER_SEC };
  EntApiBookingLink *answer;

  if (!coord_permission_check_people (
        db, caller, COORD_ACTION_BOOKING_LINKS, &target, people, error) ||
      !coord_availability_service_check_people (db, org_id, request->interviewers, error) ||
      !coord_account_service_check (request->email, request->name, error) ||
      !coord_booking_link_store_add (db, &link, hash, caller->user_id, now_us, error) ||
      !coord_audit_store_add (
        db, org_id, caller->user_id, "booking-link.create", id, "", now_us, error))
    return NULL;
  answer = describe (&link);
  answer->link = ent_link_uri_build_booking_web (origin, token);
  answer->token = g_steal_pointer (&token);
  return answer;
}

/* Whose links the caller may see: *created_by is NULL for all, lent. */
static gboolean
find_reach (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char **created_by,
  GError **error)
{
  const CoordTarget own = { org_id, caller->user_id,
    .not_found = "There is no such organisation." };
  EntOrgRole role;

  if (!coord_permission_check (db, caller, COORD_ACTION_BOOKING_LINKS, &own, error) ||
      !coord_caller_get_role (db, caller, org_id, own.not_found, &role, error))
    return FALSE;
  *created_by = coord_permission_get_reach (COORD_ACTION_BOOKING_LINKS, role) == COORD_REACH_ALL
                  ? NULL
                  : caller->user_id;
  return TRUE;
}

EntApiBookingLinkList *
coord_booking_link_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error)
{
  const char *created_by;
  g_autoptr (GPtrArray) links = NULL;
  EntApiBookingLinkList *list;

  if (!find_reach (db, caller, org_id, &created_by, error) ||
      (links = coord_booking_link_store_list (db, org_id, created_by, page, error)) == NULL)
    return NULL;
  list = ent_api_booking_link_list_new ();
  list->items = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_booking_link_free);
  for (guint i = 0; i < links->len; i++)
    g_ptr_array_add (list->items, describe (links->pdata[i]));
  list->next = coord_page_get_next (page, links, G_STRUCT_OFFSET (CoordBookingLink, id));
  return list;
}

gboolean
coord_booking_link_service_revoke (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *id,
  gint64 now_us,
  GError **error)
{
  const char *created_by;

  return find_reach (db, caller, org_id, &created_by, error) &&
         coord_booking_link_store_revoke (db, org_id, id, created_by, now_us, error) &&
         coord_audit_store_add (
           db, org_id, caller->user_id, "booking-link.revoke", id, "", now_us, error);
}

/* By the token. */

static CoordBookingLink *
find_link (CoordDb *db, const char *token, gint64 now_us, GError **error)
{
  g_autofree char *hash = ent_secret_hash (token);

  return coord_booking_link_store_find (db, hash, now_us, error);
}

/* The interview that was booked with it and is still to be held; NULL without an error when there
 * is none. */
static CoordInterview *
find_interview (CoordDb *db, const CoordBookingLink *link, GError **error)
{
  g_autoptr (CoordInterview) interview = NULL;

  if (link->interview_id == NULL)
    return NULL;
  interview = coord_booking_store_find_interview (db, link->interview_id, "", error);
  return interview != NULL && coord_interview_is_booked (interview) ? g_steal_pointer (&interview)
                                                                    : NULL;
}

static EntApiGuestView *
show (CoordDb *db, const CoordBookingLink *link, const CoordTimes *times, GError **error)
{
  const CoordSearch search = { link->interviewers, FALSE, times->now_us, times->now_us + WINDOW_US,
    MAX_OPENINGS };
  g_autoptr (EntApiOrg) org = coord_org_store_find (db, link->org_id, error);
  g_autoptr (CoordPerson) host =
    org != NULL ? coord_account_store_find (db, link->interviewers[0], error) : NULL;
  g_autoptr (CoordInterview) interview = NULL;
  g_autoptr (GError) failure = NULL;
  g_autoptr (EntApiGuestView) view = ent_api_guest_view_new ();

  if (host == NULL)
    return NULL;
  interview = find_interview (db, link, &failure);
  if (failure == NULL)
    view->openings = coord_availability_service_find (db, &search, times->now_us, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  view->org_name = g_strdup (org->name);
  view->title = g_strdup (link->title);
  view->name = g_strdup (link->name);
  view->host_name = g_strdup (host->name);
  view->zone = g_strdup (host->zone);
  if (interview != NULL)
    view->interview = coord_booking_service_describe (interview, times);
  return g_steal_pointer (&view);
}

EntApiGuestView *
coord_booking_link_service_show (CoordDb *db,
  const EntApiGuestBooking *request,
  const CoordTimes *times,
  GError **error)
{
  g_autoptr (CoordBookingLink) link = find_link (db, request->token, times->now_us, error);

  return link != NULL ? show (db, link, times, error) : NULL;
}

/* Makes the interview, and returns its id. */
static char *
make_interview (CoordDb *db,
  const CoordBookingLink *link,
  const EntApiGuestBooking *request,
  const CoordTimes *times,
  GError **error)
{
  const CoordGuest guest = { link->name, link->email, request->locale, request->zone };
  const CoordBooking booking = { .guest = &guest, .created_by = GUEST };
  g_autoptr (CoordSlot) slot =
    coord_availability_service_check_people (db, link->org_id, link->interviewers, error)
      ? coord_booking_service_plan (
          db, link->org_id, link->interviewers, request->starts, link->title, times->now_us, error)
      : NULL;
  g_autofree char *id = NULL;

  if (slot == NULL || !coord_slot_service_open (db, slot, FALSE, times->now_us, error) ||
      (id = coord_booking_service_make (db, slot, &booking, times->now_us, error)) == NULL ||
      !coord_booking_link_store_set_interview (
        db, link->id, id, slot->ends_at_us + times->grace_us, error))
    return NULL;
  return g_steal_pointer (&id);
}

EntApiGuestView *
coord_booking_link_service_book (CoordDb *db,
  const EntApiGuestBooking *request,
  const char *origin,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordBookingLink) link = find_link (db, request->token, times->now_us, error);
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordInterview) interview = NULL;
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (EntApiInvitation) invitation = NULL;
  g_autoptr (EntApiGuestView) view = NULL;
  gboolean is_new;

  if (link == NULL)
    return NULL;
  if (request->zone != NULL && coord_zone_find_fault (request->zone) != NULL) {
    refuse (error, COORD_ERROR_INVALID, coord_zone_find_fault (request->zone));
    return NULL;
  }
  interview = find_interview (db, link, &failure);
  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (interview != NULL && interview->starts_at_us != request->starts) {
    refuse (error, COORD_ERROR_CONFLICT,
      "An interview has been booked with this link already. Move it instead.");
    return NULL;
  }
  is_new = interview == NULL;
  if (is_new) {
    g_free (link->interview_id);
    link->interview_id = make_interview (db, link, request, times, error);
    if (link->interview_id == NULL || (interview = find_interview (db, link, error)) == NULL)
      return NULL;
  }
  open = coord_invitation_store_list (db, interview->room_id, &first_page, error);
  if (open == NULL)
    return NULL;
  if (open->len >= MAX_REPEATS) {
    refuse (error, COORD_ERROR_CONFLICT,
      "This has been booked too often. Use the link of the first answer, or of the mail.");
    return NULL;
  }
  invitation =
    coord_invitation_service_make (db, interview->room_id, link->name, ENT_ROLE_CANDIDATE,
      interview->ends_at_us + times->grace_us, origin, GUEST, times->now_us, error);
  if (invitation == NULL ||
      (is_new && !coord_notice_service_tell (db, interview->id, COORD_NOTICE_BOOKED, NULL,
                   invitation->web_link, times->now_us, events, error)) ||
      (view = show (db, link, times, error)) == NULL)
    return NULL;
  view->join_link = g_strdup (invitation->link);
  return g_steal_pointer (&view);
}

/* The interview of a link, when it may still be changed. */
static CoordInterview *
find_changeable (CoordDb *db, const CoordBookingLink *link, const CoordTimes *times, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordInterview) interview = find_interview (db, link, &failure);

  if (failure != NULL) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return NULL;
  }
  if (interview == NULL) {
    refuse (error, COORD_ERROR_CONFLICT, "No interview is booked with this link.");
    return NULL;
  }
  return coord_interview_service_check_notice (interview, times, error)
           ? g_steal_pointer (&interview)
           : NULL;
}

EntApiGuestView *
coord_booking_link_service_move (CoordDb *db,
  const EntApiGuestBooking *request,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordBookingLink) link = find_link (db, request->token, times->now_us, error);
  g_autoptr (CoordInterview) interview =
    link != NULL ? find_changeable (db, link, times, error) : NULL;

  if (interview == NULL ||
      !coord_interview_service_move_in_hours (
        db, interview, request->starts, GUEST, request->reason, times, events, error) ||
      !coord_booking_link_store_set_interview (
        db, link->id, interview->id, request->starts + WINDOW_US, error))
    return NULL;
  return show (db, link, times, error);
}

EntApiGuestView *
coord_booking_link_service_cancel (CoordDb *db,
  const EntApiGuestBooking *request,
  const CoordTimes *times,
  GPtrArray *events,
  GError **error)
{
  g_autoptr (CoordBookingLink) link = find_link (db, request->token, times->now_us, error);
  g_autoptr (CoordInterview) interview =
    link != NULL ? find_changeable (db, link, times, error) : NULL;

  if (interview == NULL || !coord_interview_service_apply_cancel (
                             db, interview, GUEST, request->reason, times->now_us, events, error))
    return NULL;
  return show (db, link, times, error);
}
