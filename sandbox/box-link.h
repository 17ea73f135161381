#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The connection to a coordinator: dials, signs on, comes back when it is lost. It moves frames and
 * knows nothing of jobs. */

#define BOX_TYPE_LINK (box_link_get_type ())
G_DECLARE_FINAL_TYPE (BoxLink, box_link, BOX, LINK, GObject)

/* Signals:
 *   opened ()                       the socket is there; say hello
 *   text (const char *, gulong)     one text frame, NUL-terminated
 *   binary (GBytes *)               one binary frame
 *   closed (const char *)           it is lost, with the reason; another attempt follows */

/* address: "unix:PATH", or a URL of http(s) or ws(s), where plain ones are for this host only.
 * token is copied. NULL with a sentence when the address is none. */
BoxLink *box_link_new (const char *address, const char *token, GError **error);

/* Starts dialling. */
void box_link_start (BoxLink *link);

/* Closes for good. */
void box_link_stop (BoxLink *link);

/* What is sent while it is closed is dropped. */
void box_link_send_text (BoxLink *link, const char *text);
void box_link_send_binary (BoxLink *link, GBytes *frame);

/* Closes because the other side breaks the protocol; another attempt follows. */
void box_link_reject (BoxLink *link, const char *reason);

/* The other side said welcome: the next loss is dialled again soon. */
void box_link_confirm (BoxLink *link);

/* Milliseconds before the given attempt (from 0) without jitter. */
guint box_link_get_delay_ms (guint attempt);

G_END_DECLS
