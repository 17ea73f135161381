#pragma once

#include "protocol/ent-api-admin.h"
#include "store/coord-db.h"
#include "store/coord-page.h"

G_BEGIN_DECLS

/* Registered runners; tokens are stored hashed. A revoked name can be registered anew. */

/* COORD_ERROR_CONFLICT when a runner of this name is registered. */
gboolean coord_runner_store_add (CoordDb *db,
  const char *name,
  const char *token_hash,
  gint64 now_us,
  GError **error);

/* COORD_ERROR_NOT_FOUND. */
gboolean coord_runner_store_revoke (CoordDb *db, const char *name, gint64 now_us, GError **error);

/* One page of those that are not revoked and of those that coordinators have started themselves, as
 * GPtrArray of EntApiRunner in the order of names; name NULL: all. is_served FALSE: nobody serves
 * from this database now, so none is connected, whatever was told last. */
GPtrArray *coord_runner_store_list (CoordDb *db,
  const char *name,
  gboolean is_served,
  const CoordPage *page,
  GError **error);

/* The name of a registered one; COORD_ERROR_NOT_FOUND. The caller owns it. */
char *coord_runner_store_find_name (CoordDb *db, const char *id, GError **error);

/* Says whether it gets new programs, since now by the database's clock; *is_changed: it was the
 * other way before. COORD_ERROR_NOT_FOUND. */
gboolean coord_runner_store_set_draining (CoordDb *db,
  const char *name,
  gboolean is_draining,
  gboolean *is_changed,
  GError **error);

/* The name, and whether it gets no new programs; COORD_ERROR_NOT_SIGNED_IN. The caller owns it. */
char *coord_runner_store_find (CoordDb *db,
  const char *token_hash,
  gboolean *is_draining,
  GError **error);

/* What a coordinator says of a runner that is connected to it. */
typedef struct {
  char *runner; /* its name */
  gint64 slots;
  gint64 busy;
  char *version;
  char *note; /* "": none */
  char *languages; /* EntMsgRunners, as JSON */
} CoordRunnerLinkRow;

void coord_runner_link_row_free (CoordRunnerLinkRow *row);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordRunnerLinkRow, coord_runner_link_row_free)

/* Replaces all that this node has said before. rows: CoordRunnerLinkRow, a name once. In a writer
 * only. */
gboolean
coord_runner_link_store_report (CoordDb *db, const char *node_id, GPtrArray *rows, GError **error);

/* A node that starts has none; where no other can serve, nobody has. */
gboolean coord_runner_link_store_forget (CoordDb *db, const char *node_id, GError **error);

/* Removes what nodes have said that are gone. */
gboolean coord_runner_link_store_tidy (CoordDb *db, GError **error);

G_END_DECLS
