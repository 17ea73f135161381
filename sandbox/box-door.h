#pragma once

#include <glib.h>

#include "box-pool.h"

G_BEGIN_DECLS

/* By which `entrevue-runner run` of the same host uses a running runner's boxes and builds: a unix
 * socket that only root and the runner's user can open. A connection is one job: its length (4
 * bytes, of this host's order) and a ticket in, maybe with a descriptor for its input; then frames
 * out, each a byte (an EntStream, BOX_DOOR_TAKEN, or BOX_DOOR_REPORT with the report's JSON), 4
 * bytes of length, and that many. Closing its writing side stops the job; closing it whole does so
 * too. */

#define BOX_DOOR_PATH "/run/entrevue-runner/socket"
#define BOX_DOOR_TAKEN 254 /* first of all: the job is the runner's now */
#define BOX_DOOR_REPORT 255

typedef struct _BoxDoor BoxDoor;

/* Listens; pool and languages are borrowed and outlive it. NULL with an error. */
BoxDoor *
box_door_new (const char *path, BoxPool *pool, GPtrArray *languages, guint n_slots, GError **error);

/* Stops all jobs of it; wait for box_door_is_idle() before freeing. */
void box_door_stop (BoxDoor *door);
gboolean box_door_is_idle (BoxDoor *door);
void box_door_free (BoxDoor *door);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxDoor, box_door_free)

/* The other side, which blocks. Has a job done by the runner that listens at path; input: passed on
 * when not -1; output may be NULL. The report's JSON, the caller's. NULL when no runner took the
 * job, or when it was taken and lost. stop begins as
 * { -1, FALSE }. */
typedef struct {
  volatile int fd;
  volatile gboolean is_wanted;
} BoxDoorStop;
typedef void (*BoxDoorOutput) (guint stream, const char *data, gsize size);
char *box_door_ask (const char *path,
  const char *ticket,
  int input,
  BoxDoorOutput output,
  BoxDoorStop *stop,
  gboolean *was_taken);

/* Stops the job that is asked for; the report follows. May be called by a signal's handler. */
void box_door_stop_asking (BoxDoorStop *stop);

G_END_DECLS
