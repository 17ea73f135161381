#pragma once

#include "service/coord-caller.h"
#include "service/coord-notice-text.h"

G_BEGIN_DECLS

/* Links that prove that somebody reads the mail of an address: to confirm it, and to set a new
 * password. They are asked for in one transaction that is the same for every address, and made and
 * written to the outbox by a job after it, so that neither the answer nor the time that it takes
 * tells which addresses have an account. */

#define COORD_JOB_ACCOUNT_MAIL "account.mail" /* subject: kind, ':', person's id */

#define COORD_VERIFY_SECONDS (24 * 3600)
#define COORD_RESET_SECONDS (30 * 60)
#define COORD_LINKS_PER_HOUR 3 /* of one kind and person; more are not sent */

/* Has such a mail sent, if there is an account with this address. */
gboolean coord_account_link_service_ask (CoordDb *db,
  CoordLinkKind kind,
  const char *email,
  gint64 now_us,
  GError **error);

/* The link to confirm one's own address, once more. */
gboolean coord_account_link_service_ask_again (CoordDb *db,
  const CoordCaller *caller,
  gint64 now_us,
  GError **error);

/* The job. */
gint64
coord_account_link_service_send (CoordDb *db, const char *subject, gint64 now_us, GError **error);

/* Whether a token is good: COORD_ERROR_LINK_ENDED. Spends nothing. */
gboolean coord_account_link_service_check (CoordDb *db,
  CoordLinkKind kind,
  const char *token,
  gint64 now_us,
  GError **error);

/* Confirms the address. */
gboolean
coord_account_link_service_verify (CoordDb *db, const char *token, gint64 now_us, GError **error);

/* Sets the password, ends all sessions and all links to do so again, and confirms the address, as
 * its mail was read. The second factor stays. Returns the address, which the caller owns. */
char *coord_account_link_service_reset (CoordDb *db,
  const char *token,
  const char *password_hash,
  gint64 now_us,
  GError **error);

G_END_DECLS
