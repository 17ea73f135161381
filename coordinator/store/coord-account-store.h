#pragma once

#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* People and their sign-in sessions (families of refresh tokens). */
typedef struct {
  char *id;
  char *email; /* lower case */
  char *name;
  char *password; /* Argon2id, encoded; "" = none */
  char *locale;
  char *zone;
  gboolean is_site_admin;
  gboolean is_active;
  gint64 credential_version; /* access tokens with another one are refused */
  gint64 version; /* of the profile */
  gint64 verified_at_us; /* 0: nobody has shown that the address is theirs */
  gint64 erased_at_us; /* 0: they are still there */
} CoordPerson;

void coord_person_free (CoordPerson *person);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordPerson, coord_person_free)

/* COORD_ERROR_CONFLICT when the address is known. */
gboolean
coord_account_store_add (CoordDb *db, const CoordPerson *person, gint64 now_us, GError **error);

/* COORD_ERROR_NOT_FOUND. email is compared in lower case. */
CoordPerson *coord_account_store_find (CoordDb *db, const char *id, GError **error);
CoordPerson *coord_account_store_find_by_email (CoordDb *db, const char *email, GError **error);

/* The hash of some account, always the same for the same text, which is of letters; NULL without an
 * error when there is none. The caller owns it. */
char *coord_account_store_find_stand_in (CoordDb *db, const char *text, GError **error);

/* The address is theirs; the first time counts. */
gboolean coord_account_store_verify (CoordDb *db, const char *id, gint64 now_us, GError **error);

/* Raises the credential version, which ends all access tokens. */
gboolean coord_account_store_set_password (CoordDb *db,
  const char *id,
  const char *password,
  GError **error);
/* Another hash of the same password, unless the hash was changed meanwhile: nobody is signed out.
 */
gboolean coord_account_store_set_hash (CoordDb *db,
  const char *id,
  const char *old_hash,
  const char *new_hash,
  GError **error);

/* COORD_ERROR_CHANGED when the profile's version is not this one (0: whatever it is). What is NULL
 * stays. */
gboolean coord_account_store_set_profile (CoordDb *db,
  const char *id,
  const char *name,
  const char *locale,
  const char *zone,
  gint64 version,
  GError **error);

/* Raises the credential version too. */
gboolean coord_account_store_set_site_admin (CoordDb *db,
  const char *id,
  gboolean is_site_admin,
  GError **error);

/* Who is not active cannot sign in. Raises the credential version too. */
gboolean
coord_account_store_set_active (CoordDb *db, const char *id, gboolean is_active, GError **error);

/* Accounts whose address or name has the text in it, whatever its case ("": all), in the order of
 * their ids, without erased ones: GPtrArray of CoordPerson, owned. For operators. */
GPtrArray *
coord_account_store_list (CoordDb *db, const char *search, const CoordPage *page, GError **error);

gboolean coord_account_store_add_family (CoordDb *db,
  const char *id,
  const char *person_id,
  const char *device,
  gint64 now_us,
  gint64 expires_at_us,
  GError **error);
gboolean
coord_account_store_end_family (CoordDb *db, const char *id, gint64 now_us, GError **error);
gboolean coord_account_store_end_families_of (CoordDb *db,
  const char *person_id,
  gint64 now_us,
  GError **error);

/* Ends all sessions of a person but one. */
gboolean coord_account_store_end_other_families (CoordDb *db,
  const char *person_id,
  const char *family_id,
  gint64 now_us,
  GError **error);

/* A sign-in session that has neither ended nor expired. */
typedef struct {
  char *id;
  char *device;
  gint64 created_at_us;
  gint64 used_at_us;
} CoordFamily;

void coord_family_free (CoordFamily *family);

/* Those of a person, in the order of their ids: the oldest sign-in first. */
GPtrArray *coord_account_store_list_families (CoordDb *db,
  const char *person_id,
  const CoordPage *page,
  gint64 now_us,
  GError **error);

/* Whether the family has not ended; COORD_ERROR_NOT_SIGNED_IN when it has, or is unknown. */
gboolean coord_account_store_check_family (CoordDb *db,
  const char *id,
  const char *person_id,
  GError **error);

/* When the sign-in began; -1 on an error. */
gint64 coord_account_store_get_family_start (CoordDb *db, const char *id, GError **error);

typedef struct {
  char *hash;
  char *family_id;
  char *person_id;
  gint64 expires_at_us;
  gint64 spent_at_us; /* 0: not spent */
  char *salt; /* of a spent one */
  gboolean is_successor_spent;
  gboolean is_family_ended;
} CoordRefreshToken;

void coord_refresh_token_free (CoordRefreshToken *token);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRefreshToken, coord_refresh_token_free)

gboolean coord_account_store_add_refresh (CoordDb *db,
  const char *hash,
  const char *family_id,
  gint64 expires_at_us,
  GError **error);

/* COORD_ERROR_NOT_SIGNED_IN when it is unknown. */
CoordRefreshToken *coord_account_store_find_refresh (CoordDb *db, const char *hash, GError **error);
gboolean coord_account_store_spend_refresh (CoordDb *db,
  const char *hash,
  const char *salt,
  const char *successor_hash,
  gint64 now_us,
  GError **error);

G_END_DECLS
