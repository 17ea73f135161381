#pragma once

#include "coord-secrets.h"

G_BEGIN_DECLS

/* Secrets that the database keeps and that only the installation's own keys open: AES-256-GCM with
 * a key derived from refresh-key. `purpose` and `owner` are bound to the text: what was sealed for
 * one opens for no other. Without that key it is lost. */

/* The caller owns both. open: NULL when it was not sealed so, or was changed. */
GBytes *coord_seal_close (const CoordSecrets *secrets,
  const char *purpose,
  const char *owner,
  gconstpointer data,
  gsize size);
GBytes *coord_seal_open (const CoordSecrets *secrets,
  const char *purpose,
  const char *owner,
  GBytes *sealed);

G_END_DECLS
