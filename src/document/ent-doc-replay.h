#pragma once

#include "document/ent-doc.h"

G_BEGIN_DECLS

/* Playback: a first state, the updates that came after it with their times, and the document at any
 * moment between.
 *
 * Moment 0 is the first state, moment n the document after n updates. Going on applies updates to
 * one and the same document, whose observers see each step as it was typed. On the way checkpoints
 * are kept, so that a jump costs little: at most loading one state and applying as many bytes of
 * updates as that state has, or 64 KiB. Checkpoints together stay within twice the log.
 *
 * No clock: whoever plays asks for the moment of a time. What the updates deleted may be collected;
 * playing needs no kept content. */
typedef struct _EntReplay EntReplay;

/* A replay of what follows state; NULL: of an empty document. Errors and cost are those of
 * ent_doc_apply_update(), freeing is O(updates + n). Caller owns the result. */
EntReplay *ent_replay_new (GBytes *state, GError **error);
void ent_replay_free (EntReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntReplay, ent_replay_free)

/* Adds an update to the end (holding a reference). A time before that of the last update counts as
 * that: moments are in the order of the log. Refuses what is no update (MALFORMED, TOO_LARGE), so
 * that playing it later does not fail for its bytes. O(size of the update). */
gboolean ent_replay_append (EntReplay *replay, GBytes *update, gint64 at_ms, GError **error);

/* Updates so far; also the last moment. O(1). */
guint ent_replay_get_length (EntReplay *replay);

/* When moment was reached; of moment 0 the time of the first update, or 0. O(1). */
gint64 ent_replay_get_time (EntReplay *replay, guint moment);

/* The last moment that was reached by then. O(log updates). */
guint ent_replay_find_moment (EntReplay *replay, gint64 at_ms);

/* Goes to a moment up to the length; see above for the cost. After a failure (an update that goes
 * over a limit of the document) the replay stands before that update. */
gboolean ent_replay_seek (EntReplay *replay, guint moment, GError **error);
guint ent_replay_get_moment (EntReplay *replay);

/* The document at the present moment, lent and not to be edited. Going on keeps it; a jump that
 * begins at a checkpoint, which every way back is, puts another in its place. O(1). */
EntDoc *ent_replay_get_doc (EntReplay *replay);

/* Bytes held by checkpoints, the first state among them. O(1). */
gsize ent_replay_get_checkpoint_bytes (EntReplay *replay);

G_END_DECLS
