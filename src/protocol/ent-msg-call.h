#pragma once

#include "protocol/ent-codec.h"

G_BEGIN_DECLS

/* How peers find each other: data links are described through the coordinator, call links over the
 * verified data link. A link id is chosen by the offering side. */

typedef struct {
  char *link;
  char *sdp;
  char *to; /* participant; C>S */
  char *from; /* participant; S>C, set by the coordinator */
} EntMsgDescription;
ENT_STRUCT_DECLARE (EntMsgDescription, ent_msg_description)

/* An empty candidate text ends the list. */
typedef struct {
  char *link;
  gint64 mline;
  char *candidate;
  char *to;
  char *from;
} EntMsgCandidate;
ENT_STRUCT_DECLARE (EntMsgCandidate, ent_msg_candidate)

typedef struct {
  char *link;
  char *sdp;
} EntMsgCallDescription;
ENT_STRUCT_DECLARE (EntMsgCallDescription, ent_msg_call_description)

typedef struct {
  char *link;
  gint64 mline;
  char *candidate;
} EntMsgCallCandidate;
ENT_STRUCT_DECLARE (EntMsgCallCandidate, ent_msg_call_candidate)

/* The heartbeat. `sent` is a monotonic time of the sender's, given back as `echo` with how long it
 * was held; from both the sender has the round trip. */
typedef struct {
  gint64 n;
  gint64 sent; /* us */
  gint64 echo; /* us; 0: none yet */
  gint64 held; /* us */
  gboolean muted;
  gboolean camera;
  gint64 audio_lost; /* per mille of this sender's sound that did not reach me lately */
  gint64 video_lost; /* per mille, likewise */
  gint64 video_kbit; /* kbit/s of this sender's picture that reached me lately */
} EntMsgBeat;
ENT_STRUCT_DECLARE (EntMsgBeat, ent_msg_beat)

/* What the sender's copy of the document is, when nothing has changed in it for a while. */
typedef struct {
  GBytes *sv; /* state vector */
  char *hash; /* of its state, 64 hex digits */
} EntMsgCopy;
ENT_STRUCT_DECLARE (EntMsgCopy, ent_msg_copy)

G_END_DECLS
