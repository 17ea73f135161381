#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The secrets of an installation: DATA/secrets (0700), made at the first start and synced to disk.
 */
typedef struct {
  char *key_id; /* of the signing key, written into tokens */
  guint8 signing_key[32];
  guint8 refresh_key[32];
  char *turn_secret; /* shared with the relay */
  char *metrics_token; /* who has it may read /metrics */
} CoordSecrets;

/* Reads DATA/secrets, and makes what is missing. turn_secret_file replaces DATA/secrets/turn-secret
 * when it is not NULL, and must exist. */
CoordSecrets *
coord_secrets_load (const char *data_folder, const char *turn_secret_file, GError **error);

/* Whether a secret that is kept elsewhere can be read, is not empty, and is not everybody's: its
 * group may read it, since coturn has to. FALSE with what to do. */
gboolean coord_secrets_check_file (const char *path, GError **error);

/* One further secret of the folder, made by `make` when it is missing. Free with ent_secret_free().
 */
typedef char *(*CoordSecretMake) (GError **error);
char *coord_secrets_load_one (const char *data_folder,
  const char *name,
  CoordSecretMake make,
  GError **error);

/* Fresh ones that are not stored; for tests. */
CoordSecrets *coord_secrets_new (void);

void coord_secrets_free (CoordSecrets *secrets);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordSecrets, coord_secrets_free)

G_END_DECLS
