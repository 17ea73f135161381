#include <stdint.h>
#include <stdlib.h>

#include "document/ent-awareness.h"
#include "document/ent-doc-sync.h"

/* Messages of strangers, framing and all; each stands behind two bytes of length. */

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
handle_awareness (EntAwareness *awareness, const EntSyncMessage *message, gint64 now_ms)
{
  g_autoptr (GArray) entries = ent_awareness_inspect (message->body, message->body_size, NULL);
  gboolean applied =
    ent_awareness_apply (awareness, message->body, message->body_size, now_ms, NULL, NULL);
  g_autoptr (GBytes) encoded = ent_awareness_encode (awareness, NULL, 0);

  g_assert_true (!applied || entries);
  g_assert_cmpuint (g_bytes_get_size (encoded), >, 0);
  ent_awareness_tick (awareness, now_ms + 20000);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (EntAwareness) awareness = ent_awareness_new (5);
  gint64 now_ms = 0;

  ent_awareness_set_state (awareness, "{\"a\":1}", now_ms, NULL);
  ent_text_insert (ent_doc_get_text (doc, "t"), 0, "hello", -1, NULL);
  while (size >= 2) {
    gsize length = MIN ((gsize) (data[0] | data[1] << 8), size - 2);
    EntSyncMessage message;
    g_autoptr (GBytes) reply = NULL;
    g_autoptr (EntStateVector) vector = ent_state_vector_decode (data + 2, length, NULL);
    g_autoptr (GBytes) bytes = vector ? ent_state_vector_encode (vector) : NULL;

    now_ms += 7000;
    g_assert_true ((vector != NULL) == (bytes != NULL));
    if (ent_sync_parse (data + 2, length, &message, NULL)) {
      if (message.kind == ENT_SYNC_AWARENESS)
        handle_awareness (awareness, &message, now_ms);
      else
        ent_sync_handle (doc, &message, NULL, &reply, NULL);
    }
    data += 2 + length;
    size -= 2 + length;
  }
  g_assert_true (ent_doc_check (doc, NULL));
  return 0;
}
