#include "service/coord-availability-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "calendar/coord-zone.h"
#include "service/coord-org-service.h"
#include "service/coord-permission.h"
#include "service/coord-version.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-org-store.h"

#define MIN_LENGTH_S (5 * 60)
#define MAX_PEOPLE 8
#define MAX_WINDOW_US (62 * G_TIME_SPAN_DAY)
#define DAILY_MARGIN_US (2 * G_TIME_SPAN_DAY) /* to count the appointments of whole days */

static const char *const no_such_person = "There is no such interviewer in this organisation.";

static gboolean
refuse (GError **error, const char *text)
{
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_INVALID, text);
  return FALSE;
}

static gboolean
check_right (CoordDb *db,
  const CoordCaller *caller,
  CoordAction action,
  const char *org_id,
  const char *person_id,
  GError **error)
{
  const CoordTarget target = {
    .org_id = org_id, .owner_id = person_id, .not_found = "There is no such organisation."
  };
  char *people[] = { (char *) person_id, NULL };

  return coord_permission_check (db, caller, action, &target, error) &&
         coord_availability_service_check_people (db, org_id, people, error);
}

static EntApiAvailability *
describe (const CoordPersonHours *hours)
{
  EntApiAvailability *answer = ent_api_availability_new ();

  answer->zone = g_strdup (hours->zone_name);
  answer->weekly = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_hours_free);
  answer->special = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_special_hours_free);
  for (guint i = 0; i < hours->hours.weekly->len; i++) {
    const CoordHours *from = &g_array_index (hours->hours.weekly, CoordHours, i);
    EntApiHours *to = ent_api_hours_new ();

    *to = (EntApiHours){ from->day, from->from, from->until };
    g_ptr_array_add (answer->weekly, to);
  }
  for (guint i = 0; i < hours->hours.special->len; i++) {
    const CoordHours *from = &g_array_index (hours->hours.special, CoordHours, i);
    EntApiSpecialHours *to = ent_api_special_hours_new ();

    *to = (EntApiSpecialHours){ coord_zone_format_day (from->day), from->from, from->until };
    g_ptr_array_add (answer->special, to);
  }
  answer->length_s = hours->hours.length_us / G_USEC_PER_SEC;
  answer->buffer_s = hours->hours.buffer_us / G_USEC_PER_SEC;
  answer->notice_s = hours->hours.notice_us / G_USEC_PER_SEC;
  answer->ahead_days = hours->hours.ahead_us / G_TIME_SPAN_DAY;
  answer->daily_limit = hours->hours.daily_limit;
  answer->version = hours->version;
  return answer;
}

/* What was asked for, checked; NULL with an error. */
static CoordPersonHours *
read_request (const EntApiAvailability *request, GError **error)
{
  g_autoptr (CoordPersonHours) hours = NULL;
  const char *fault = coord_zone_find_fault (request->zone);

  if (fault == NULL && (request->length_s < MIN_LENGTH_S || request->length_s % 60 != 0 ||
                         request->buffer_s % 60 != 0))
    fault = "An appointment lasts five minutes or more, in whole minutes.";
  if (fault == NULL && request->ahead_days < 1)
    fault = "Appointments must be possible for a day ahead or more.";
  if (fault != NULL) {
    refuse (error, fault);
    return NULL;
  }
  hours = coord_person_hours_new (request->zone);
  for (guint i = 0; i < request->weekly->len; i++) {
    const EntApiHours *from = request->weekly->pdata[i];
    const CoordHours to = { from->day, from->from, from->until };

    g_array_append_val (hours->hours.weekly, to);
  }
  for (guint i = 0; i < request->special->len; i++) {
    const EntApiSpecialHours *from = request->special->pdata[i];
    CoordHours to = { 0, from->from, from->until };

    if (!coord_zone_parse_day (from->date, &to.day)) {
      refuse (error, "A date is written like 2026-03-29.");
      return NULL;
    }
    g_array_append_val (hours->hours.special, to);
  }
  fault = coord_hours_find_fault (hours->hours.weekly, TRUE);
  if (fault == NULL)
    fault = coord_hours_find_fault (hours->hours.special, FALSE);
  if (fault != NULL) {
    refuse (error, fault);
    return NULL;
  }
  hours->hours.length_us = request->length_s * G_USEC_PER_SEC;
  hours->hours.buffer_us = request->buffer_s * G_USEC_PER_SEC;
  hours->hours.notice_us = request->notice_s * G_USEC_PER_SEC;
  hours->hours.ahead_us = request->ahead_days * G_TIME_SPAN_DAY;
  hours->hours.daily_limit = request->daily_limit;
  return g_steal_pointer (&hours);
}

