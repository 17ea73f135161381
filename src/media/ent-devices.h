#pragma once

#include <gst/gst.h>

#include "media/ent-hop.h"

G_BEGIN_DECLS

/* Which of the default devices this computer has. Looking can block, so it happens in a thread. */
typedef struct {
  gboolean has_microphone;
  gboolean has_sound_output;
  GstDevice *camera; /* NULL when there is none */
} EntDevices;

void ent_devices_free (EntDevices *devices);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntDevices, ent_devices_free)

/* Calls found with the hop's object and an EntDevices (borrowed). */
void ent_devices_look (EntHop *hop, EntHopFunc found);

/* What is missing, in sentences, or NULL; the caller owns it. */
char *ent_devices_describe_missing (gboolean has_camera,
  gboolean has_microphone,
  gboolean has_sound_output);

G_END_DECLS
