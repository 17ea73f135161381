/* Confirming an address and setting a new password by a link that came by mail: for programs, and
 * as pages for browsers. A page that is only looked at changes nothing, since scanners of mail look
 * at every link. */

#include <string.h>

#include "http/coord-routes.h"
#include "http/coord-web-page.h"
#include "protocol/ent-api-account.h"
#include "protocol/ent-api-people.h"
#include "protocol/ent-limits.h"
#include "service/coord-account-link-service.h"
#include "store/coord-error.h"

#define WINDOW_S (15 * 60)

static void
fail (CoordRequest *request, CoordError code, const char *text)
{
  coord_request_fail (request, g_error_new_literal (COORD_ERROR, code, text));
}

/* Forgot: one answer, and one piece of work, for every address. */

static gpointer
ask_for_reset (CoordCall *call, GError **error)
{
  const EntApiForgot *body = call->body;

  coord_account_link_service_ask (call->db, COORD_LINK_RESET, body->email, call->now_us, error);
  return NULL;
}

static void
reset_asked (CoordRequest *request, gpointer result, gpointer extra)
{
  coord_request_reply (request, 202, NULL, NULL);
}

static void
forgot (CoordRequest *request, gpointer data)
{
  const EntApiForgot *body = coord_request_get_body (request);
  g_autofree char *lower = g_ascii_strdown (body->email, -1);
  g_autofree char *subject = g_strconcat ("forgot:", lower, NULL);

  if (coord_request_count (request, subject,
        coord_request_get_services (request)->config->signin_per_account, WINDOW_S))
    coord_request_work (request, TRUE, ask_for_reset, NULL, reset_asked, NULL, NULL);
}

static gpointer
ask_to_verify (CoordCall *call, GError **error)
{
  coord_account_link_service_ask_again (call->db, call->caller, call->now_us, error);
  return NULL;
}

static gpointer
verify (CoordCall *call, GError **error)
{
  const EntApiToken *body = call->body;

  coord_account_link_service_verify (call->db, body->token, call->now_us, error);
  return NULL;
}

/* Reset: look at the token, hash, store. The same for programs and for the page. */

typedef struct {
  CoordRequest *request; /* not owned: the work, or the hashing, holds it */
  const char *token; /* both lent by its body */
  const char *password;
  CoordWorkDone done;
  char *hash;
} Reset;

static void
reset_clear (gpointer data)
{
  g_free (((Reset *) data)->hash);
}

static void
reset_unref (gpointer data)
{
  g_rc_box_release_full (data, reset_clear);
}

static gpointer
store_reset (CoordCall *call, GError **error)
{
  const Reset *reset = call->extra;

  return coord_account_link_service_reset (
    call->db, reset->token, reset->hash, call->now_us, error);
}

/* Whoever reads the mail of the address is its owner: failed sign-ins do not hold them up. */
static void
reset_stored (CoordRequest *request, gpointer result, gpointer extra)
{
  const Reset *reset = extra;
  g_autofree char *email = result;
  g_autofree char *subject = g_strconcat ("account:", email, NULL);

  coord_request_forget_failures (request, subject);
  reset->done (request, NULL, NULL);
}

static void
hashed_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Reset *reset = data;
  g_autoptr (CoordRequest) request = reset->request;
  GError *error = NULL;

  reset->hash = coord_passwords_hash_finish (result, &error);
  if (reset->hash != NULL)
    coord_request_work (request, TRUE, store_reset, g_free, reset_stored, reset, reset_unref);
  else {
    coord_request_fail (request, error);
    reset_unref (reset);
  }
}

static gpointer
check_reset (CoordCall *call, GError **error)
{
  const Reset *reset = call->extra;

  coord_account_link_service_check (call->db, COORD_LINK_RESET, reset->token, call->now_us, error);
  return NULL;
}

static void
reset_checked (CoordRequest *request, gpointer result, gpointer extra)
{
  Reset *reset = g_rc_box_acquire (extra);

  reset->request = coord_request_ref (request);
  coord_passwords_hash_async (coord_request_get_services (request)->passwords, COORD_TURN_KNOWN,
    reset->password, hashed_cb, reset);
}