EntApiAvailability *
coord_availability_service_show (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *person_id,
  GError **error)
{
  g_autoptr (CoordPersonHours) hours = NULL;

  if (!check_right (db, caller, COORD_ACTION_AVAILABILITY_SHOW, org_id, person_id, error) ||
      (hours = coord_availability_store_find (db, person_id, error)) == NULL)
    return NULL;
  return describe (hours);
}

EntApiAvailability *
coord_availability_service_set (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *person_id,
  const EntApiAvailability *request,
  gint64 version,
  gint64 now_us,
  GError **error)
{
  g_autoptr (CoordPersonHours) before = NULL;
  g_autoptr (CoordPersonHours) hours = NULL;

  if (!check_right (db, caller, COORD_ACTION_AVAILABILITY_CHANGE, org_id, person_id, error) ||
      (hours = read_request (request, error)) == NULL ||
      (before = coord_availability_store_find (db, person_id, error)) == NULL ||
      !coord_version_check (version, before->version, error))
    return NULL;
  hours->version = before->version + 1;
  if (!coord_availability_store_set (db, person_id, hours, error) ||
      !coord_audit_store_add (
        db, org_id, caller->user_id, "availability.set", person_id, "", now_us, error))
    return NULL;
  return describe (hours);
}

gboolean
coord_availability_service_check_people (CoordDb *db,
  const char *org_id,
  char **interviewers,
  GError **error)
{
  guint n = interviewers != NULL ? g_strv_length (interviewers) : 0;

  if (n == 0 || n > MAX_PEOPLE)
    return refuse (error, n == 0 ? "Say who interviews." : "At most eight people can interview.");
  for (guint i = 0; i < n; i++) {
    g_autoptr (GError) failure = NULL;
    EntOrgRole role;

    for (guint k = 0; k < i; k++)
      if (strcmp (interviewers[i], interviewers[k]) == 0)
        return refuse (error, "An interviewer is named twice.");
    if (ent_id_is_valid (interviewers[i]) &&
        coord_org_store_find_role (db, org_id, interviewers[i], &role, &failure) &&
        role != ENT_ORG_CANDIDATE)
      continue;
    if (failure != NULL)
      g_propagate_error (error, g_steal_pointer (&failure));
    else
      g_set_error_literal (error, COORD_ERROR, COORD_ERROR_NOT_FOUND, no_such_person);
    return FALSE;
  }
  return TRUE;
}

/* One person, with what is busy in a window. */
typedef struct {
  CoordPersonHours *hours;
  GArray *busy;
} Person;

static void
person_free (Person *person)
{
  g_clear_pointer (&person->hours, coord_person_hours_free);
  g_clear_pointer (&person->busy, g_array_unref);
  g_free (person);
}

static GPtrArray *
load_people (CoordDb *db, char **interviewers, gint64 from_us, gint64 until_us, GError **error)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func ((GDestroyNotify) person_free);

  for (guint i = 0; interviewers[i] != NULL; i++) {
    Person *person = g_new0 (Person, 1);

    g_ptr_array_add (people, person);
    person->hours = coord_availability_store_find (db, interviewers[i], error);
    if (person->hours == NULL)
      return NULL;
    person->busy = coord_availability_store_list_busy (
      db, interviewers[i], from_us - DAILY_MARGIN_US, until_us + DAILY_MARGIN_US, error);
    if (person->busy == NULL)
      return NULL;
  }
  return g_steal_pointer (&people);
}

