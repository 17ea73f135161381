#pragma once

#include "media/ent-call-fan.h"

G_BEGIN_DECLS

/* Microphone and loudspeaker, in one pipeline, since the echo canceller needs both on one clock:
 *
 *   microphone ! webrtcdsp ! opusenc ! fan
 *   silence, peers ... ! audiomixer ! webrtcechoprobe ! loudspeaker
 *
 * Belongs to the main thread. */
typedef struct _EntCallSound EntCallSound;

typedef enum {
  ENT_CALL_INPUT_NONE,
  ENT_CALL_INPUT_TEST, /* a tone */
  ENT_CALL_INPUT_DEVICE,
} EntCallInput;

/* plays: aloud; else the mix runs and goes nowhere. failed runs in the hop's context with a GError
 * (borrowed). */
EntCallSound *ent_call_sound_new (EntCallInput input,
  gboolean plays,
  EntCallFan *fan,
  EntHop *hop,
  EntHopFunc failed,
  GError **error);

/* Ends it in a thread; inputs must be gone. */
void ent_call_sound_free (EntCallSound *sound);

/* A new input of the running mixer, for 16 bit, 48 kHz, one channel with unchanged time stamps; the
 * caller owns the reference. */
GstElement *ent_call_sound_add_input (EntCallSound *sound);
void ent_call_sound_remove_input (EntCallSound *sound, GstElement *input);

G_END_DECLS
