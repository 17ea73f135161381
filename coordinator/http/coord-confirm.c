#include "http/coord-confirm.h"

#include "base/ent-secret.h"
#include "store/coord-account-store.h"
#include "store/coord-error.h"

#define WINDOW_S (15 * 60)
#define FRESH_US (15 * G_TIME_SPAN_MINUTE)

typedef struct {
  CoordDeed deed;
  char *password; /* NULL: none was given */
  CoordRequest *request; /* owned while the password is compared */
} Confirm;

/* What is looked up: the hash, and when the sign-in began. */
typedef struct {
  char *hash;
  gboolean is_fresh;
} Own;

static void
own_free (gpointer data)
{
  Own *own = data;

  g_free (own->hash);
  g_free (own);
}

static void
confirm_free (gpointer data)
{
  Confirm *confirm = data;

  ent_secret_free (confirm->password);
  g_free (confirm);
}

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

static void
do_deed (CoordRequest *request, const CoordDeed *deed)
{
  coord_request_work (request, TRUE, deed->func, deed->result_free, deed->done, NULL, NULL);
}

static void
compared_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  Confirm *confirm = data;
  g_autoptr (CoordRequest) request = confirm->request;
  g_autofree char *subject = get_subject (request);
  GError *error = NULL;

  if (coord_passwords_verify_finish (result, &error)) {
    coord_request_forget_failures (request, subject);
    do_deed (request, &confirm->deed);
  } else if (error == NULL) {
    coord_request_count_failure (request, subject);
    fail (request, COORD_ERROR_WRONG_PASSWORD, "The password is not right.");
  } else
    coord_request_fail (request, error);
  confirm_free (confirm);
}

static gpointer
find_own (CoordCall *call, GError **error)
{
  g_autoptr (CoordPerson) person =
    coord_account_store_find (call->db, call->caller->user_id, error);
  gint64 since_us =
    person != NULL ? coord_account_store_get_family_start (call->db, call->caller->family_id, error)
                   : -1;
  Own *own;

  if (since_us < 0)
    return NULL;
  own = g_new0 (Own, 1);
  own->hash = g_steal_pointer (&person->password);
  own->is_fresh = since_us >= call->now_us - FRESH_US;
  return own;
}

static void
found_own (CoordRequest *request, gpointer result, gpointer extra)
{
  Own *own = result;
  const Confirm *asked = extra;
  Confirm *confirm;

  if (*own->hash == '\0' && own->is_fresh)
    do_deed (request, &asked->deed);
  else if (*own->hash == '\0')
    fail (request, COORD_ERROR_SIGN_IN_TOO_OLD,
      "Your sign-in is too old for this. Sign out, sign in again, and do it within 15 minutes.");
  else if (asked->password == NULL)
    fail (request, COORD_ERROR_WRONG_PASSWORD, "Your password is needed once more.");
  else {
    confirm = g_new0 (Confirm, 1);
    confirm->deed = asked->deed;
    confirm->request = coord_request_ref (request);
    coord_passwords_verify_async (coord_request_get_services (request)->passwords, COORD_TURN_KNOWN,
      asked->password, own->hash, compared_cb, confirm);
  }
  own_free (own);
}

void
coord_confirm (CoordRequest *request, const char *password, const CoordDeed *deed)
{
  g_autofree char *subject = get_subject (request);
  Confirm *confirm;

  if (!coord_request_check_wait (request, subject) ||
      !coord_request_count (request, subject,
        coord_request_get_services (request)->config->signin_per_account, WINDOW_S))
    return;
  confirm = g_new0 (Confirm, 1);
  confirm->deed = *deed;
  confirm->password = g_strdup (password);
  coord_request_work (request, FALSE, find_own, own_free, found_own, confirm, confirm_free);
}
