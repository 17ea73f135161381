#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* What is wrong with a part of a page, in a sentence that screen readers say at once. It is not
 * shown while nothing is. */
#define ENT_TYPE_PROBLEM_LABEL (ent_problem_label_get_type ())
G_DECLARE_FINAL_TYPE (EntProblemLabel, ent_problem_label, ENT, PROBLEM_LABEL, AdwBin)

/* NULL: nothing is wrong. */
void ent_problem_label_set_sentence (EntProblemLabel *label, const char *sentence);

G_END_DECLS
