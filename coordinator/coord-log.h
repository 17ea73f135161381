#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The server's log: to the journal with fields, or to standard error one line each, as key=value.
 *
 * Never logged at any level: text of documents, chat, programs and their output, session
 * descriptions, tokens, links, passwords, names and addresses of people. Ids are, so that one
 * interview can be followed. */

/* Fields that tell what an entry is about. */
#define COORD_LOG_ROOM "ENTREVUE_ROOM"
#define COORD_LOG_REQUEST "ENTREVUE_REQUEST"
#define COORD_LOG_RUN "ENTREVUE_RUN"
#define COORD_LOG_RUNNER "ENTREVUE_RUNNER"
#define COORD_LOG_JOB "ENTREVUE_JOB"
#define COORD_LOG_NODE "ENTREVUE_NODE"

/* coord_log (G_LOG_LEVEL_WARNING, COORD_LOG_ROOM, room_id, "Could not ...: %s", message); */
#define coord_log(level, field, id, ...) \
  coord_log_text (G_LOG_DOMAIN, (level), (field), (id), __VA_ARGS__)
void coord_log_text (const char *domain,
  GLogLevelFlags level,
  const char *field,
  const char *id,
  const char *format,
  ...) G_GNUC_PRINTF (5, 6);

/* Sends all that GLib logs in this process there. Call it once, before there are threads. */
void coord_log_start (void);

/* An entry as one line of text, without its end: time, level, domain, fields, message. Whatever is
 * in the texts, it stays one line of UTF-8. The caller owns it. */
char *
coord_log_format (gint64 wall_us, GLogLevelFlags level, const GLogField *fields, gsize n_fields);

/* Warnings and worse since the start. Any thread. */
guint64 coord_log_count_warnings (void);

G_END_DECLS
