#include <string.h>

#include "document/ent-doc-undo.h"
#include "document/ent-doc-wire.h"
#include "document/ent-doc.h"

/* What we never make, but keep and pass on byte for byte: XML, subdocuments, types in texts,
 * attributes of texts, values of old versions. Written by yjs 13.6.33:
 *
 *   xml   <p id="é" n=5>[bold: "bold"]" 😀"<br></p>, a hook "widget", a text "after"
 *   meta  sub: subdocument "guid-1" with options, frag: fragment with <i>
 *   list  1, subdocument "guid-2", <h1>, "x"
 *   code  "a", a map { k: 1 }, "b"; its attribute lang is "c" */

#define FIRST \
  "AQxNAAcBA3htbAMBUAcATQAGBABNAQRib2xkhE0FBSDwn5iAh00BAwJicigATQACaWQBdwLDqSgATQABbgF9BYdNAAUGd2" \
  "lkZ2V0h00MBgQATQ0FYWZ0ZXJGTQIBYgl7IngiOiIxIn3GTQVNBgFiBG51bGwA"
#define SECOND \
  "AQxNFSkBBG1ldGEDc3ViBmd1aWQtMXYCCGF1dG9Mb2FkeARtZXRhdgEBYXUCfQF+JwEEbWV0YQRmcmFnBAcATRYDAWkIAQ" \
  "RsaXN0AX0BiU0YBmd1aWQtMnYAh00ZAwJoMYhNGgF3AXgEAQRjb2RlAWGETRwBYsdNHE0dASgATR4BawF9ASgBBGNvZGUE" \
  "bGFuZwF3AWMA"
#define STATE \
  "ARhNAAcBA3htbAMBUAcATQAGBABNAQRib2xkhE0FBSDwn5iAh00BAwJicigATQACaWQBdwLDqSgATQABbgF9BYdNAAUGd2" \
  "lkZ2V0h00MBgQATQ0FYWZ0ZXJGTQIBYgl7IngiOiIxIn3GTQVNBgFiBG51bGwpAQRtZXRhA3N1YgZndWlkLTF2AghhdXRv" \
  "TG9hZHgEbWV0YXYBAWF1An0BficBBG1ldGEEZnJhZwQHAE0WAwFpCAEEbGlzdAF9AYlNGAZndWlkLTJ2AIdNGQMCaDGITR" \
  "oBdwF4BAEEY29kZQFhhE0cAWLHTRxNHQEoAE0eAWsBfQEoAQRjb2RlBGxhbmcBdwFjAA=="
/* Somebody deletes <p> and the hook, meta.sub, and elements 1 and 2 of list. */
#define DELETION "AAFNAwANEwMZAg=="
#define AFTER_DELETION \
  "ARFNAAEBA3htbAEAC4FNAAGHTQwGBABNDQVhZnRlcgACIQEEbWV0YQNzdWIBJwEEbWV0YQRmcmFnBAcATRYDAWkIAQRsaX" \
  "N0AX0BgU0YAohNGgF3AXgEAQRjb2RlAWGETRwBYsdNHE0dASgATR4BawF9ASgBBGNvZGUEbGFuZwF3AWMBTQMADRMDGQI="
#define N_UNITS 33
/* SHA-256 of what yjs sends to those who know the first 0 to 33 units, in base64, line by line. */
#define DIFFS_HASH "2694ba7adac4d227d4499e4416937a158de1fcc822184132b15d124a5c5c3a81"

static GBytes *
decode (const char *base64)
{
  gsize size;
  guchar *data = g_base64_decode (base64, &size);

  return g_bytes_new_take (data, size);
}

static void
apply (EntDoc *doc, GBytes *update)
{
  g_autoptr (GError) error = NULL;

  ent_doc_apply_bytes (doc, update, NULL, &error);
  g_assert_no_error (error);
  ent_doc_check (doc, &error);
  g_assert_no_error (error);
}

