#pragma once

#include "protocol/ent-api.h"

G_BEGIN_DECLS

/* Bodies of HTTP requests and answers about signing in with other services. */

/* One of GET /api/auth/providers */
typedef struct {
  char *name; /* in addresses */
  char *title; /* for people */
  char *kind; /* oidc, github */
} EntApiProvider;
ENT_STRUCT_DECLARE (EntApiProvider, ent_api_provider)

/* What people are to know before they sign in */
typedef struct {
  GPtrArray *items; /* EntApiProvider */
  char *registration; /* who may make an account: open, invited, closed; NULL: not told */
  gboolean mail; /* the server sends mail; not told where registration is not */
} EntApiProviderList;
ENT_STRUCT_DECLARE (EntApiProviderList, ent_api_provider_list)

/* POST /api/auth/oidc/token: the code that the browser brought to the app, and what only the app
 * knows. */
typedef struct {
  char *code;
  char *verifier; /* of the challenge that it began with */
  char *device;
  char *locale; /* of an account that is made, as the next two */
  char *zone;
  char *invite; /* token of an invitation into an organisation, where the server wants one */
} EntApiProviderCode;
ENT_STRUCT_DECLARE (EntApiProviderCode, ent_api_provider_code)

/* POST /api/me/identities */
typedef struct {
  char *code;
  char *verifier;
} EntApiConnect;
ENT_STRUCT_DECLARE (EntApiConnect, ent_api_connect)

/* Its answer, and one of GET /api/me/identities */
typedef struct {
  char *id;
  char *provider; /* NULL: it is not configured any more */
  char *title; /* what people call it, or its address */
  char *email; /* as it said it last; NULL: not told */
  gint64 connected;
  gint64 used;
} EntApiIdentity;
ENT_STRUCT_DECLARE (EntApiIdentity, ent_api_identity)

typedef struct {
  GPtrArray *items; /* EntApiIdentity */
} EntApiIdentityList;
ENT_STRUCT_DECLARE (EntApiIdentityList, ent_api_identity_list)

G_END_DECLS
