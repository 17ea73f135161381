#pragma once

#include "protocol/ent-api.h"

G_BEGIN_DECLS

/* Bodies of HTTP requests and answers about one's own account. */

/* POST /api/auth/forgot */
typedef struct {
  char *email;
} EntApiForgot;
ENT_STRUCT_DECLARE (EntApiForgot, ent_api_forgot)

/* POST /api/auth/reset, with the token of a link that came by mail. */
typedef struct {
  char *token;
  char *password;
} EntApiReset;
ENT_STRUCT_DECLARE (EntApiReset, ent_api_reset)

/* The form of the page behind that link. */
typedef struct {
  char *token;
  char *password;
  char *again;
} EntApiResetForm;
ENT_STRUCT_DECLARE (EntApiResetForm, ent_api_reset_form)

G_END_DECLS
