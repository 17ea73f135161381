#pragma once

#include "service/coord-caller.h"
#include "store/coord-key-store.h"

G_BEGIN_DECLS

/* API keys of an organisation; its administrators make, see and revoke them. */

#define COORD_KEY_START "entk_" /* what every key begins with, so that it is known when seen */

/* Whether a text that came as a credential is meant as a key. */
gboolean coord_key_is_key (const char *text);

/* Makes a key; it stands in the answer and nowhere else. Scopes are words of "execute", "tests",
 * "questions", "read", each once. */
EntApiKey *coord_key_service_add (CoordDb *db,
  const CoordCaller *caller,
  const EntApiNewKey *request,
  gint64 now_us,
  GError **error);

/* The same for operators, who need no right, and the end of a key: COORD_ERROR_NOT_FOUND. */
EntApiKey *coord_key_service_add_by_operator (CoordDb *db,
  const EntApiNewKey *request,
  gint64 now_us,
  GError **error);
gboolean coord_key_service_revoke_by_operator (CoordDb *db,
  const char *key_id,
  gint64 now_us,
  GError **error);

EntApiKeyList *coord_key_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  GError **error);

gboolean coord_key_service_revoke (CoordDb *db,
  const CoordCaller *caller,
  const char *key_id,
  gint64 now_us,
  GError **error);

G_END_DECLS
