#pragma once

#include <adwaita.h>

#include "ent-account.h"

G_BEGIN_DECLS

/* Asks for whom a time is booked, where the person books for others: HR and administrators, who
 * know the candidates of their organisation. It is not shown to anybody else.
 *
 * Signal: chosen (), when a candidate is. */
#define ENT_TYPE_CANDIDATE_ROW (ent_candidate_row_get_type ())
G_DECLARE_FINAL_TYPE (EntCandidateRow, ent_candidate_row, ENT, CANDIDATE_ROW, AdwBin)

/* Finds out who the person is, and who the candidates are. */
void ent_candidate_row_start (EntCandidateRow *row, EntAccount *account);

void ent_candidate_row_clear (EntCandidateRow *row);

/* Adds candidates of the members of a list: GPtrArray of EntApiMember. */
void ent_candidate_row_take (EntCandidateRow *row, const char *org, const GPtrArray *members);

/* The organisation for which the person books; NULL: for themselves. Borrowed. */
const char *ent_candidate_row_get_org (EntCandidateRow *row);

/* The id of whom was chosen; NULL: nobody yet. Borrowed. */
const char *ent_candidate_row_get_candidate (EntCandidateRow *row);

G_END_DECLS
