#pragma once

#include "base/ent-clock.h"
#include "coord-config.h"
#include "coord-metrics.h"
#include "coord-secrets.h"
#include "outgoing/coord-provider.h"
#include "service/coord-event.h"
#include "service/coord-password.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* What the layers above share; all borrowed, made and owned by the program. */
typedef struct {
  const CoordConfig *config;
  const CoordSecrets *secrets;
  CoordDbPool *pool;
  CoordPasswords *passwords;
  CoordEvents *events;
  EntClock *clock;
  CoordMetrics *metrics;
  CoordProviders *providers; /* main thread; NULL: none are configured */
  const char *origin; /* what links start with, with the pin if there is one; set when it listens */
} CoordServices;

G_END_DECLS