static void
apply_base64 (EntDoc *doc, const char *base64)
{
  g_autoptr (GBytes) update = decode (base64);

  apply (doc, update);
}

static char *
to_base64 (GBytes *take_bytes)
{
  g_autoptr (GBytes) bytes = take_bytes;

  g_assert_nonnull (bytes);
  return g_base64_encode (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
assert_state (EntDoc *doc, const char *wanted)
{
  g_autofree char *state = to_base64 (ent_doc_encode (doc));

  g_assert_cmpstr (state, ==, wanted);
}

static void
assert_same_content (EntDoc *a, EntDoc *b)
{
  g_autofree char *one = ent_doc_dup_state_hash (a);
  g_autofree char *other = ent_doc_dup_state_hash (b);

  g_assert_cmpstr (one, ==, other);
}

static void
test_passed_on (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) late = ent_doc_new (6, ENT_DOC_KEEP_DELETED);
  g_autoptr (GBytes) first = decode (FIRST);
  g_autoptr (GBytes) second = decode (SECOND);
  GBytes *both[] = { second, first };
  g_autofree char *merged = NULL;

  apply (doc, first);
  apply (doc, second);
  assert_state (doc, STATE);
  apply (late, second);
  g_assert_true (ent_doc_has_pending_structs (late));
  assert_state (late, SECOND);
  apply (late, first);
  g_assert_false (ent_doc_has_pending_structs (late));
  assert_state (late, STATE);
  merged = to_base64 (ent_update_merge (both, 2, NULL));
  g_assert_cmpstr (merged, ==, STATE);
}

static void
test_cut_anywhere (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) state = decode (STATE);
  g_autoptr (GChecksum) sent = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GChecksum) cut = g_checksum_new (G_CHECKSUM_SHA256);

  apply (doc, state);
  for (guint clock = 0; clock <= N_UNITS; clock++) {
    g_autoptr (EntStateVector) known = ent_state_vector_new ();
    g_autofree char *from_document = NULL;
    g_autofree char *from_update = NULL;

    ent_state_vector_set (known, 77, clock);
    from_document = to_base64 (ent_doc_encode_diff (doc, known));
    from_update = to_base64 (ent_update_diff (state, known, NULL));
    if (clock) {
      g_checksum_update (sent, (const guchar *) "\n", 1);
      g_checksum_update (cut, (const guchar *) "\n", 1);
    }
    g_checksum_update (sent, (const guchar *) from_document, -1);
    g_checksum_update (cut, (const guchar *) from_update, -1);
  }
  g_assert_cmpstr (g_checksum_get_string (sent), ==, DIFFS_HASH);
  g_assert_cmpstr (g_checksum_get_string (cut), ==, DIFFS_HASH);
}

