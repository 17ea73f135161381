#include "protocol/ent-msg-call.h"

#include "protocol/ent-limits.h"

#define MAX_LINK_ID 64
#define MAX_TIME_US ((gint64) 1 << 53)

static const EntField ent_msg_description_fields[] = {
  ENT_FIELD (EntMsgDescription, link, ENT_FIELD_STRING, ENT_REQUIRED, MAX_LINK_ID),
  ENT_FIELD (EntMsgDescription, sdp, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_SDP),
  ENT_FIELD (EntMsgDescription, to, ENT_FIELD_ID, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgDescription, from, ENT_FIELD_ID, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntMsgDescription, ent_msg_description)

static const EntField ent_msg_candidate_fields[] = {
  ENT_FIELD (EntMsgCandidate, link, ENT_FIELD_STRING, ENT_REQUIRED, MAX_LINK_ID),
  ENT_FIELD (EntMsgCandidate, mline, ENT_FIELD_INT, ENT_REQUIRED, 16),
  ENT_FIELD (EntMsgCandidate, candidate, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_CANDIDATE),
  ENT_FIELD (EntMsgCandidate, to, ENT_FIELD_ID, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgCandidate, from, ENT_FIELD_ID, ENT_OPTIONAL, 0),
};
ENT_STRUCT_DEFINE (EntMsgCandidate, ent_msg_candidate)

static const EntField ent_msg_call_description_fields[] = {
  ENT_FIELD (EntMsgCallDescription, link, ENT_FIELD_STRING, ENT_REQUIRED, MAX_LINK_ID),
  ENT_FIELD (EntMsgCallDescription, sdp, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_SDP),
};
ENT_STRUCT_DEFINE (EntMsgCallDescription, ent_msg_call_description)

static const EntField ent_msg_call_candidate_fields[] = {
  ENT_FIELD (EntMsgCallCandidate, link, ENT_FIELD_STRING, ENT_REQUIRED, MAX_LINK_ID),
  ENT_FIELD (EntMsgCallCandidate, mline, ENT_FIELD_INT, ENT_REQUIRED, 16),
  ENT_FIELD (EntMsgCallCandidate, candidate, ENT_FIELD_STRING, ENT_REQUIRED, ENT_MAX_CANDIDATE),
};
ENT_STRUCT_DEFINE (EntMsgCallCandidate, ent_msg_call_candidate)

static const EntField ent_msg_beat_fields[] = {
  ENT_FIELD (EntMsgBeat, n, ENT_FIELD_INT, ENT_REQUIRED, G_MAXINT32),
  ENT_FIELD (EntMsgBeat, sent, ENT_FIELD_INT, ENT_REQUIRED, MAX_TIME_US),
  ENT_FIELD (EntMsgBeat, echo, ENT_FIELD_INT, ENT_OPTIONAL, MAX_TIME_US),
  ENT_FIELD (EntMsgBeat, held, ENT_FIELD_INT, ENT_OPTIONAL, MAX_TIME_US),
  ENT_FIELD (EntMsgBeat, muted, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgBeat, camera, ENT_FIELD_BOOL, ENT_OPTIONAL, 0),
  ENT_FIELD (EntMsgBeat, audio_lost, ENT_FIELD_INT, ENT_OPTIONAL, 1000),
  ENT_FIELD (EntMsgBeat, video_lost, ENT_FIELD_INT, ENT_OPTIONAL, 1000),
  ENT_FIELD (EntMsgBeat, video_kbit, ENT_FIELD_INT, ENT_OPTIONAL, G_MAXINT32),
};
ENT_STRUCT_DEFINE (EntMsgBeat, ent_msg_beat)

static const EntField ent_msg_copy_fields[] = {
  ENT_FIELD (EntMsgCopy, sv, ENT_FIELD_BYTES, ENT_REQUIRED, ENT_MAX_STATE_VECTOR),
  ENT_FIELD (EntMsgCopy, hash, ENT_FIELD_STRING, ENT_REQUIRED, 64),
};
ENT_STRUCT_DEFINE (EntMsgCopy, ent_msg_copy)