/* The first one says how long it takes; the others have to be there. */
static gboolean
can_all_others (const GPtrArray *people, gint64 now_us, const CoordSpan *span)
{
  for (guint i = 1; i < people->len; i++) {
    const Person *person = people->pdata[i];
    CoordAvailability hours = person->hours->hours;

    hours.length_us = span->ends_us - span->starts_us;
    if (!coord_hours_allow (&hours, person->busy, NULL, now_us, span))
      return FALSE;
  }
  return TRUE;
}

static void
add_opening (GPtrArray *list, const CoordSpan *span, char **interviewers)
{
  EntApiOpening *opening = ent_api_opening_new ();

  opening->starts = span->starts_us;
  opening->ends = span->ends_us;
  opening->interviewers = g_strdupv (interviewers);
  g_ptr_array_add (list, opening);
}

static int
compare_openings (gconstpointer a, gconstpointer b)
{
  const EntApiOpening *one = *(EntApiOpening *const *) a, *two = *(EntApiOpening *const *) b;

  if (one->starts != two->starts)
    return one->starts < two->starts ? -1 : 1;
  return strcmp (one->interviewers[0], two->interviewers[0]);
}

GPtrArray *
coord_availability_service_find (CoordDb *db,
  const CoordSearch *search,
  gint64 now_us,
  GError **error)
{
  gint64 until_us = MIN (search->until_us, search->from_us + MAX_WINDOW_US);
  g_autoptr (GPtrArray) people =
    load_people (db, search->interviewers, search->from_us, until_us, error);
  GPtrArray *list;

  if (people == NULL)
    return NULL;
  list = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_api_opening_free);
  for (guint i = 0; i < (search->is_any ? people->len : 1); i++) {
    const Person *person = people->pdata[i];
    char *alone[] = { search->interviewers[i], NULL };
    g_autoptr (GArray) openings = coord_hours_find_openings (&person->hours->hours, person->busy,
      NULL, now_us, search->from_us, until_us, search->is_any ? search->limit : G_MAXUINT);

    for (guint k = 0; k < openings->len; k++) {
      const CoordSpan *span = &g_array_index (openings, CoordSpan, k);

      if (search->is_any || (list->len < search->limit && can_all_others (people, now_us, span)))
        add_opening (list, span, search->is_any ? alone : search->interviewers);
    }
  }
  g_ptr_array_sort (list, compare_openings);
  if (list->len > search->limit)
    g_ptr_array_set_size (list, search->limit);
  return list;
}

EntApiOpenings *
coord_availability_service_search (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordSearch *search,
  gint64 now_us,
  GError **error)
{
  GPtrArray *openings;
  EntApiOpenings *answer;
  EntOrgRole role;

  if (!coord_caller_get_role (db, caller, org_id, "There is no such organisation.", &role, error) ||
      !coord_availability_service_check_people (db, org_id, search->interviewers, error) ||
      (openings = coord_availability_service_find (db, search, now_us, error)) == NULL)
    return NULL;
  answer = ent_api_openings_new ();
  answer->items = openings;
  return answer;
}

gint64
coord_availability_service_check (CoordDb *db,
  char **interviewers,
  gint64 starts_at_us,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GPtrArray) people = load_people (db, interviewers, starts_at_us, starts_at_us, error);
  const Person *first;
  CoordSpan span;

  if (people == NULL)
    return -1;
  first = people->pdata[0];
  span = (CoordSpan){ starts_at_us, starts_at_us + first->hours->hours.length_us };
  if (!coord_hours_allow (&first->hours->hours, first->busy, NULL, now_us, &span) ||
      !can_all_others (people, now_us, &span))
    return 0;
  return span.ends_us;
}
