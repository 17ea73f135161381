#pragma once

#include "protocol/ent-api-schedule.h"
#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Links with which one person without an account books one interview. */
typedef struct {
  char *id;
  char *org_id;
  char **interviewers; /* ids, the host first */
  char *title;
  char *name;
  char *email;
  char *host_name; /* of the first one */
  char **panel_names; /* in a list: of the others, in their order; NULL: nobody */
  char *interview_id; /* NULL: not booked yet */
  gint64 starts_at_us; /* of the interview; 0: there is none, or it was cancelled */
  gint64 expires_at_us;
} CoordBookingLink;

void coord_booking_link_free (CoordBookingLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordBookingLink, coord_booking_link_free)

gboolean coord_booking_link_store_add (CoordDb *db,
  const CoordBookingLink *link,
  const char *token_hash,
  const char *created_by,
  gint64 now_us,
  GError **error);

/* By the hash of its token: COORD_ERROR_INVITATION_WRONG for an unknown or revoked one,
 * COORD_ERROR_INVITATION_EXPIRED. */
CoordBookingLink *
coord_booking_link_store_find (CoordDb *db, const char *token_hash, gint64 now_us, GError **error);

/* Those of an organisation that are not revoked, in the order of ids; created_by NULL: of
 * everybody. GPtrArray of CoordBookingLink, owned. */
GPtrArray *coord_booking_link_store_list (CoordDb *db,
  const char *org_id,
  const char *created_by,
  const CoordPage *page,
  GError **error);

/* interview_id NULL: it can be used again. Until then it is good at least. */
gboolean coord_booking_link_store_set_interview (CoordDb *db,
  const char *id,
  const char *interview_id,
  gint64 good_until_us,
  GError **error);

/* COORD_ERROR_NOT_FOUND, also for one that somebody else (created_by, unless NULL) made. */
gboolean coord_booking_link_store_revoke (CoordDb *db,
  const char *org_id,
  const char *id,
  const char *created_by,
  gint64 now_us,
  GError **error);

G_END_DECLS
