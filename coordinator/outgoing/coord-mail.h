#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One message, as it is kept until it is sent. All are lent. */
typedef struct {
  const char *id; /* makes the Message-ID */
  const char *name; /* of the recipient */
  const char *address;
  const char *subject;
  const char *text;
  const char *html;
  const char *calendar; /* iCalendar; NULL: none */
  const char *method; /* of it */
} CoordMail;

/* The whole message with CRLF line ends; from is an address. The caller owns it. */
char *coord_mail_write (const CoordMail *mail, const char *from, gint64 now_us);

/* Whether this can stand in an envelope: printable ASCII with one @, no blanks or brackets. */
gboolean coord_mail_is_address (const char *address);

/* A word of a header as RFC 2047 wants it; the caller owns it. */
char *coord_mail_encode_word (const char *text);

G_END_DECLS
