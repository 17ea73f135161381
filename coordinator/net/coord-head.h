#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The head of a request, looked at before libsoup may see it. */

typedef struct {
  gsize size; /* with the empty line at its end */
  guint64 length; /* of the body as told by Content-Length; 0: none, or chunked */
  gboolean is_chunked;
  gboolean wants_continue; /* the body comes after a "100 Continue" only */
} CoordHead;

typedef enum {
  COORD_HEAD_PARTIAL, /* its end has not come */
  COORD_HEAD_SOUND,
  COORD_HEAD_UNSOUND,
} CoordHeadState;

/* Reads the head that starts at data; head is set when it is sound.
 *
 * Sound is what everybody reads alike: lines that end with CRLF, none folded, no NUL; a method that
 * HTTP has; a path as the target; HTTP/1.0 or 1.1; one Host; names right before their colon; at
 * most one of Content-Length (digits) and Transfer-Encoding (chunked, of HTTP/1.1). Anything else
 * is answered 400 at the door: proxies and libsoup disagree about it, and libsoup 3.2 never frees
 * the name of a method, nor the path of a request whose length it cannot read. Pure. */
CoordHeadState coord_head_read (const char *data, gsize size, CoordHead *head);

/* Whether all of the request is among the size bytes at data, as far as can be told without reading
 * chunks: of a chunked body, whether an empty line has come. */
gboolean coord_head_has_body (const CoordHead *head, const char *data, gsize size);

G_END_DECLS
