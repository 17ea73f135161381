#pragma once

#include <glib.h>

#include "box-job.h"
#include "protocol/ent-msg-runner.h"

G_BEGIN_DECLS

/* A job while it arrives: the message first, then its files and input in binary frames. Nothing is
 * kept beyond the sizes that the message announced. */
typedef struct _BoxIntake BoxIntake;

/* Checks the announcement. NULL with a sentence when the job cannot be. */
BoxIntake *box_intake_new (const EntMsgJob *message, GError **error);
void box_intake_free (BoxIntake *intake);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxIntake, box_intake_free)

/* Takes one frame: ENT_STREAM_SOURCE with the file's place, or ENT_STREAM_STDIN. */
gboolean
box_intake_add (BoxIntake *intake, EntStream stream, guint32 index, GBytes *bytes, GError **error);

gboolean box_intake_is_complete (BoxIntake *intake);

/* The job; the intake must be complete and is used up. The caller owns it. */
BoxJob *box_intake_finish (BoxIntake *intake, GError **error);

G_END_DECLS
