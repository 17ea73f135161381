#pragma once

#include "store/coord-db.h"

G_BEGIN_DECLS

/* Several coordinators on one database: the nodes, where each room is at home, and what nodes tell
 * each other. Times are microseconds since 1970 by the database's clock. */

/* Takes the node's row: whatever process had it before has lost it, and what that had open has no
 * home any more. */
gboolean coord_node_store_enter (CoordDb *db,
  const char *node_id,
  const char *process,
  const char *url,
  gint64 lease_us,
  GError **error);

/* Prolongs the lease; one that had lapsed has lost the homes of all rooms. COORD_ERROR_CONFLICT
 * when another process has entered as this node. */
gboolean coord_node_store_renew (CoordDb *db,
  const char *node_id,
  const char *process,
  const char *url,
  gint64 lease_us,
  GError **error);

/* Gives up the lease, and with it the homes of all rooms. */
gboolean coord_node_store_leave (CoordDb *db, const char *node_id, GError **error);

/* Nodes that hold a lease, and homes at a node; -1 on error. */
gint64 coord_node_store_count (CoordDb *db, GError **error);
gint64 coord_node_store_count_homes (CoordDb *db, const char *node_id, GError **error);

/* A room has one home at a time, and each opening of it an epoch. Whoever writes names node and
 * epoch, and nothing is written by one that is not the newest. Where nobody else can serve
 * (coord_db_is_shared()) leases do not count. */

/* COORD_ERROR_MOVED, with the address as its message, when the room is at home at another node that
 * holds its lease. */
gboolean
coord_home_store_check (CoordDb *db, const char *room_id, const char *node_id, GError **error);

/* The same, and takes the home: returns the new epoch, -1 on error; COORD_ERROR_UNAVAILABLE when
 * the node holds no lease. In a writer only. */
gint64
coord_home_store_take (CoordDb *db, const char *room_id, const char *node_id, GError **error);

typedef enum {
  COORD_HOME_FAILED, /* with the error */
  COORD_HOME_MINE, /* go on and write */
  COORD_HOME_WRITTEN, /* this batch was written before, and its answer was lost */
} CoordHomeAnswer;

/* Begins the batch of this number, from 1 and without gaps in an epoch: what is built on a batch
 * that was not written is not written either. COORD_ERROR_MOVED (with an empty message) then, and
 * when the room was opened again since. In a writer only: what follows in its transaction is
 * written by the home or not at all. */
CoordHomeAnswer coord_home_store_begin_batch (CoordDb *db,
  const char *room_id,
  gint64 epoch,
  gint64 batch,
  GError **error);

/* COORD_ERROR_MOVED when the room was opened again since. In a writer only. */
gboolean coord_home_store_hold (CoordDb *db, const char *room_id, gint64 epoch, GError **error);

/* Leaves the room without a home, when this is still its newest epoch. */
gboolean coord_home_store_give_up (CoordDb *db, const char *room_id, gint64 epoch, GError **error);

/* A notice of something that other nodes must hear of. In a writer, so that their order is that of
 * their commits. Wakes those who listen. */
typedef struct {
  gint64 id;
  gint64 kind; /* the caller's */
  char *room_id; /* the rest may be NULL */
  char *participant_id;
  char *device_hash;
} CoordNotice;

void coord_notice_free (CoordNotice *notice);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CoordNotice, coord_notice_free)

#define COORD_NOTICE_KEPT_US (15 * G_TIME_SPAN_MINUTE)

gboolean coord_notice_store_add (CoordDb *db, const CoordNotice *notice, GError **error);

/* Those after an id, in order (GPtrArray of CoordNotice, owned). */
GPtrArray *coord_notice_store_load (CoordDb *db, gint64 after_id, guint limit, GError **error);

/* The newest id, 0 = none yet; -1 on error. */
gint64 coord_notice_store_get_last (CoordDb *db, GError **error);

/* Removes what everybody has read or will read anew; the newest one stays, for its number. */
gboolean coord_notice_store_tidy (CoordDb *db, GError **error);

/* Keeps a hash of something that all nodes must have alike; COORD_ERROR_CONFLICT when another one
 * is kept already. */
gboolean
coord_key_check_store_compare (CoordDb *db, const char *name, const char *hash, GError **error);

G_END_DECLS