static void
begin_reset (CoordRequest *request, const char *token, const char *password, CoordWorkDone done)
{
  const char *fault = coord_password_find_fault (password);
  Reset *reset;

  if (fault != NULL) {
    fail (request, COORD_ERROR_INVALID, fault);
    return;
  }
  reset = g_rc_box_new0 (Reset);
  reset->token = token;
  reset->password = password;
  reset->done = done;
  coord_request_work (request, FALSE, check_reset, NULL, reset_checked, reset, reset_unref);
}

static void
reset_done (CoordRequest *request, gpointer result, gpointer extra)
{
  coord_request_reply (request, 204, NULL, NULL);
}

static void
reset_password (CoordRequest *request, gpointer data)
{
  const EntApiReset *body = coord_request_get_body (request);

  begin_reset (request, body->token, body->password, reset_done);
}

/* Pages. */

typedef struct {
  const char *verify_title, *verify_text, *verify_button, *verify_done;
  const char *reset_title, *reset_text, *password, *again, *reset_button, *reset_done;
  const char *ended_title, *ended, *short_title, *too_short, *differ_title, *differ;
} Words;

static const Words english = {
  "Confirm your mail address",
  "Is this your mail address, and did you make an account for Entrevue with it?",
  "Confirm",
  "Your mail address is confirmed. You can close this page.",
  "Set a new password",
  "All devices on which you are signed in will be signed out.",
  "New password (at least " G_STRINGIFY (ENT_MIN_PASSWORD_CHARS) " characters)",
  "The same once more",
  "Set the password",
  "Your new password is set. Open Entrevue and sign in with it.",
  "This link is not good any more",
  "It was used already, or is too old. Ask for a new one in Entrevue.",
  "This password cannot be used",
  "It needs at least " G_STRINGIFY (ENT_MIN_PASSWORD_CHARS) " characters. Go back and try another "
                                                            "one.",
  "The two passwords differ",
  "Go back and type the same one twice.",
};

static const Words german = {
  "Bestätigen Sie Ihre Mailadresse",
  "Ist das Ihre Mailadresse, und haben Sie mit ihr ein Konto für Entrevue angelegt?",
  "Bestätigen",
  "Ihre Mailadresse ist bestätigt. Sie können diese Seite schließen.",
  "Ein neues Passwort setzen",
  "Auf allen Geräten, auf denen Sie angemeldet sind, werden Sie abgemeldet.",
  "Neues Passwort (mindestens " G_STRINGIFY (ENT_MIN_PASSWORD_CHARS) " Zeichen)",
  "Noch einmal dasselbe",
  "Passwort setzen",
  "Ihr neues Passwort ist gesetzt. Öffnen Sie Entrevue und melden Sie sich damit an.",
  "Dieser Link gilt nicht mehr",
  "Er wurde schon benutzt oder ist zu alt. Verlangen Sie in Entrevue einen neuen.",
  "Dieses Passwort geht nicht",
  "Es braucht mindestens " G_STRINGIFY (ENT_MIN_PASSWORD_CHARS) " Zeichen. Gehen Sie zurück und "
                                                                "versuchen Sie ein anderes.",
  "Die beiden Passwörter sind verschieden",
  "Gehen Sie zurück und tippen Sie zweimal dasselbe.",
};

static const Words *
choose_words (CoordRequest *request)
{
  return coord_web_page_is_german (request) ? &german : &english;
}

static void
say (CoordRequest *request, guint status, const char *title, const char *sentence)
{
  g_autofree char *escaped = g_markup_escape_text (sentence, -1);
  g_autofree char *html = g_strdup_printf ("<p>%s</p>\n", escaped);

  coord_web_page_reply (request, status, title, html);
}

static void
refuse_with_page (CoordRequest *request, const char *sentence, const GError *error)
{
  const Words *words = choose_words (request);
  guint status = coord_error_get_status (error);

  if (g_error_matches (error, COORD_ERROR, COORD_ERROR_LINK_ENDED))
    say (request, status, words->ended_title, words->ended);
  else if (g_error_matches (error, COORD_ERROR, COORD_ERROR_CONFLICT))
    say (request, 400, words->differ_title, words->differ);
  else if (g_error_matches (error, COORD_ERROR, COORD_ERROR_INVALID))
    say (request, status, words->short_title, words->too_short);
  else
    say (request, status, "Entrevue", sentence);
}

static const char *
get_token (CoordRequest *request)
{
  const char *token = coord_request_get_query (request, "token");

  return token != NULL ? token : "";
}

static gpointer
look_at_verify (CoordCall *call, GError **error)
{
  coord_account_link_service_check (
    call->db, COORD_LINK_VERIFY, get_token (call->request), call->now_us, error);
  return NULL;
}

