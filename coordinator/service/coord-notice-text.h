#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The words of mail, in the language of who gets it (English and German; others get English). */
typedef enum {
  COORD_NOTICE_BOOKED,
  COORD_NOTICE_MOVED,
  COORD_NOTICE_CANCELLED,
  COORD_NOTICE_DAY_BEFORE,
  COORD_NOTICE_SOON,
} CoordNoticeKind; /* in the order of ent_api_notice_nicks */

typedef struct {
  CoordNoticeKind kind;
  const char *locale; /* "de_DE.UTF-8", "de", NULL */
  const char *zone; /* NULL or unknown: UTC */
  const char *name; /* of the recipient */
  const char *title;
  const char *org_name;
  const char *host_name;
  const char *reason; /* NULL: none */
  const char *link; /* NULL: none */
  gint64 starts_us;
  gint64 ends_us;
} CoordNoticeText;

/* All are the caller's. What people wrote is escaped in the HTML. */
char *coord_notice_text_make_subject (const CoordNoticeText *notice);
char *coord_notice_text_make_text (const CoordNoticeText *notice);
char *coord_notice_text_make_html (const CoordNoticeText *notice);

/* "Monday, 23 March 2026, 09:00-10:00 (Europe/Berlin)" */
char *coord_notice_text_format_time (const CoordNoticeText *notice);

/* The same for a mail with a link that its reader has to open: to confirm an address, to set a new
 * password, to tell the owner of an address that somebody wanted to register with it, or of an
 * account that what was asked for is there. */
typedef enum {
  COORD_LINK_VERIFY,
  COORD_LINK_RESET,
  COORD_LINK_KNOWN,
  COORD_LINK_EXPORT, /* without a link: the copy of one's data is ready */
} CoordLinkKind;

char *coord_link_text_make_subject (CoordLinkKind kind, const char *locale);
char *coord_link_text_make_text (CoordLinkKind kind,
  const char *locale,
  const char *name,
  const char *link);

/* Paragraphs as HTML, escaped. */
char *coord_notice_text_to_html (const char *text);

G_END_DECLS
