#include "http/coord-repeat.h"

#include <string.h>

#include "base/ent-secret.h"
#include "http/coord-request-private.h"
#include "service/coord-seal.h"
#include "service/coord-tidy-service.h"
#include "store/coord-error.h"
#include "store/coord-kept-answer-store.h"

#define MAX_KEY 128
#define PURPOSE "kept-answer"

struct _CoordRepeat {
  const CoordRoute *route;
  char *key;
  char *request; /* hash */
  CoordKeptAnswer *kept; /* NULL: the first time */
};

void
coord_repeat_free (CoordRepeat *repeat)
{
  g_clear_pointer (&repeat->kept, coord_kept_answer_free);
  g_free (repeat->key);
  g_free (repeat->request);
  g_free (repeat);
}

static gboolean
is_key (const char *text)
{
  for (const char *c = text; *c != '\0'; c++)
    if (*c < ' ' || *c > '~')
      return FALSE;
  return *text != '\0' && strlen (text) <= MAX_KEY;
}

static char *
hash_request (CoordRequest *request)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GBytes) body =
    soup_message_body_flatten (soup_server_message_get_request_body (request->message));
  const char *path = g_uri_get_path (soup_server_message_get_uri (request->message));
  gsize size;
  const guchar *data = g_bytes_get_data (body, &size);

  g_checksum_update (checksum, (const guchar *) path, -1);
  g_checksum_update (checksum, (const guchar *) "\n", 1);
  g_checksum_update (checksum, data, size);
  return g_strdup (g_checksum_get_string (checksum));
}

CoordRepeat *
coord_repeat_new (CoordRequest *request, GError **error)
{
  const char *key = coord_request_get_header (request, "Idempotency-Key");
  CoordRepeat *repeat;

  if (key == NULL || coord_request_get_user (request) == NULL ||
      request->route->status != SOUP_STATUS_CREATED)
    return NULL;
  if (!is_key (key)) {
    g_set_error (error, COORD_ERROR, COORD_ERROR_INVALID,
      "Idempotency-Key must be 1 to %d printable characters.", MAX_KEY);
    return NULL;
  }
  repeat = g_new0 (CoordRepeat, 1);
  repeat->route = request->route;
  repeat->key = g_strdup (key);
  repeat->request = hash_request (request);
  return repeat;
}

/* Opens the body, which may show a link that nobody else is to see. FALSE: it cannot be given
 * again.
 */
static gboolean
open_body (CoordKeptAnswer *kept, const CoordCall *call)
{
  g_autoptr (GBytes) sealed = ent_secret_from_base64url (kept->body);
  g_autoptr (GBytes) opened = sealed != NULL ? coord_seal_open (call->services->secrets, PURPOSE,
                                                 call->caller->user_id, sealed)
                                             : NULL;

  if (opened == NULL)
    return *kept->body == '{'; /* of a server that kept them open */
  g_free (kept->body);
  kept->body = g_strndup (g_bytes_get_data (opened, NULL), g_bytes_get_size (opened));
  return TRUE;
}

gboolean
coord_repeat_begin (CoordRepeat *repeat, const CoordCall *call, GError **error)
{
  g_autoptr (GError) failure = NULL;

  g_clear_pointer (&repeat->kept, coord_kept_answer_free);
  repeat->kept = coord_kept_answer_store_find (
    call->db, call->caller->user_id, repeat->key, call->now_us - COORD_KEPT_ANSWER_US, &failure);
  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (repeat->kept == NULL)
    return TRUE;
  else if (strcmp (repeat->kept->request, repeat->request) != 0)
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_KEY_REUSED,
      "This Idempotency-Key was used for another request. Take a new one.");
  else if (!open_body (repeat->kept, call))
    g_set_error_literal (error, COORD_ERROR, COORD_ERROR_KEY_REUSED,
      "This Idempotency-Key was used before, and its answer is lost. Take a new one.");
  return FALSE;
}

gboolean
coord_repeat_keep (CoordRepeat *repeat, const CoordCall *call, gconstpointer answer, GError **error)
{
  g_autofree char *text = ent_codec_encode (repeat->route->answer, answer);
  g_autoptr (GBytes) sealed =
    coord_seal_close (call->services->secrets, PURPOSE, call->caller->user_id, text, strlen (text));
  g_autofree char *body =
    ent_secret_base64url (g_bytes_get_data (sealed, NULL), g_bytes_get_size (sealed));
  const CoordKeptAnswer kept = { repeat->request, repeat->route->status, body };

  return coord_kept_answer_store_put (
    call->db, call->caller->user_id, repeat->key, &kept, call->now_us, error);
}

gboolean
coord_repeat_reply (CoordRepeat *repeat, CoordRequest *request)
{
  const EntStruct *type = repeat->route->answer;
  const char *text = repeat->kept != NULL ? repeat->kept->body : NULL;
  gpointer answer;

  if (text == NULL)
    return FALSE;
  answer = ent_codec_decode (type, text, strlen (text), ENT_UNKNOWN_IGNORED, NULL);
  if (answer == NULL) { /* an older server had another form */
    coord_request_reply_text (request, repeat->kept->status, "application/json", text);
    return TRUE;
  }
  coord_request_reply (request, repeat->kept->status, type, answer);
  ent_struct_free (type, answer);
  return TRUE;
}