static gpointer
look_at_reset (CoordCall *call, GError **error)
{
  coord_account_link_service_check (
    call->db, COORD_LINK_RESET, get_token (call->request), call->now_us, error);
  return NULL;
}

/* The token has been found good, so there is nothing in it to escape. */
static void
verify_looked_at (CoordRequest *request, gpointer result, gpointer extra)
{
  const Words *words = choose_words (request);
  g_autofree char *html = g_strdup_printf (
    "<p>%s</p>\n<form method=\"post\" action=\"verify\">"
    "<input type=\"hidden\" name=\"token\" value=\"%s\"><button>%s</button></form>\n",
    words->verify_text, get_token (request), words->verify_button);

  coord_web_page_reply (request, 200, words->verify_title, html);
}

static void
reset_looked_at (CoordRequest *request, gpointer result, gpointer extra)
{
  const Words *words = choose_words (request);
  g_autofree char *html = g_strdup_printf (
    "<p>%s</p>\n<form method=\"post\" action=\"reset\">"
    "<input type=\"hidden\" name=\"token\" value=\"%s\">\n"
    "<label>%s<input type=\"password\" name=\"password\" autocomplete=\"new-password\" required>"
    "</label>\n"
    "<label>%s<input type=\"password\" name=\"again\" autocomplete=\"new-password\" required>"
    "</label>\n<button>%s</button></form>\n",
    words->reset_text, get_token (request), words->password, words->again, words->reset_button);

  coord_web_page_reply (request, 200, words->reset_title, html);
}

static void
show_verify_page (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, look_at_verify, NULL, verify_looked_at, NULL, NULL);
}

static void
show_reset_page (CoordRequest *request, gpointer data)
{
  coord_request_work (request, FALSE, look_at_reset, NULL, reset_looked_at, NULL, NULL);
}

static void
page_verified (CoordRequest *request, gpointer result, gpointer extra)
{
  const Words *words = choose_words (request);

  say (request, 200, words->verify_title, words->verify_done);
}

static void
verify_by_page (CoordRequest *request, gpointer data)
{
  coord_request_work (request, TRUE, verify, NULL, page_verified, NULL, NULL);
}

static void
page_reset_done (CoordRequest *request, gpointer result, gpointer extra)
{
  const Words *words = choose_words (request);

  say (request, 200, words->reset_title, words->reset_done);
}

static void
reset_by_page (CoordRequest *request, gpointer data)
{
  const EntApiResetForm *body = coord_request_get_body (request);

  if (strcmp (body->password, body->again) != 0)
    fail (request, COORD_ERROR_CONFLICT, "The two passwords differ.");
  else
    begin_reset (request, body->token, body->password, page_reset_done);
}

#define PAGE \
  COORD_CALLER_NONE, COORD_LIMIT_SIGNIN, .media_type = "text/html", .refuse = refuse_with_page
#define FORM PAGE, .is_form = TRUE

static const CoordRoute routes[] = {
  { "POST", "/api/auth/forgot", COORD_CALLER_NONE, COORD_LIMIT_SIGNIN, .handler = forgot,
    .body = &ent_api_forgot_struct, .status = 202 },
  { "POST", "/api/auth/reset", COORD_CALLER_NONE, COORD_LIMIT_SIGNIN, .handler = reset_password,
    .body = &ent_api_reset_struct, .status = 204 },
  { "POST", "/api/auth/verify-email", COORD_CALLER_NONE, COORD_LIMIT_SIGNIN, .service = verify,
    .work = COORD_WORK_WRITE, .body = &ent_api_token_struct },
  { "POST", "/api/me/verification", COORD_CALLER_ANY, COORD_LIMIT_SIGNIN, .service = ask_to_verify,
    .work = COORD_WORK_WRITE, .status = 202 },
  { "GET", "/account/verify", PAGE, .handler = show_verify_page },
  { "POST", "/account/verify", FORM, .handler = verify_by_page, .body = &ent_api_token_struct },
  { "GET", "/account/reset", PAGE, .handler = show_reset_page },
  { "POST", "/account/reset", FORM, .handler = reset_by_page, .body = &ent_api_reset_form_struct },
};

void
coord_routes_add_account_links (CoordRouter *router)
{
  coord_router_add (router, routes, G_N_ELEMENTS (routes), NULL);
}
