#pragma once

#include <adwaita.h>

#include "ent-account.h"
#include "protocol/ent-api-account.h"

G_BEGIN_DECLS

/* Codes of a device at sign-in: setting the device up, new codes on paper, and an end to both. What
 * is shown once (the key, the codes) is forgotten with the page.
 *
 * Signals: done (the way back to the account), toast (const char *sentence). */
#define ENT_TYPE_SECOND_FACTOR_PAGE (ent_second_factor_page_get_type ())
G_DECLARE_FINAL_TYPE (EntSecondFactorPage, ent_second_factor_page, ENT, SECOND_FACTOR_PAGE, AdwBin)

typedef enum {
  ENT_SECOND_FACTOR_SET_UP,
  ENT_SECOND_FACTOR_NEW_CODES,
  ENT_SECOND_FACTOR_TURN_OFF,
} EntSecondFactorGoal;

GtkWidget *ent_second_factor_page_new (EntAccount *account);

/* Begins with the question for the password. */
void ent_second_factor_page_start (EntSecondFactorPage *page, EntSecondFactorGoal goal);

/* Forgets all that was shown. */
void ent_second_factor_page_clear (EntSecondFactorPage *page);

/* The next steps, as the server's answers lead to them. */
void ent_second_factor_page_take_secret (EntSecondFactorPage *page, const EntApiTotpSecret *secret);
void ent_second_factor_page_take_codes (EntSecondFactorPage *page, const char *const *codes);

/* Writes the codes to a file that only the person can read. */
gboolean ent_second_factor_page_save_codes (EntSecondFactorPage *page, GFile *file, GError **error);

G_END_DECLS
