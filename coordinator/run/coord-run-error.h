#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Why something is not run. Messages are sentences for the person who asked. */
#define COORD_RUN_ERROR (coord_run_error_quark ())

typedef enum {
  COORD_RUN_ERROR_NO_RUNNER, /* none is connected, or none for this language */
  COORD_RUN_ERROR_BUSY, /* too many runs wait */
  COORD_RUN_ERROR_FILES, /* the files cannot be run as they are */
} CoordRunError;

GQuark coord_run_error_quark (void);

/* The stable code on the wire. */
const char *coord_run_error_get_code (const GError *error);

G_END_DECLS
