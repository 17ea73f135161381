#pragma once

#include <adwaita.h>

#include "protocol/ent-api-people.h"

G_BEGIN_DECLS

/* Who interviews: one colleague who hosts, and a panel of others. Of many colleagues those are
 * shown whose names are searched for. It is not shown to whoever can only interview alone. */
#define ENT_TYPE_INTERVIEWERS (ent_interviewers_get_type ())
G_DECLARE_FINAL_TYPE (EntInterviewers, ent_interviewers, ENT, INTERVIEWERS, AdwBin)

/* Whose appointments the person may offer: GPtrArray of EntApiColleague. Who was chosen and is
 * among them stays chosen; user, which may be NULL, hosts when nobody was. */
void ent_interviewers_take (EntInterviewers *interviewers,
  const GPtrArray *colleagues,
  const char *user);

/* Nobody is known, and nothing searched for. */
void ent_interviewers_clear (EntInterviewers *interviewers);

/* The id of who hosts; NULL: nobody is known. Borrowed. */
const char *ent_interviewers_get_host (EntInterviewers *interviewers);

/* Ids of the panel without the host, borrowed; free with g_free(). NULL: nobody. */
char **ent_interviewers_build_panel (EntInterviewers *interviewers);

/* NULL, or the sentence that says what is wrong with the choice. */
const char *ent_interviewers_find_fault (EntInterviewers *interviewers);

G_END_DECLS
