#include "fuzz-doc.h"

#include "document/ent-awareness.h"
#include "document/ent-doc-sync.h"

/* Messages of strangers, framing and all, one after the other. */

static void
assert_readable (GBytes *reply)
{
  EntSyncMessage message;

  g_assert_true (
    ent_sync_parse (g_bytes_get_data (reply, NULL), g_bytes_get_size (reply), &message, NULL));
  g_assert_cmpint (message.kind, ==, ENT_SYNC_STEP2);
}

static void
handle (EntDoc *doc, EntAwareness *awareness, const EntSyncMessage *message)
{
  g_autoptr (GBytes) reply = NULL;
  gboolean handled;

  if (message->kind == ENT_SYNC_AWARENESS) {
    ent_awareness_apply (awareness, message->body, message->body_size, 0, NULL, NULL);
    return;
  }
  handled = ent_sync_handle (doc, message, NULL, &reply, NULL);
  g_assert_true ((reply != NULL) == (handled && message->kind == ENT_SYNC_STEP1));
  if (reply)
    assert_readable (reply);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (EntAwareness) awareness = ent_awareness_new (5);
  GBytes *part;

  ent_text_insert (ent_doc_get_text (doc, "t"), 0, "hello", -1, NULL);
  while ((part = fuzz_take_part (&data, &size))) {
    EntSyncMessage message;

    if (ent_sync_parse (g_bytes_get_data (part, NULL), g_bytes_get_size (part), &message, NULL)) {
      g_assert_cmpuint (message.body_size, <=, g_bytes_get_size (part));
      handle (doc, awareness, &message);
      fuzz_check (doc);
    }
    g_bytes_unref (part);
  }
  return 0;
}
