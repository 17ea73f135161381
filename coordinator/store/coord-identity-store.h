#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Signing in with other services: identities, and sign-ins on their way. */

/* A person as a provider knows them. */
typedef struct {
  char *id;
  char *issuer;
  char *subject;
  char *person_id;
  char *email; /* as the provider said it last; "" = not told */
  gint64 created_at_us;
  gint64 used_at_us;
} CoordIdentity;

void coord_identity_free (CoordIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordIdentity, coord_identity_free)

/* COORD_ERROR_CONFLICT when it is somebody's already. */
gboolean coord_identity_store_add (CoordDb *db, const CoordIdentity *identity, GError **error);

/* NULL without an error when it is nobody's. */
CoordIdentity *
coord_identity_store_find (CoordDb *db, const char *issuer, const char *subject, GError **error);

gboolean coord_identity_store_note_use (CoordDb *db,
  const char *id,
  const char *email,
  gint64 now_us,
  GError **error);

/* All of a person, the oldest first. */
GPtrArray *coord_identity_store_list (CoordDb *db, const char *person_id, GError **error);

/* COORD_ERROR_NOT_FOUND when the person has no such one. */
gboolean
coord_identity_store_remove (CoordDb *db, const char *id, const char *person_id, GError **error);

/* Somebody whose browser is on its way to a provider. */
typedef struct {
  char *provider;
  char *browser; /* hash */
  char *redirect_uri;
  char *challenge;
  char *app_state;
  gboolean connects;
} CoordAttempt;

void coord_attempt_free (CoordAttempt *attempt);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordAttempt, coord_attempt_free)

gboolean coord_attempt_store_add (CoordDb *db,
  const char *hash,
  const CoordAttempt *attempt,
  gint64 expires_at_us,
  GError **error);

/* Those that have not expired; -1 on an error. */
gint64 coord_attempt_store_count (CoordDb *db, gint64 now_us, GError **error);

/* Takes one away: it is good once. NULL without an error when there is none, or it has expired. */
CoordAttempt *
coord_attempt_store_take (CoordDb *db, const char *hash, gint64 now_us, GError **error);

/* What came back, until the app takes it. */
typedef struct {
  char *issuer;
  char *subject;
  char *email; /* "" = not told */
  gboolean is_verified; /* the address, by the provider */
  char *name; /* "" = not told */
  char *challenge;
} CoordGrant;

void coord_grant_free (CoordGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordGrant, coord_grant_free)

gboolean coord_grant_store_add (CoordDb *db,
  const char *hash,
  const CoordGrant *grant,
  gint64 expires_at_us,
  GError **error);

/* NULL without an error when there is none, or it has expired. */
CoordGrant *coord_grant_store_find (CoordDb *db, const char *hash, gint64 now_us, GError **error);
gboolean coord_grant_store_remove (CoordDb *db, const char *hash, GError **error);

/* Removes what has expired. */
gboolean coord_identity_store_tidy (CoordDb *db, gint64 now_us, GError **error);

G_END_DECLS
