#pragma once

#include "media/ent-call-fan.h"
#include "media/ent-frame.h"

G_BEGIN_DECLS

/* The running camera: source, own picture, encoder. Exists only while the camera is on, so that its
 * light goes out with it. Belongs to the main thread. */
typedef struct _EntCallCamera EntCallCamera;

/* device NULL: the test picture. failed runs in the hop's context with a GError; preview with an
 * EntFrame (both borrowed), mirrored; previews are left out while one waits, and at full rate every
 * second one is. */
EntCallCamera *ent_call_camera_new (GstDevice *device,
  EntCallFan *fan,
  EntHop *hop,
  EntHopFunc failed,
  EntHopFunc preview,
  GError **error);

/* Ends it in a thread. */
void ent_call_camera_free (EntCallCamera *camera);

void ent_call_camera_set_kbit (EntCallCamera *camera, guint kbit);
void ent_call_camera_set_divisor (EntCallCamera *camera, guint divisor);

/* Whether anybody gets what the encoder makes, and whether the own picture is shown. */
void ent_call_camera_set_use (EntCallCamera *camera, gboolean is_sent, gboolean is_shown);

/* How wide the own picture is shown at most; 0: as wide as the camera's. */
void ent_call_camera_set_picture_width (EntCallCamera *camera, guint width);

void ent_call_camera_force_key_frame (EntCallCamera *camera);

G_END_DECLS
