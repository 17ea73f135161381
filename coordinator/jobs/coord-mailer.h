#pragma once

#include "base/ent-clock.h"
#include "store/coord-db.h"

G_BEGIN_DECLS

/* Sends what waits in the outbox, some at once, each in a thread of its own. What a server does not
 * take now is tried again after a minute, then after twice as long each time, up to two hours, for
 * three days; what it refuses is given up. A message of which nobody knows whether it arrived is
 * sent once more and then never again. */
typedef struct _CoordMailer CoordMailer;

/* All lent, and copied. */
typedef struct {
  const char *url;
  const char *user; /* NULL: none */
  const char *password;
  const char *from;
  const char *origin; /* what links start with */
  gboolean wants_tls;
  guint timeout_s;
} CoordMailerSettings;

/* pool and clock are borrowed and must live longer. Begins with the running main loop. */
CoordMailer *
coord_mailer_new (CoordDbPool *pool, EntClock *clock, const CoordMailerSettings *settings);

/* What is being sent counts as unsure at the next start, when its end is not noted in time. */
void coord_mailer_free (CoordMailer *mailer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordMailer, coord_mailer_free)

G_END_DECLS
