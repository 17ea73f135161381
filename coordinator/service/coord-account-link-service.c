#include "service/coord-account-link-service.h"

#include <string.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "outgoing/coord-mail.h"
#include "store/coord-account-link-store.h"
#include "store/coord-account-store.h"
#include "store/coord-audit-store.h"
#include "store/coord-error.h"
#include "store/coord-job-store.h"
#include "store/coord-notice-store.h"

/* In the order of CoordLinkKind. */
static const struct {
  const char *name; /* in the database, and of the page behind the link */
  gint64 seconds;
  const char *page; /* NULL: no link */
} kinds[] = {
  { "verify", COORD_VERIFY_SECONDS, "{origin}/account/verify?token=" },
  { "reset", COORD_RESET_SECONDS, "{origin}/account/reset?token=" },
  { "known", COORD_RESET_SECONDS, NULL },
};

gboolean
coord_account_link_service_ask (CoordDb *db,
  CoordLinkKind kind,
  const char *email,
  gint64 now_us,
  GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordPerson) person = coord_account_store_find_by_email (db, email, &failure);
  g_autofree char *lower = g_ascii_strdown (email, -1);
  g_autofree char *nobody = ent_secret_hash (lower); /* the same each time, as a person's id is */
  g_autofree char *subject = g_strdup_printf (
    "%s:%.*s", kinds[kind].name, ENT_ID_LENGTH, person != NULL ? person->id : nobody);

  if (failure != NULL && !g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return FALSE;
  }
  return coord_job_store_put (db, COORD_JOB_ACCOUNT_MAIL, subject, now_us, error);
}

gboolean
coord_account_link_service_ask_again (CoordDb *db,
  const CoordCaller *caller,
  gint64 now_us,
  GError **error)
{
  g_autofree char *subject =
    g_strconcat (kinds[COORD_LINK_VERIFY].name, ":", caller->user_id, NULL);

  return coord_job_store_put (db, COORD_JOB_ACCOUNT_MAIL, subject, now_us, error);
}

static gboolean
send_link (CoordDb *db,
  CoordLinkKind kind,
  const CoordPerson *person,
  gint64 now_us,
  GError **error)
{
  char *token = ent_secret_new_token ();
  g_autofree char *hash = ent_secret_hash (token);
  char *link = kinds[kind].page != NULL ? g_strconcat (kinds[kind].page, token, NULL) : NULL;
  g_autofree char *id = ent_id_new ();
  g_autofree char *subject = coord_link_text_make_subject (kind, person->locale);
  char *text = coord_link_text_make_text (kind, person->locale, person->name, link);
  char *html = coord_notice_text_to_html (text);
  const CoordMail mail = { id, person->name, person->email, subject, text, html, NULL, NULL };
  gboolean is_sent = coord_account_link_store_add (db, hash, person->id, kinds[kind].name, now_us,
                       now_us + kinds[kind].seconds * G_USEC_PER_SEC, error) &&
                     coord_outbox_store_add (db, &mail, now_us, error);

  ent_secret_free (token);
  ent_secret_free (link);
  ent_secret_free (text);
  ent_secret_free (html);
  return is_sent;
}

static gboolean
may_send (CoordLinkKind kind, const CoordPerson *person)
{
  return person->is_active && coord_mail_is_address (person->email) &&
         (kind != COORD_LINK_VERIFY || person->verified_at_us == 0);
}

gint64
coord_account_link_service_send (CoordDb *db, const char *subject, gint64 now_us, GError **error)
{
  const char *colon = strchr (subject, ':');
  g_autoptr (GError) failure = NULL;
  g_autoptr (CoordPerson) person =
    colon != NULL ? coord_account_store_find (db, colon + 1, &failure) : NULL;
  guint kind = 0;
  gint64 n_sent;

  if (failure != NULL && !g_error_matches (failure, COORD_ERROR, COORD_ERROR_NOT_FOUND)) {
    g_propagate_error (error, g_steal_pointer (&failure));
    return -1;
  }
  while (kind < G_N_ELEMENTS (kinds) && !g_str_has_prefix (subject, kinds[kind].name))
    kind++;
  if (person == NULL || kind == G_N_ELEMENTS (kinds) || !may_send (kind, person))
    return 0;
  n_sent = coord_account_link_store_count (
    db, person->id, kinds[kind].name, now_us - G_TIME_SPAN_HOUR, error);
  if (n_sent < 0)
    return -1;
  return n_sent >= COORD_LINKS_PER_HOUR || send_link (db, kind, person, now_us, error) ? 0 : -1;
}

gboolean
coord_account_link_service_check (CoordDb *db,
  CoordLinkKind kind,
  const char *token,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (token);
  g_autofree char *person_id =
    coord_account_link_store_find (db, hash, kinds[kind].name, now_us, error);

  return person_id != NULL;
}

gboolean
coord_account_link_service_verify (CoordDb *db, const char *token, gint64 now_us, GError **error)
{
  g_autofree char *hash = ent_secret_hash (token);
  g_autofree char *person_id =
    coord_account_link_store_use (db, hash, kinds[COORD_LINK_VERIFY].name, now_us, error);

  return person_id != NULL && coord_account_store_verify (db, person_id, now_us, error) &&
         coord_audit_store_add (
           db, NULL, person_id, "account.verify", person_id, "", now_us, error);
}

char *
coord_account_link_service_reset (CoordDb *db,
  const char *token,
  const char *password_hash,
  gint64 now_us,
  GError **error)
{
  g_autofree char *hash = ent_secret_hash (token);
  const char *kind = kinds[COORD_LINK_RESET].name;
  g_autofree char *person_id = coord_account_link_store_use (db, hash, kind, now_us, error);
  g_autoptr (CoordPerson) person =
    person_id != NULL ? coord_account_store_find (db, person_id, error) : NULL;

  if (person == NULL)
    return NULL;
  if (!person->is_active) {
    g_set_error_literal (
      error, COORD_ERROR, COORD_ERROR_DENIED, "This account has been switched off.");
    return NULL;
  }
  if (!coord_account_store_set_password (db, person_id, password_hash, error) ||
      !coord_account_store_end_families_of (db, person_id, now_us, error) ||
      !coord_account_link_store_end (db, person_id, kind, now_us, error) ||
      !coord_account_store_verify (db, person_id, now_us, error) ||
      !coord_audit_store_add (db, NULL, person_id, "account.reset", person_id, "", now_us, error))
    return NULL;
  return g_steal_pointer (&person->email);
}
