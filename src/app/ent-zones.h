#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The time zones that people choose from. */

#define ENT_ZONES_FILE "/usr/share/zoneinfo/zone.tab"

/* Their IANA names in the order of their letters, "UTC" among them; those that this device knows
 * none of are its own zone and "UTC". Caller owns. */
char **ent_zones_list (const char *file);

/* The zone of this device, or "UTC" where it has no name. Caller owns. */
char *ent_zones_dup_local (void);

/* As people read it: "Buenos Aires (America/Argentina)". Caller owns. */
char *ent_zones_new_title (const char *zone);

G_END_DECLS
