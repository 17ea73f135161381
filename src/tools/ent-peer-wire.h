#pragma once

#include "protocol/ent-codec.h"

G_BEGIN_DECLS

/* What ent-peer reads and writes, one JSON object per line. README.md describes each. */

#define ENT_PEER_MAX_LINE (4 * 1024 * 1024)

/* One command; the members that a command does not use are absent. */
typedef struct {
  char *cmd;
  char *file;
  gint64 at; /* characters; -1: the end */
  gint64 count; /* characters */
  char *text;
  char *entry;
  char *stdin_text; /* "stdin" */
  char *language;
  gint64 anchor; /* characters; of a caret */
  gint64 rows; /* of a terminal */
  gint64 columns;
  char *participant;
  gboolean edit;
  gboolean run;
  gboolean on;
} EntPeerCommand;
ENT_STRUCT_DECLARE (EntPeerCommand, ent_peer_command)

typedef struct {
  const char *event;
  char *room;
  char *participant;
  char *name;
  char *role;
  char **files;
  gint64 after_us; /* since the program started */
} EntPeerJoined;
extern const EntStruct ent_peer_joined_struct;

typedef struct {
  const char *event;
  char *phase;
  char *sentence;
  char *connection;
  char *call;
  char *call_sentence;
  char *device_log_sentence;
  gint64 kept;
  gboolean can_edit;
  gboolean can_run;
} EntPeerRoomState;
extern const EntStruct ent_peer_room_state_struct;

typedef struct {
  const char *event;
  char *id;
  char *name;
  char *role;
  char *state;
  gboolean seat;
  gint64 colour;
  char *connection;
  gboolean reconnecting;
  gboolean muted;
  gboolean camera;
  char *short_code;
} EntPeerPerson;
extern const EntStruct ent_peer_person_struct;

typedef struct {
  const char *event;
  char *file;
  char *text;
} EntPeerText;
extern const EntStruct ent_peer_text_struct;

typedef struct {
  const char *event;
  char *file;
  gint64 at_us; /* monotonic */
  gboolean is_local; /* "local" */
  gint64 length; /* characters in the file now */
} EntPeerChange;
extern const EntStruct ent_peer_change_struct;

typedef struct {
  const char *event;
  char *id;
  char *author;
  char *text;
  gboolean mine;
} EntPeerChat;
extern const EntStruct ent_peer_chat_struct;

typedef struct {
  const char *event;
  char *file;
  char *name;
  gint64 caret;
  gint64 start;
  gint64 end;
} EntPeerCaret;
extern const EntStruct ent_peer_caret_struct;

typedef struct {
  const char *event;
  char *run;
  char *by;
  char *entry;
  char *state;
  gint64 queue;
  gint64 rows; /* of its terminal; 0: none */
  gint64 columns;
} EntPeerRun;
extern const EntStruct ent_peer_run_struct;

/* run-gap, run-restarted */
typedef struct {
  const char *event;
  char *run;
} EntPeerRunMark;
extern const EntStruct ent_peer_run_mark_struct;

typedef struct {
  const char *event;
  char *run;
  char *stream;
  char *text;
} EntPeerRunOutput;
extern const EntStruct ent_peer_run_output_struct;

typedef struct {
  const char *event;
  char *run;
  char *verdict;
  gint64 exit_code;
  gint64 wall_ms;
  gint64 cpu_ms;
  gint64 memory_kb;
  char *message;
} EntPeerRunEnded;
extern const EntStruct ent_peer_run_ended_struct;

typedef struct {
  char *id;
  char *name;
  char *path;
  gboolean verified;
  gint64 round_trip_us;
  gint64 bytes_sent;
  gint64 bytes_received;
  gint64 frames_sent;
  gint64 frames_decoded;
  gint64 width;
  gint64 height;
  gint64 video_bytes_received;
  gint64 audio_buffers_decoded;
} EntPeerLinkStats;
extern const EntStruct ent_peer_link_stats_struct;

typedef struct {
  const char *event;
  gint64 kept;
  gint64 at_us;
  char *connection;
  char *hash; /* of the document's state */
  gint64 frames_encoded;
  GPtrArray *peers; /* EntPeerLinkStats */
} EntPeerStats;
extern const EntStruct ent_peer_stats_struct;

/* durable (kept), languages (names) and error or notice (text) */
typedef struct {
  const char *event;
  gint64 kept;
} EntPeerDurable;
extern const EntStruct ent_peer_durable_struct;

typedef struct {
  const char *event;
  char **ids;
} EntPeerLanguages;
extern const EntStruct ent_peer_languages_struct;

typedef struct {
  const char *event;
  char *cmd; /* the command that failed; absent: something that happened */
  char *text;
} EntPeerError;
extern const EntStruct ent_peer_error_struct;

G_END_DECLS
