#include "run/coord-run-error.h"

G_DEFINE_QUARK (coord_run_error, coord_run_error)

const char *
coord_run_error_get_code (const GError *error)
{
  if (error->domain != COORD_RUN_ERROR)
    return "internal";
  switch ((CoordRunError) error->code) {
  case COORD_RUN_ERROR_NO_RUNNER:
    return "no_runner";
  case COORD_RUN_ERROR_BUSY:
    return "busy";
  case COORD_RUN_ERROR_FILES:
    return "files";
  }
  return "internal";
}
