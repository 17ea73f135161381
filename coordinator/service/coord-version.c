#include "service/coord-version.h"

#include "store/coord-error.h"

gboolean
coord_version_check (gint64 asked, gint64 current, GError **error)
{
  if (asked == current)
    return TRUE;
  g_set_error_literal (error, COORD_ERROR, COORD_ERROR_CHANGED,
    "Somebody has changed this meanwhile. Load it again, then repeat your change.");
  return FALSE;
}
