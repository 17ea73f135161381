#include "document/ent-doc-sync.h"

#include <string.h>

#include "document/ent-doc-wire.h"

enum { MESSAGE_SYNC, MESSAGE_AWARENESS, MESSAGE_AUTH, MESSAGE_QUERY_AWARENESS };
enum { SYNC_STEP1, SYNC_STEP2, SYNC_UPDATE };

static void
parse_sync (EntReader *reader, EntSyncMessage *message)
{
  static const EntSyncKind kinds[] = { ENT_SYNC_STEP1, ENT_SYNC_STEP2, ENT_SYNC_UPDATE };
  guint64 kind = ent_read_uint (reader);

  if (kind >= G_N_ELEMENTS (kinds)) {
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "an unknown sync message");
    return;
  }
  message->kind = kinds[kind];
  message->body = ent_read_bytes (reader, &message->body_size);
}

static void
parse_auth (EntReader *reader, EntSyncMessage *message)
{
  guint64 kind = ent_read_uint (reader);

  if (kind != 0) {
    ent_reader_fail (reader, ENT_DOC_ERROR_MALFORMED, "an unknown auth message");
    return;
  }
  message->kind = ENT_SYNC_DENIED;
  message->body = (const guint8 *) ent_read_string (reader, &message->body_size, NULL, NULL);
}

gboolean
ent_sync_parse (const guint8 *data, gsize size, EntSyncMessage *message, GError **error)
{
  EntReader reader;

  if (size > ENT_SYNC_MAX_BYTES) {
    g_set_error (error, ENT_DOC_ERROR, ENT_DOC_ERROR_TOO_LARGE,
      "The sync message is over the limit of %u MiB", ENT_DOC_MAX_UPDATE_BYTES >> 20);
    return FALSE;
  }
  *message = (EntSyncMessage){ .kind = ENT_SYNC_UNKNOWN };
  ent_reader_init (&reader, data, size);
  switch (ent_read_uint (&reader)) {
  case MESSAGE_SYNC:
    parse_sync (&reader, message);
    break;
  case MESSAGE_AWARENESS:
    message->kind = ENT_SYNC_AWARENESS;
    message->body = ent_read_bytes (&reader, &message->body_size);
    break;
  case MESSAGE_AUTH:
    parse_auth (&reader, message);
    break;
  case MESSAGE_QUERY_AWARENESS:
    message->kind = ENT_SYNC_QUERY_AWARENESS;
    break;
  default:
    reader.at = reader.end;
  }
  if (!ent_reader_failed (&reader) && reader.at != reader.end)
    ent_reader_fail (&reader, ENT_DOC_ERROR_MALFORMED, "bytes after the end");
  if (ent_reader_failed (&reader))
    return ent_reader_set_error (&reader, "Could not read a sync message", error);
  return TRUE;
}

static GBytes *
frame (guint type, int subtype, GBytes *body)
{
  EntWriter writer;
  gsize size = 0;
  const void *data = body ? g_bytes_get_data (body, &size) : NULL;

  ent_writer_init (&writer, size + 16);
  ent_write_uint (&writer, type);
  if (subtype >= 0)
    ent_write_uint (&writer, subtype);
  if (body)
    ent_write_bytes (&writer, data, size);
  return ent_writer_end (&writer);
}

GBytes *
ent_sync_new_step1 (EntDoc *doc)
{
  g_autoptr (EntStateVector) known = ent_doc_dup_state_vector (doc);
  g_autoptr (GBytes) body = ent_state_vector_encode (known);

  return frame (MESSAGE_SYNC, SYNC_STEP1, body);
}

GBytes *
ent_sync_new_step2 (EntDoc *doc, const EntStateVector *known)
{
  g_autoptr (GBytes) body = ent_doc_encode_diff (doc, known);

  return frame (MESSAGE_SYNC, SYNC_STEP2, body);
}

GBytes *
ent_sync_new_update (GBytes *update)
{
  return frame (MESSAGE_SYNC, SYNC_UPDATE, update);
}

GBytes *
ent_sync_new_awareness (GBytes *awareness_update)
{
  return frame (MESSAGE_AWARENESS, -1, awareness_update);
}

GBytes *
ent_sync_new_denied (const char *reason)
{
  g_autoptr (GBytes) body = g_bytes_new (reason, strlen (reason));

  return frame (MESSAGE_AUTH, 0, body);
}

GBytes *
ent_sync_new_query_awareness (void)
{
  return frame (MESSAGE_QUERY_AWARENESS, -1, NULL);
}

gboolean
ent_sync_handle (EntDoc *doc,
  const EntSyncMessage *message,
  gconstpointer origin,
  GBytes **reply,
  GError **error)
{
  *reply = NULL;
  switch (message->kind) {
  case ENT_SYNC_STEP1: {
    g_autoptr (EntStateVector) known =
      ent_state_vector_decode (message->body, message->body_size, error);

    if (!known)
      return FALSE;
    *reply = ent_sync_new_step2 (doc, known);
    return TRUE;
  }
  case ENT_SYNC_STEP2:
  case ENT_SYNC_UPDATE:
    return ent_doc_apply_update (doc, message->body, message->body_size, origin, error);
  case ENT_SYNC_AWARENESS:
  case ENT_SYNC_DENIED:
  case ENT_SYNC_QUERY_AWARENESS:
  case ENT_SYNC_UNKNOWN:
    break;
  }
  return TRUE;
}
