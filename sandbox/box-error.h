#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BOX_ERROR (box_error_quark ())
typedef enum {
  BOX_ERROR_INVALID, /* the job asks for something impossible; the caller can mend it */
  BOX_ERROR_HOST, /* the host lacks what keeps programs in; the operator can mend it */
  BOX_ERROR_INTERNAL, /* ours */
} BoxError;
GQuark box_error_quark (void);

/* Sets an error from errno: "what: reason". Always returns FALSE. */
gboolean box_error_set_errno (GError **error, BoxError code, int e, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

G_END_DECLS
