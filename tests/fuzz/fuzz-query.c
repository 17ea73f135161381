#include <libsoup/soup.h>
#include <stdint.h>
#include <string.h>

#include "base/ent-id.h"
#include "http/coord-cursor.h"
#include "protocol/ent-time.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
look (gpointer key, gpointer value, gpointer data)
{
  const CoordSecrets *secrets = data;
  g_autofree char *place = coord_cursor_open (secrets, "GET /api/slots", value);
  guint64 number;
  gint64 time_us;

  /* Nobody but the server makes cursors. */
  g_assert_null (place);
  ent_time_parse (value, &time_us);
  ent_id_is_valid (value);
  g_ascii_string_to_unsigned (value, 10, 1, 200, &number, NULL);
}

/* What stands behind the question mark, and each value as a cursor, a time, an id and a number; the
 * whole as a place that a cursor brings back. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static CoordSecrets *secrets;
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *path = g_strconcat ("http://localhost/api/slots?", text, NULL);
  g_autoptr (GUri) uri = g_uri_parse (path, SOUP_HTTP_URI_FLAGS, NULL);
  g_autoptr (GHashTable) query = soup_form_decode (text);
  g_autofree char *cursor = NULL;
  g_autofree char *place = NULL;

  if (secrets == NULL)
    secrets = coord_secrets_new ();
  g_hash_table_foreach (query, look, secrets);
  cursor = coord_cursor_seal (secrets, "scope", text);
  place = coord_cursor_open (secrets, "scope", cursor);
  g_assert_cmpstr (place, ==, *text != '\0' ? text : NULL);
  return 0;
}