static void
test_read (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  EntType *xml = ent_doc_get_root (doc, "xml", ENT_TYPE_XML_FRAGMENT);
  EntType *meta = ent_doc_get_map (doc, "meta");
  EntType *list = ent_doc_get_array (doc, "list");
  EntType *code = ent_doc_get_text (doc, "code");
  EntType *p;
  g_autoptr (EntValue) id = NULL;
  g_autofree char *text = NULL;
  g_autofree char *guid = NULL;
  g_autofree char *other_guid = NULL;

  apply_base64 (doc, STATE);
  g_assert_cmpuint (ent_array_get_length (xml), ==, 3);
  p = ent_array_get_type (xml, 0);
  g_assert_cmpint (ent_type_get_kind (p), ==, ENT_TYPE_XML_ELEMENT);
  g_assert_cmpstr (ent_type_get_node_name (p), ==, "P");
  id = ent_map_get (p, "id");
  g_assert_cmpstr (ent_value_get_string (id, NULL), ==, "é");
  g_assert_cmpint (ent_type_get_kind (ent_array_get_type (p, 0)), ==, ENT_TYPE_XML_TEXT);
  text = ent_text_dup (ent_array_get_type (p, 0), NULL);
  g_assert_cmpstr (text, ==, "bold 😀");
  g_assert_cmpint (ent_type_get_kind (ent_array_get_type (xml, 1)), ==, ENT_TYPE_XML_HOOK);
  g_assert_cmpstr (ent_type_get_node_name (ent_array_get_type (xml, 1)), ==, "widget");
  g_assert_cmpint (ent_map_get_element_kind (meta, "sub"), ==, ENT_ELEMENT_SUBDOC);
  g_assert_cmpint (ent_array_get_element_kind (list, 1), ==, ENT_ELEMENT_SUBDOC);
  guid = ent_map_dup_subdoc_guid (meta, "sub");
  other_guid = ent_array_dup_subdoc_guid (list, 1);
  g_assert_cmpstr (guid, ==, "guid-1");
  g_assert_cmpstr (other_guid, ==, "guid-2");
  g_assert_cmpint (ent_type_get_kind (ent_map_get_type (meta, "frag")), ==, ENT_TYPE_XML_FRAGMENT);
  g_assert_cmpuint (ent_text_get_length (code), ==, 3);
  g_assert_true (ent_map_has (code, "lang"));
}

static void
test_collected (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) keeping = ent_doc_new (6, ENT_DOC_KEEP_DELETED);
  g_autoptr (EntDoc) early = ent_doc_new (8, ENT_DOC_DEFAULT);

  apply_base64 (doc, STATE);
  apply_base64 (doc, DELETION);
  assert_state (doc, AFTER_DELETION);
  apply_base64 (early, DELETION);
  apply_base64 (early, SECOND);
  apply_base64 (early, FIRST);
  assert_state (early, AFTER_DELETION);
  /* Who keeps it holds the same, and tells those who have collected nothing new. */
  apply_base64 (keeping, STATE);
  apply_base64 (keeping, DELETION);
  assert_same_content (keeping, doc);
  {
    g_autoptr (GBytes) kept = ent_doc_encode (keeping);

    apply (doc, kept);
    assert_state (doc, AFTER_DELETION);
  }
}

/* Our own edits and their undo beside it, and of it. */
static void
test_undone (void)
{
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (EntDoc) other = ent_doc_new (6, ENT_DOC_DEFAULT);
  g_autoptr (EntUndo) undo = ent_undo_new (doc, NULL, NULL);
  EntType *code = ent_doc_get_text (doc, "code");
  EntType *meta = ent_doc_get_map (doc, "meta");
  EntType *list = ent_doc_get_array (doc, "list");
  EntType *xml = ent_doc_get_root (doc, "xml", ENT_TYPE_XML_FRAGMENT);
  g_autoptr (GBytes) state = NULL;
  g_autoptr (EntValue) value = NULL;
  g_autofree char *guid = NULL;
  g_autofree char *other_guid = NULL;
  g_autofree char *text = NULL;

  ent_undo_add_scope (undo, code);
  ent_undo_add_scope (undo, meta);
  ent_undo_add_scope (undo, list);
  ent_undo_add_scope (undo, xml);
  apply_base64 (doc, STATE);
  ent_doc_begin (doc, NULL);
  g_assert_true (ent_text_insert (code, 1, "typed", -1, NULL));
  g_assert_true (ent_text_delete (code, 5, 2, NULL)); /* with the map in it */
  g_assert_true (ent_map_delete (meta, "sub", NULL));
  g_assert_true (ent_map_delete (meta, "frag", NULL));
  g_assert_true (ent_array_delete (list, 1, 2, NULL));
  g_assert_true (ent_array_delete (xml, 0, 3, NULL));
  ent_doc_commit (doc);
  g_assert_true (ent_undo_undo (undo));

  g_assert_cmpuint (ent_text_get_length (code), ==, 3);
  value = ent_map_get (ent_array_get_type (code, 1), "k");
  g_assert_cmpint (ent_value_get_int (value), ==, 1);
  guid = ent_map_dup_subdoc_guid (meta, "sub");
  other_guid = ent_array_dup_subdoc_guid (list, 1);
  g_assert_cmpstr (guid, ==, "guid-1");
  g_assert_cmpstr (other_guid, ==, "guid-2");
  g_assert_cmpstr (ent_type_get_node_name (ent_array_get_type (list, 2)), ==, "h1");
  g_assert_cmpuint (ent_array_get_length (ent_map_get_type (meta, "frag")), ==, 1);
  g_assert_cmpuint (ent_array_get_length (xml), ==, 3);
  g_assert_cmpstr (ent_type_get_node_name (ent_array_get_type (xml, 1)), ==, "widget");
  text = ent_text_dup (ent_array_get_type (ent_array_get_type (xml, 0), 0), NULL);
  g_assert_cmpstr (text, ==, "bold 😀");
  state = ent_doc_encode (doc);
  apply (other, state);
  assert_same_content (doc, other);

  g_assert_true (ent_undo_redo (undo));
  g_assert_cmpuint (ent_array_get_length (xml), ==, 0);
  g_assert_false (ent_map_has (meta, "sub"));
  g_assert_true (ent_undo_undo (undo));
  g_assert_cmpuint (ent_array_get_length (xml), ==, 3);
  g_clear_pointer (&state, g_bytes_unref);
  state = ent_doc_encode (doc);
  apply (other, state);
  assert_same_content (doc, other);
}

