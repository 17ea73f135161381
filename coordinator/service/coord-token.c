#include "service/coord-token.h"

#include <jwt.h>
#include <stdlib.h>
#include <string.h>

#include "base/ent-id.h"
#include "base/ent-secret.h"
#include "protocol/ent-codec.h"
#include "store/coord-error.h"

#define ISSUER "entrevue"
#define AUDIENCE "entrevue-api"
#define MAX_TOKEN 2048
#define MAX_SKEW_S 60

typedef struct {
  char *alg;
  char *typ;
  char *kid;
} Header;
ENT_STRUCT_DECLARE (Header, header)

static const EntField header_fields[] = {
  ENT_FIELD (Header, alg, ENT_FIELD_STRING, ENT_REQUIRED, 16),
  ENT_FIELD (Header, typ, ENT_FIELD_STRING, ENT_REQUIRED, 16),
  ENT_FIELD (Header, kid, ENT_FIELD_STRING, ENT_REQUIRED, 64),
};
ENT_STRUCT_DEFINE (Header, header)

typedef struct {
  char *iss;
  char *aud;
  char *sub;
  char *sid;
  char *jti;
  gint64 iat;
  gint64 nbf;
  gint64 exp;
  gint64 ver;
} Claims;
ENT_STRUCT_DECLARE (Claims, claims)

static const EntField claims_fields[] = {
  ENT_FIELD (Claims, iss, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (Claims, aud, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (Claims, sub, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (Claims, sid, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (Claims, jti, ENT_FIELD_STRING, ENT_REQUIRED, 64),
  ENT_FIELD (Claims, iat, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (Claims, nbf, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (Claims, exp, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (Claims, ver, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
};
ENT_STRUCT_DEFINE (Claims, claims)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (jwt_t, jwt_free)

char *
coord_token_sign (const CoordSecrets *secrets, const CoordCaller *caller, gint64 now_us)
{
  g_autofree char *id = ent_id_new ();
  g_autoptr (jwt_t) jwt = NULL;
  long now_s = now_us / G_USEC_PER_SEC;
  char *text, *token;

  if (jwt_new (&jwt) != 0)
    g_error ("Out of memory");
  jwt_add_header (jwt, "kid", secrets->key_id);
  jwt_add_grant (jwt, "iss", ISSUER);
  jwt_add_grant (jwt, "aud", AUDIENCE);
  jwt_add_grant (jwt, "sub", caller->user_id);
  jwt_add_grant (jwt, "sid", caller->family_id);
  jwt_add_grant (jwt, "jti", id);
  jwt_add_grant_int (jwt, "iat", now_s);
  jwt_add_grant_int (jwt, "nbf", now_s);
  jwt_add_grant_int (jwt, "exp", now_s + COORD_ACCESS_SECONDS);
  jwt_add_grant_int (jwt, "ver", caller->credential_version);
  if (jwt_set_alg (jwt, JWT_ALG_HS256, secrets->signing_key, (int) sizeof secrets->signing_key) !=
      0)
    g_error ("HS256 is not there");
  text = jwt_encode_str (jwt);
  token = g_strdup (text);
  free (text);
  return token;
}

/* Decodes one part, in the one spelling that base64url has for its bytes. */
static gpointer
decode_part (const char *part, const EntStruct *type)
{
  g_autoptr (GBytes) bytes = ent_secret_from_base64url (part);
  g_autofree char *again = NULL;
  gsize size;
  const char *data;

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  again = ent_secret_base64url (data, size);
  if (strcmp (again, part) != 0)
    return NULL;
  return type != NULL ? ent_codec_decode (type, data, size, ENT_UNKNOWN_REFUSED, NULL)
                      : GINT_TO_POINTER (1);
}

static gboolean
is_header_ours (const CoordSecrets *secrets, const char *part)
{
  g_autoptr (Header) header = decode_part (part, &header_struct);

  return header != NULL && strcmp (header->alg, "HS256") == 0 && strcmp (header->typ, "JWT") == 0 &&
         strcmp (header->kid, secrets->key_id) == 0;
}

static gboolean
is_signed_by_us (const CoordSecrets *secrets, const char *token)
{
  jwt_t *jwt = NULL;
  gboolean is_ours =
    jwt_decode (&jwt, token, secrets->signing_key, (int) sizeof secrets->signing_key) == 0 &&
    jwt_get_alg (jwt) == JWT_ALG_HS256;

  if (jwt != NULL)
    jwt_free (jwt);
  return is_ours;
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_NOT_SIGNED_IN, "You are not signed in. Sign in again.");
  return FALSE;
}

void
coord_token_grant_free (CoordTokenGrant *grant)
{
  g_free (grant->caller.user_id);
  g_free (grant->caller.family_id);
  g_free (grant);
}

CoordTokenGrant *
coord_token_read (const CoordSecrets *secrets, const char *token, GError **error)
{
  g_auto (GStrv) parts = NULL;
  g_autoptr (Claims) claims = NULL;
  CoordTokenGrant *grant;

  if (strlen (token) <= MAX_TOKEN)
    parts = g_strsplit (token, ".", 4);
  if (parts != NULL && g_strv_length (parts) == 3 && is_header_ours (secrets, parts[0]) &&
      decode_part (parts[2], NULL) != NULL && is_signed_by_us (secrets, token))
    claims = decode_part (parts[1], &claims_struct);
  if (claims == NULL || strcmp (claims->iss, ISSUER) != 0 || strcmp (claims->aud, AUDIENCE) != 0) {
    refuse (error);
    return NULL;
  }
  grant = g_new0 (CoordTokenGrant, 1);
  grant->caller.user_id = g_steal_pointer (&claims->sub);
  grant->caller.family_id = g_steal_pointer (&claims->sid);
  grant->caller.credential_version = claims->ver;
  grant->caller.expires_at_us = MIN (claims->exp, G_MAXINT64 / G_USEC_PER_SEC) * G_USEC_PER_SEC;
  grant->from_s = MAX (claims->nbf, claims->iat);
  grant->until_s = claims->exp;
  return grant;
}

gboolean
coord_token_grant_check (const CoordTokenGrant *grant, gint64 now_us, GError **error)
{
  gint64 now_s = now_us / G_USEC_PER_SEC;

  if (grant->from_s > now_s + MAX_SKEW_S)
    return refuse (error);
  if (grant->until_s > now_s)
    return TRUE;
  g_set_error_literal (
    error, COORD_ERROR, COORD_ERROR_TOKEN_EXPIRED, "Your access has expired. Refresh it.");
  return FALSE;
}

CoordCaller *
coord_token_grant_dup_caller (const CoordTokenGrant *grant)
{
  return coord_caller_copy (&grant->caller);
}

CoordCaller *
coord_token_verify (const CoordSecrets *secrets, const char *token, gint64 now_us, GError **error)
{
  g_autoptr (CoordTokenGrant) grant = coord_token_read (secrets, token, error);

  if (grant == NULL || !coord_token_grant_check (grant, now_us, error))
    return NULL;
  return coord_token_grant_dup_caller (grant);
}
