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

/* PATCH /api/me: what is absent stays. */
typedef struct {
  char *name;
  char *locale; /* "de_DE", "en" */
  char *zone; /* IANA name */
} EntApiProfileChange;
ENT_STRUCT_DECLARE (EntApiProfileChange, ent_api_profile_change)

/* PUT /api/me/picture, GET /api/users/{id}/picture: PNG or JPEG, of at most 512 x 512 pixels. */
typedef struct {
  GBytes *data;
} EntApiPicture;
ENT_STRUCT_DECLARE (EntApiPicture, ent_api_picture)

/* Codes of a device, the second factor. */

/* GET /api/auth/totp */
typedef struct {
  gboolean enabled;
  gint64 codes_left; /* of those on paper */
} EntApiTotp;
ENT_STRUCT_DECLARE (EntApiTotp, ent_api_totp)

/* POST /api/auth/totp */
typedef struct {
  char *password;
} EntApiPassword;
ENT_STRUCT_DECLARE (EntApiPassword, ent_api_password)

/* POST /api/auth/totp/disable, /api/auth/totp/codes */
typedef struct {
  char *password;
  char *code; /* of the device or of the paper; NULL: the device was never confirmed */
} EntApiTotpChange;
ENT_STRUCT_DECLARE (EntApiTotpChange, ent_api_totp_change)

/* What the device needs to know, shown once. */
typedef struct {
  char *secret; /* base32, to be typed */
  char *uri; /* otpauth://totp/... */
} EntApiTotpSecret;
ENT_STRUCT_DECLARE (EntApiTotpSecret, ent_api_totp_secret)

/* POST /api/auth/totp/confirm */
typedef struct {
  char *code;
} EntApiCode;
ENT_STRUCT_DECLARE (EntApiCode, ent_api_code)

/* Its answer, and that of /api/auth/totp/codes, shown once. */
typedef struct {
  char **codes;
} EntApiRecoveryCodes;
ENT_STRUCT_DECLARE (EntApiRecoveryCodes, ent_api_recovery_codes)

/* POST /api/auth/second-factor: the ticket of login, and a code of the device or of the paper. */
typedef struct {
  char *ticket;
  char *code;
} EntApiSecondFactor;
ENT_STRUCT_DECLARE (EntApiSecondFactor, ent_api_second_factor)

G_END_DECLS
