#include "outgoing/coord-id-token.h"

#include <string.h>

#include "base/ent-secret.h"
#include "protocol/ent-codec.h"
#include "protocol/ent-limits.h"

#define MAX_SUBJECT 255
#define MAX_ISSUER 1024

typedef struct {
  char *alg;
  char *kid;
  char *typ;
  char **crit;
} IdHeader;
ENT_STRUCT_DECLARE (IdHeader, id_header)

static const EntField id_header_fields[] = {
  ENT_FIELD (IdHeader, alg, ENT_FIELD_STRING, ENT_REQUIRED, 16),
  ENT_FIELD (IdHeader, kid, ENT_FIELD_STRING, ENT_OPTIONAL, 255),
  ENT_FIELD (IdHeader, typ, ENT_FIELD_STRING, ENT_OPTIONAL, 16),
  ENT_FIELD (IdHeader, crit, ENT_FIELD_STRINGS, ENT_OPTIONAL, 8),
};
ENT_STRUCT_DEFINE (IdHeader, id_header)

typedef struct {
  char *iss;
  char *sub;
  char *azp;
  char *nonce;
  gint64 exp;
  gint64 iat;
  gint64 nbf;
} IdClaims;
ENT_STRUCT_DECLARE (IdClaims, id_claims)

static const EntField id_claims_fields[] = {
  ENT_FIELD (IdClaims, iss, ENT_FIELD_STRING, ENT_REQUIRED, MAX_ISSUER),
  ENT_FIELD (IdClaims, sub, ENT_FIELD_STRING, ENT_REQUIRED, MAX_SUBJECT),
  ENT_FIELD (IdClaims, azp, ENT_FIELD_STRING, ENT_OPTIONAL, 512),
  ENT_FIELD (IdClaims, nonce, ENT_FIELD_STRING, ENT_REQUIRED, 256),
  ENT_FIELD (IdClaims, exp, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (IdClaims, iat, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT64),
  ENT_FIELD (IdClaims, nbf, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT64),
};
ENT_STRUCT_DEFINE (IdClaims, id_claims)

/* A text or a list of texts, as the protocol allows. */
typedef struct {
  char *aud;
} IdOneAudience;
ENT_STRUCT_DECLARE (IdOneAudience, id_one_audience)

static const EntField id_one_audience_fields[] = {
  ENT_FIELD (IdOneAudience, aud, ENT_FIELD_STRING, ENT_REQUIRED, 512),
};
ENT_STRUCT_DEFINE (IdOneAudience, id_one_audience)

typedef struct {
  char **aud;
} IdManyAudiences;
ENT_STRUCT_DECLARE (IdManyAudiences, id_many_audiences)

static const EntField id_many_audiences_fields[] = {
  ENT_FIELD (IdManyAudiences, aud, ENT_FIELD_STRINGS, ENT_REQUIRED, 16),
};
ENT_STRUCT_DEFINE (IdManyAudiences, id_many_audiences)

/* What is told of a person, in the token or by the userinfo endpoint. */
typedef struct {
  char *sub;
  char *email;
  char *name;
} IdPerson;
ENT_STRUCT_DECLARE (IdPerson, id_person)

static const EntField id_person_fields[] = {
  ENT_FIELD (IdPerson, sub, ENT_FIELD_STRING, ENT_REQUIRED, MAX_SUBJECT),
  ENT_FIELD (IdPerson, email, ENT_FIELD_STRING, ENT_OPTIONAL, ENT_MAX_EMAIL),
  ENT_FIELD (IdPerson, name, ENT_FIELD_STRING, ENT_OPTIONAL, 4 * ENT_MAX_NAME),
};
ENT_STRUCT_DEFINE (IdPerson, id_person)

/* A boolean, or, as some providers have it, the text "true". */
typedef struct {
  gboolean email_verified;
} IdVerified;
ENT_STRUCT_DECLARE (IdVerified, id_verified)

static const EntField id_verified_fields[] = {
  ENT_FIELD (IdVerified, email_verified, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (IdVerified, id_verified)

typedef struct {
  char *email_verified;
} IdVerifiedText;
ENT_STRUCT_DECLARE (IdVerifiedText, id_verified_text)

static const EntField id_verified_text_fields[] = {
  ENT_FIELD (IdVerifiedText, email_verified, ENT_FIELD_STRING, ENT_OPTIONAL, 16),
};
ENT_STRUCT_DEFINE (IdVerifiedText, id_verified_text)

void
coord_id_claims_free (CoordIdClaims *claims)
{
  g_free (claims->issuer);
  g_free (claims->subject);
  g_free (claims->email);
  g_free (claims->name);
  g_free (claims);
}

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, COORD_PROVIDER_ERROR, COORD_PROVIDER_ERROR_REFUSED, why);
  return FALSE;
}

static GBytes *
decode_part (const char *part)
{
  g_autoptr (GBytes) bytes = ent_secret_from_base64url (part);
  g_autofree char *again = NULL;

  if (bytes == NULL || g_bytes_get_size (bytes) == 0)
    return NULL;
  again = ent_secret_base64url (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return strcmp (again, part) == 0 ? g_steal_pointer (&bytes) : NULL;
}

static gpointer
decode_json (const EntStruct *type, GBytes *bytes)
{
  return ent_codec_decode (
    type, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), ENT_UNKNOWN_IGNORED, NULL);
}

/* Nothing in the header says where a key is to be found: `jku`, `jwk` and `x5u` are not read. */
static gboolean
check_header (const IdHeader *header, GError **error)
{
  static const char *const algs[] = { "RS256", "ES256", "EdDSA", NULL };

  if (header == NULL)
    return refuse (error, "the header of its ID token cannot be read");
  if (!g_strv_contains (algs, header->alg))
    return refuse (
      error, "its ID token is not signed by RS256, ES256 or EdDSA, and nothing else is taken");
  if (header->crit != NULL)
    return refuse (error, "its ID token wants an extension that is not known");
  if (header->typ != NULL && g_ascii_strcasecmp (header->typ, "JWT") != 0)
    return refuse (error, "what it sent is a token of another kind than an ID token");
  return TRUE;
}

/* For us; and where others may read it as well, made for us. */
static gboolean
check_audience (GBytes *bytes, const IdClaims *claims, const char *client_id, GError **error)
{
  g_autoptr (IdOneAudience) one = decode_json (&id_one_audience_struct, bytes);
  g_autoptr (IdManyAudiences) many =
    one == NULL ? decode_json (&id_many_audiences_struct, bytes) : NULL;
  gboolean is_ours =
    one != NULL ? strcmp (one->aud, client_id) == 0
                : many != NULL && g_strv_contains ((const char *const *) many->aud, client_id);

  if (!is_ours)
    return refuse (error, "its ID token was made for another program (aud)");
  if (claims->azp != NULL ? strcmp (claims->azp, client_id) != 0
                          : many != NULL && g_strv_length (many->aud) > 1)
    return refuse (error, "its ID token was made for another program (azp)");
  return TRUE;
}

static gboolean
check_claims (const IdClaims *claims, const CoordIdExpected *expected, GError **error)
{
  if (strcmp (claims->iss, expected->issuer) != 0)
    return refuse (error, "its ID token is of another provider (iss)");
  if (!ent_secret_equal (claims->nonce, expected->nonce))
    return refuse (error, "its ID token belongs to another sign-in (nonce)");
  if (claims->exp <= expected->now_s - COORD_ID_TOKEN_SKEW_S)
    return refuse (error, "its ID token has expired");
  if (claims->iat > expected->now_s + COORD_ID_TOKEN_SKEW_S ||
      claims->nbf > expected->now_s + COORD_ID_TOKEN_SKEW_S)
    return refuse (error, "its ID token is not good yet: compare the clocks of both servers");
  if (*claims->sub == '\0')
    return refuse (error, "its ID token does not say who signed in");
  return TRUE;
}

static gboolean
read_verified (GBytes *bytes)
{
  g_autoptr (IdVerified) verified = decode_json (&id_verified_struct, bytes);
  g_autoptr (IdVerifiedText) text =
    verified == NULL ? decode_json (&id_verified_text_struct, bytes) : NULL;

  return verified != NULL ? verified->email_verified
                          : text != NULL && g_strcmp0 (text->email_verified, "true") == 0;
}

static void
take_person (CoordIdClaims *claims, const IdPerson *person, GBytes *bytes)
{
  if (person->name != NULL && *person->name != '\0' && claims->name == NULL)
    claims->name = g_strdup (person->name);
  if (person->email == NULL || *person->email == '\0' || claims->is_email_verified)
    return;
  g_free (claims->email);
  claims->email = g_strdup (person->email);
  claims->is_email_verified = read_verified (bytes);
}

static CoordIdClaims *
read_claims (GBytes *bytes, const CoordIdExpected *expected, GError **error)
{
  g_autoptr (IdClaims) claims = bytes != NULL ? decode_json (&id_claims_struct, bytes) : NULL;
  g_autoptr (IdPerson) person = bytes != NULL ? decode_json (&id_person_struct, bytes) : NULL;
  CoordIdClaims *answer;

  if (claims == NULL || person == NULL) {
    refuse (error, "its ID token cannot be read, or lacks a claim");
    return NULL;
  }
  if (!check_claims (claims, expected, error) ||
      !check_audience (bytes, claims, expected->client_id, error))
    return NULL;
  answer = g_new0 (CoordIdClaims, 1);
  answer->issuer = g_strdup (claims->iss);
  answer->subject = g_strdup (claims->sub);
  take_person (answer, person, bytes);
  return answer;
}

CoordIdClaims *
coord_id_token_read (const char *token,
  const CoordJwks *keys,
  const CoordIdExpected *expected,
  GError **error)
{
  g_auto (GStrv) parts = NULL;
  g_autoptr (GBytes) head = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autoptr (GBytes) signature = NULL;
  g_autoptr (IdHeader) header = NULL;

  if (strlen (token) <= COORD_ID_TOKEN_MAX_BYTES)
    parts = g_strsplit (token, ".", 4);
  if (parts == NULL || g_strv_length (parts) != 3 || (head = decode_part (parts[0])) == NULL ||
      (signature = decode_part (parts[2])) == NULL) {
    refuse (error, "what it sent is no signed ID token");
    return NULL;
  }
  header = decode_json (&id_header_struct, head);
  if (!check_header (header, error) ||
      !coord_jwks_verify (keys, header->alg, header->kid, token,
        strlen (parts[0]) + 1 + strlen (parts[1]), signature, error))
    return NULL;
  body = decode_part (parts[1]);
  return read_claims (body, expected, error);
}

gboolean
coord_id_claims_merge (CoordIdClaims *claims, const char *text, gsize size, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, size);
  g_autoptr (IdPerson) person = decode_json (&id_person_struct, bytes);

  if (person == NULL) {
    g_set_error_literal (error, COORD_PROVIDER_ERROR, COORD_PROVIDER_ERROR_BROKEN,
      "what it tells of a person cannot be read");
    return FALSE;
  }
  if (strcmp (person->sub, claims->subject) != 0)
    return refuse (error, "what it tells of a person is about somebody else (sub)");
  take_person (claims, person, bytes);
  return TRUE;
}
