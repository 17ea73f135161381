#pragma once

#include <glib.h>

#include "box-job.h"

G_BEGIN_DECLS

/* A job on its way from `run` to a runner of the same host, as one JSON object. */

#define BOX_TICKET_MAX_BYTES (192 * 1024 * 1024)

/* NULL for a job that cannot be written so: arguments that are no UTF-8. The caller owns the text.
 */
char *box_ticket_write (const char *language, BoxJob *job);

/* Reads one; the job is checked like any other. Both returns are the caller's; NULL with an error.
 */
BoxJob *box_ticket_read (const char *text, gsize size, char **language, GError **error);

G_END_DECLS
