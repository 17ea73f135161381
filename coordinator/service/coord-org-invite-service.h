#pragma once

#include "protocol/ent-api-people.h"
#include "service/coord-caller.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Invitations into an organisation: a link of seven days for one address. Where registration is
 * "invited" an account can be made with one and not without. */
#define COORD_ORG_INVITE_SECONDS (7 * 24 * 3600)

/* A and H; only A invites administrators. origin is what links start with. The answer has the
 * token, which is stored as a hash only. */
EntApiOrgInvite *coord_org_invite_service_add (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const EntApiNewOrgInvite *request,
  const char *origin,
  gint64 now_us,
  GError **error);

EntApiOrgInviteList *coord_org_invite_service_list (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const CoordPage *page,
  gint64 now_us,
  GError **error);

gboolean coord_org_invite_service_revoke (CoordDb *db,
  const CoordCaller *caller,
  const char *org_id,
  const char *id,
  gint64 now_us,
  GError **error);

/* Makes the caller a member. Only the person whose address was invited may use it:
 * COORD_ERROR_INVITATION_WRONG. A member keeps a higher role. */
EntApiMembership *coord_org_invite_service_accept (CoordDb *db,
  const CoordCaller *caller,
  const char *token,
  gint64 now_us,
  GError **error);

/* Whether this invitation lets the address register. */
gboolean coord_org_invite_service_check (CoordDb *db,
  const char *token,
  const char *email,
  gint64 now_us,
  GError **error);

G_END_DECLS