/* Values as yjs wrote them before version 13: JSON texts, and "undefined" for what JSON lacks. */
static void
test_legacy_json (void)
{
  static const char *const values[] = { "{\"b\":1,\"a\":[null]}", "undefined", "\"é\"", "1.50" };
  g_autoptr (EntDoc) doc = ent_doc_new (5, ENT_DOC_DEFAULT);
  g_autoptr (GBytes) update = NULL;
  g_autoptr (EntValue) object = NULL;
  g_autoptr (EntValue) missing = NULL;
  g_autofree char *wanted = NULL;
  EntType *list = ent_doc_get_array (doc, "l");
  EntWriter writer;

  ent_writer_init (&writer, 64);
  for (guint i = 0; i < 2; i++)
    ent_write_uint (&writer, 1);
  ent_write_uint (&writer, 77);
  ent_write_uint (&writer, 0);
  ent_write_u8 (&writer, ENT_KIND_JSON);
  ent_write_uint (&writer, 1);
  ent_write_bytes (&writer, "l", 1);
  ent_write_uint (&writer, G_N_ELEMENTS (values));
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    ent_write_bytes (&writer, values[i], strlen (values[i]));
  ent_write_uint (&writer, 0);
  update = ent_writer_end (&writer);
  wanted = to_base64 (g_bytes_ref (update));

  apply (doc, update);
  assert_state (doc, wanted);
  g_assert_cmpuint (ent_array_get_length (list), ==, G_N_ELEMENTS (values));
  object = ent_array_get (list, 0);
  g_assert_cmpstr (ent_value_get_key (object, 0), ==, "b");
  missing = ent_array_get (list, 1);
  g_assert_cmpint (ent_value_get_kind (missing), ==, ENT_VALUE_UNDEFINED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/doc/foreign/passed-on-byte-for-byte", test_passed_on);
  g_test_add_func ("/doc/foreign/cut-anywhere-as-yjs-does", test_cut_anywhere);
  g_test_add_func ("/doc/foreign/can-be-read", test_read);
  g_test_add_func ("/doc/foreign/collected-as-yjs-does", test_collected);
  g_test_add_func ("/doc/foreign/comes-back-by-undo", test_undone);
  g_test_add_func ("/doc/foreign/values-of-old-versions", test_legacy_json);
  return g_test_run ();
}
