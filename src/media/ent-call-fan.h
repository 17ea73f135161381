#pragma once

#include "media/ent-hop.h"
#include "media/ent-link-media.h"

G_BEGIN_DECLS

/* Takes what is encoded once to every call link. Used by the capture threads, so it is counted and
 * locked. */
typedef struct _EntCallFan EntCallFan;

typedef struct {
  guint64 frames;
  guint64 key_frames;
} EntCallFanCounters;

/* key_wanted runs in the hop's context when a link waits for a complete picture. */
EntCallFan *ent_call_fan_new (EntHop *hop, EntHopFunc key_wanted);
EntCallFan *ent_call_fan_ref (EntCallFan *fan);
void ent_call_fan_unref (EntCallFan *fan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntCallFan, ent_call_fan_unref)

void ent_call_fan_add (EntCallFan *fan, EntLinkMedia *media);
void ent_call_fan_remove (EntCallFan *fan, EntLinkMedia *media);

/* One encoded buffer; any thread. */
void ent_call_fan_push_video (EntCallFan *fan, GstBuffer *buffer);
void ent_call_fan_push_audio (EntCallFan *fan, GstBuffer *buffer);

void ent_call_fan_get_counters (EntCallFan *fan, EntCallFanCounters *counters);

G_END_DECLS
