#include "box-error.h"

G_DEFINE_QUARK (box_error, box_error)

gboolean
box_error_set_errno (GError **error, BoxError code, int e, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, BOX_ERROR, code, "%s: %s", what, g_strerror (e));
  return FALSE;
}
