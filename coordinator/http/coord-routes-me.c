/* What signed-in people do to their own account. */

#include "http/coord-routes.h"
#include "protocol/ent-api-account.h"
#include "service/coord-account-service.h"
#include "service/coord-profile-service.h"
#include "store/coord-error.h"

#define WINDOW_S (15 * 60)

static gpointer
list_sessions (CoordCall *call, GError **error)
{
  CoordPage page;

  if (!coord_routes_read_page (call->request, &page, error))
    return NULL;
  return coord_account_service_list_sessions (call->db, call->caller, &page, call->now_us, error);
}

static gpointer
end_session (CoordCall *call, GError **error)
{
  coord_account_service_end_session (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), call->now_us, error);
  return NULL;
}

static gpointer
change_profile (CoordCall *call, GError **error)
{
  return coord_profile_service_change (
    call->db, call->caller, call->body, call->version, call->now_us, error);
}

static gpointer
set_picture (CoordCall *call, GError **error)
{
  const EntApiPicture *body = call->body;

  coord_profile_service_set_picture (
    call->db, call->caller, body != NULL ? body->data : NULL, error);
  return NULL;
}

static gpointer
show_picture (CoordCall *call, GError **error)
{
  return coord_profile_service_show_picture (
    call->db, call->caller, coord_request_get_parameter (call->request, "id"), error);
}

/* A new password: find the account, compare the old one, hash the new one, store. */

static void
fail (CoordRequest *request, CoordError code, const char *text)
{
  coord_request_fail (request, g_error_new_literal (COORD_ERROR, code, text));
}

static char *
get_subject (CoordRequest *request)
{
  return g_strconcat ("password:", coord_request_get_user (request), NULL);
}

static gpointer
store_password (CoordCall *call, GError **error)
{
  coord_account_service_change_password (call->db, call->caller, call->extra, call->now_us, error);
  return NULL;
}

static void
password_stored (CoordRequest *request, gpointer result, gpointer extra)
{
  coord_request_reply (request, 0, NULL, NULL);
}

static void
hashed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CoordRequest) request = data;
  GError *error = NULL;
  char *hash = coord_passwords_hash_finish (result, &error);

  if (hash == NULL)
    coord_request_fail (request, error);
  else
    coord_request_work (request, TRUE, store_password, NULL, password_stored, hash, g_free);
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (CoordRequest) request = data;
  const EntApiNewPassword *body = coord_request_get_body (request);
  g_autofree char *subject = get_subject (request);
  GError *error = NULL;
  gboolean is_right = coord_passwords_verify_finish (result, &error);

  if (error != NULL) {
    coord_request_fail (request, error);
    return;
  }
  if (!is_right) {
    coord_request_count_failure (request, subject);
    fail (request, COORD_ERROR_WRONG_PASSWORD, "The old password is not right.");
    return;
  }
  coord_request_forget_failures (request, subject);
  coord_passwords_hash_async (coord_request_get_services (request)->passwords, COORD_TURN_KNOWN,
    body->new, hashed_cb, coord_request_ref (request));
}

static gpointer
find_me (CoordCall *call, GError **error)
{
  return coord_account_store_find (call->db, call->caller->user_id, error);
}

static void
me_found (CoordRequest *request, gpointer result, gpointer extra)
{
  g_autoptr (CoordPerson) person = result;
  const EntApiNewPassword *body = coord_request_get_body (request);

  coord_passwords_verify_async (coord_request_get_services (request)->passwords, COORD_TURN_KNOWN,
    body->old, person->password, compared_cb, coord_request_ref (request));
}

static void
change_password (CoordRequest *request, gpointer data)
{
  const EntApiNewPassword *body = coord_request_get_body (request);
  const char *fault = coord_password_find_fault (body->new);
  g_autofree char *subject = get_subject (request);

  if (fault != NULL)
    fail (request, COORD_ERROR_INVALID, fault);
  else if (coord_request_check_wait (request, subject) &&
           coord_request_count (request, subject,
             coord_request_get_services (request)->config->signin_per_account, WINDOW_S))
    coord_request_work (
      request, FALSE, find_me, (GDestroyNotify) coord_person_free, me_found, NULL, NULL);
}

#define CHANGE \
  COORD_CALLER_ANY, COORD_LIMIT_GENERAL, \
    .service = change_profile, .work = COORD_WORK_WRITE, .body = &ent_api_profile_change_struct, \
    .answer = &ent_api_user_answer_struct, .is_versioned = TRUE

static const CoordRoute routes[] = {
  { "PATCH", "/api/me", CHANGE },
  { "PATCH", "/api/users/me", CHANGE },
  { "PUT", "/api/me/picture", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = set_picture,
    .work = COORD_WORK_WRITE, .body = &ent_api_picture_struct },
  { "DELETE", "/api/me/picture", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = set_picture,
    .work = COORD_WORK_WRITE },
  { "GET", "/api/users/{id}/picture", COORD_CALLER_ANY, COORD_LIMIT_GENERAL,
    .service = show_picture, .answer = &ent_api_picture_struct },
  { "GET", "/api/auth/sessions", COORD_CALLER_ANY, COORD_LIMIT_GENERAL, .service = list_sessions,
    .answer = &ent_api_session_list_struct },
  { "DELETE", "/api/auth/sessions/{id}", COORD_CALLER_ANY, COORD_LIMIT_GENERAL,
    .service = end_session, .work = COORD_WORK_WRITE },
  { "POST", "/api/me/password", COORD_CALLER_ANY, COORD_LIMIT_SIGNIN, .handler = change_password,
    .body = &ent_api_new_password_struct, .status = 204 },
};

void
coord_routes_add_me (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
