#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Start, end and errors of the media library. Everything in this folder belongs to one thread, the
 * one whose main context was the default when the object was made; GStreamer's own threads never
 * reach a caller. */

#define ENT_MEDIA_ERROR (ent_media_error_quark ())

typedef enum {
  ENT_MEDIA_ERROR_FAILED, /* GStreamer could not do it; the link is lost, a fresh one may work */
  ENT_MEDIA_ERROR_MISSING, /* an element is not installed; the message names the package */
  ENT_MEDIA_ERROR_DESCRIPTION, /* the peer's session description is refused */
  ENT_MEDIA_ERROR_CANDIDATE, /* one candidate is refused; the link goes on */
  ENT_MEDIA_ERROR_FINGERPRINT, /* the certificate is not the described one: drop the peer */
  ENT_MEDIA_ERROR_NO_PATH, /* no route between the two computers */
  ENT_MEDIA_ERROR_TIMEOUT, /* not connected and verified in time */
  ENT_MEDIA_ERROR_LIMIT, /* the peer sent more than is allowed */
  ENT_MEDIA_ERROR_STATE, /* not possible in the link's present state */
} EntMediaError;

GQuark ent_media_error_quark (void);

/* Starts GStreamer, keeps the allocator to two arenas and checks that every element is installed.
 * Call first, before other threads exist. Fails with ENT_MEDIA_ERROR_MISSING; the room works
 * without calls and peer links then. May be called again. */
gboolean ent_media_init (GError **error);

/* Makes one connection and drops it, in a thread of its own, so that the first real one does not
 * pay for loading plugins and making a key (0.3 to 2 s). */
void ent_media_warm_up (void);

/* Waits until links and calls that were closed are gone, at most timeout_ms; blocks. For the end of
 * a program. Returns whether all are gone. */
gboolean ent_media_finish (guint timeout_ms);

/* Ends the program with a status, after ent_media_finish(). Where a pipeline hangs, its threads
 * live on, so what exit() would take away from under them (OpenSSL's tables, say) stays: nothing
 * but the streams of stdio is tidied up then. */
void ent_media_exit (int status, guint timeout_ms) G_GNUC_NORETURN;

G_END_DECLS
