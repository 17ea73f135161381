#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* The second factor of people, codes for when it is lost, and sign-ins that wait for it. */
typedef struct {
  GBytes *secret; /* sealed */
  gboolean is_confirmed;
  gint64 failures; /* in a row */
  gint64 wait_until_us;
} CoordSecondFactor;

void coord_second_factor_free (CoordSecondFactor *factor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordSecondFactor, coord_second_factor_free)

/* A new one, not confirmed, in place of what there was. */
gboolean
coord_second_factor_store_set (CoordDb *db, const char *person_id, GBytes *secret, GError **error);

/* NULL without an error when there is none. */
CoordSecondFactor *
coord_second_factor_store_find (CoordDb *db, const char *person_id, GError **error);

gboolean coord_second_factor_store_confirm (CoordDb *db,
  const char *person_id,
  gint64 now_us,
  GError **error);

/* Spends a step of the clock, and all before it; FALSE without an error when it was spent already.
 */
gboolean coord_second_factor_store_spend_step (CoordDb *db,
  const char *person_id,
  gint64 step,
  GError **error);

/* Notes a failure, or (failures 0) that it went well. */
gboolean coord_second_factor_store_note (CoordDb *db,
  const char *person_id,
  gint64 failures,
  gint64 wait_until_us,
  GError **error);

/* With its codes and tickets. */
gboolean coord_second_factor_store_remove (CoordDb *db, const char *person_id, GError **error);

/* Replaces the codes; hashes is NULL-terminated. */
gboolean coord_recovery_code_store_set (CoordDb *db,
  const char *person_id,
  const char *const *hashes,
  GError **error);

/* FALSE without an error when there is no such code, or it was used. */
gboolean coord_recovery_code_store_use (CoordDb *db,
  const char *person_id,
  const char *hash,
  gint64 now_us,
  GError **error);

/* Those left; -1 on an error. */
gint64 coord_recovery_code_store_count (CoordDb *db, const char *person_id, GError **error);

typedef struct {
  char *person_id;
  char *device;
  gint64 credential_version;
  gint64 failures;
} CoordTicket;

void coord_ticket_free (CoordTicket *ticket);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordTicket, coord_ticket_free)

gboolean coord_ticket_store_add (CoordDb *db,
  const char *hash,
  const CoordTicket *ticket,
  gint64 expires_at_us,
  GError **error);

/* COORD_ERROR_NOT_SIGNED_IN when it is unknown or too old. */
CoordTicket *coord_ticket_store_find (CoordDb *db, const char *hash, gint64 now_us, GError **error);
gboolean coord_ticket_store_count_failure (CoordDb *db, const char *hash, GError **error);
gboolean coord_ticket_store_remove (CoordDb *db, const char *hash, GError **error);
gboolean coord_ticket_store_tidy (CoordDb *db, gint64 now_us, GError **error);

G_END_DECLS
