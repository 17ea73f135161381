/* A copy of what is kept of a person, and its end. */

#include "http/coord-confirm.h"
#include "http/coord-routes.h"
#include "service/coord-erasure-service.h"
#include "service/coord-export-service.h"
#include "service/coord-second-factor-service.h"
#include "store/coord-error.h"

#define DAY_S (24 * 60 * 60)

/* Whether the second factor was shown, too, where there is one. */
static gboolean
check_code (CoordCall *call, GError **error)
{
  const EntApiConfirm *body = call->body;

  return coord_second_factor_service_check (
    call->db, call->services->secrets, call->caller->user_id, body->code, call->now_us, error);
}

/* The failure was committed. */
static void
refuse_code (CoordRequest *request)
{
  const EntApiConfirm *body = coord_request_get_body (request);

  coord_request_fail (request,
    g_error_new_literal (COORD_ERROR, COORD_ERROR_WRONG_CODE,
      body->code == NULL ? "A code of your device is needed, or one of those on paper."
                         : "This code is not right, or was used already. Wait for the next one."));
}

/* The copy. */

static gpointer
check_caller (CoordCall *call, GError **error)
{
  return check_code (call, error) ? GINT_TO_POINTER (TRUE) : NULL;
}

static gpointer
ask_export (CoordCall *call, GError **error)
{
  return coord_export_service_ask (call->db, call->caller, call->now_us, error);
}

static void
export_asked (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (EntApiExport) answer = result;

  coord_request_reply (request, 202, &ent_api_export_struct, answer);
}

/* Only what is made is counted. */
static void
confirmed_export (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autofree char *subject = g_strconcat ("export:", coord_request_get_user (request), NULL);

  if (result == NULL)
    refuse_code (request);
  else if (coord_request_count (request, subject, COORD_EXPORT_PER_DAY, DAY_S))
    coord_request_work (
      request, TRUE, ask_export, (GDestroyNotify) ent_api_export_free, export_asked, NULL, NULL);
}

static void
begin_export (CoordRequest *request, gpointer data)
{
  static const CoordDeed deed = { check_caller, NULL, confirmed_export };
  const EntApiConfirm *body = coord_request_get_body (request);

  coord_confirm (request, body->password, &deed);
}

static gpointer
show_export (CoordCall *call, GError **error)
{
  return coord_export_service_show (call->db, call->caller, call->now_us, error);
}

static gpointer
remove_export (CoordCall *call, GError **error)
{
  coord_export_service_remove (call->db, call->caller, error);
  return NULL;
}

static gpointer
fetch_export (CoordCall *call, GError **error)
{
  return coord_export_service_fetch (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), call->now_us, error);
}

static void
export_fetched (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (GBytes) archive = result;

  coord_request_reply_file (request, "application/zip", "entrevue-my-data.zip", archive);
}

static void
begin_fetch (CoordRequest *request, gpointer data)
{
  coord_request_work (
    request, FALSE, fetch_export, (GDestroyNotify) g_bytes_unref, export_fetched, NULL, NULL);
}

/* Its end. */

static gpointer
show_erasure (CoordCall *call, GError **error)
{
  return coord_erasure_service_show (call->db, call->caller, call->now_us, error);
}

static const char *
get_person (CoordRequest *request)
{
  const char *id = coord_request_get_parameter (request, "id");

  return id != NULL ? id : coord_request_get_user (request);
}

/* Returns something when it is done. */
static gpointer
erase (CoordCall *call, GError **error)
{
  const char *person = get_person (call->request);

  return coord_erasure_service_check (call->db, call->caller, person, error) &&
             check_code (call, error) &&
             coord_erasure_service_erase (
               call->db, person, call->caller->user_id, call->now_us, call->events, error)
           ? GINT_TO_POINTER (TRUE)
           : NULL;
}

static void
erased (CoordRequest *request, gpointer result, gpointer extra)
{
  if (result != NULL)
    coord_request_reply (request, 204, NULL, NULL);
  else
    refuse_code (request);
}

static gpointer
may_erase (CoordCall *call, GError **error)
{
  coord_erasure_service_check (call->db, call->caller, get_person (call->request), error);
  return NULL;
}

static void
confirm_erasure (CoordRequest *request, gpointer result, gpointer extra)
{
  static const CoordDeed deed = { erase, NULL, erased };
  const EntApiConfirm *body = coord_request_get_body (request);

  coord_confirm (request, body->password, &deed);
}

/* Whoever may not is told so before a password is looked at. */
static void
begin_erase (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, may_erase, NULL, confirm_erasure, NULL, NULL);
}

#define ERASE \
  COORD_CALLER_ANY, COORD_LIMIT_SIGNIN, .handler = begin_erase, .body = &ent_api_confirm_struct, \
                                        .status = 204
#define FETCH \
  COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .handler = begin_fetch, .media_type = "application/zip"

static const CoordRoute routes[] = {
  { "POST", "/api/me/export", COORD_CALLER_ANY, COORD_LIMIT_SIGNIN, .handler = begin_export,
    .body = &ent_api_confirm_struct, .answer = &ent_api_export_struct, .status = 202 },
  { "GET", "/api/me/export", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = show_export,
    .answer = &ent_api_export_struct },
  { "DELETE", "/api/me/export", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = remove_export,
    .work = COORD_WORK_WRITE },
  { "GET", "/api/me/export/archive", FETCH },
  { "GET", "/api/users/{id}/export", FETCH },
  { "GET", "/api/me/erasure", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = show_erasure,
    .answer = &ent_api_erasure_struct },
  { "POST", "/api/me/erase", ERASE },
  { "POST", "/api/users/{id}/erase", ERASE },
};

void
coord_routes_add_privacy (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
