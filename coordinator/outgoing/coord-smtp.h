#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where mail is handed over. All are lent. */
typedef struct {
  const char *url; /* smtp://HOST:PORT, smtps://... */
  const char *user; /* NULL: none */
  const char *password;
  const char *from; /* envelope */
  gboolean wants_tls; /* STARTTLS or it is not sent */
  long timeout_s; /* of one conversation */
} CoordSmtpServer;

typedef enum {
  COORD_SMTP_SENT,
  COORD_SMTP_REFUSED, /* for good */
  COORD_SMTP_LATER, /* it has not taken it */
  COORD_SMTP_UNSURE, /* the whole message went out, and no answer came */
} CoordSmtpEnd;

/* Sends and waits, in a thread of the caller's. message has CRLF line ends; to passed
 * coord_mail_is_address(). *reason is the caller's, NULL when it was sent. */
CoordSmtpEnd
coord_smtp_send (const CoordSmtpServer *server, const char *to, const char *message, char **reason);

/* What an end means: status is the last answer's (0: none), is_ok libcurl's opinion, has_all
 * whether the whole message was given away. */
CoordSmtpEnd coord_smtp_judge (gboolean is_ok, long status, gboolean has_all);

G_END_DECLS
