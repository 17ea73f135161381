#pragma once

#include "coord-config.h"

G_BEGIN_DECLS

/* Whether the values of a configuration mean something, alone and beside each other. */

/* FALSE with a sentence that says how it must be; sets *key to the name of the key it is about. */
gboolean coord_config_check (const CoordConfig *config, const char **key, GError **error);

gboolean coord_config_check_provider (const CoordProviderConfig *provider, GError **error);

G_END_DECLS
