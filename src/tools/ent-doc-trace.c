#include "tools/ent-doc-trace.h"

#include <gio/gio.h>
#include <string.h>

#define MAX_NESTING 32
#define MAX_AGENTS (1u << 16)

/* A pull reader of JSON that makes nothing it is not asked for: a trace of a quarter of a million
 * transactions is read without a tree, and leaves no holes in the heap of the program measured. */
typedef struct {
  const char *start;
  const char *at;
  const char *end;
  GString *text; /* of the last string read */
  gboolean is_broken; /* a list or object did not go on as it must */
} Scanner;

typedef struct {
  Scanner scanner;
  GString *start_content;
  GString *end_content;
  GArray *txns; /* EntTraceTxn */
  GArray *patches; /* EntTracePatch */
  GArray *parents; /* guint32 */
  GStringChunk *texts;
  guint32 n_agents;
  gboolean is_concurrent;
} Parser;

static gboolean
fail (Scanner *scanner, GError **error, const char *what)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
    "Could not read the trace: %s at byte %" G_GSIZE_FORMAT, what,
    (gsize) (scanner->at - scanner->start));
  return FALSE;
}

static int
peek (Scanner *scanner)
{
  while (scanner->at < scanner->end && strchr (" \t\r\n", *scanner->at))
    scanner->at++;
  return scanner->at < scanner->end ? *scanner->at : -1;
}

static gboolean
take (Scanner *scanner, char wanted)
{
  if (peek (scanner) != wanted)
    return FALSE;
  scanner->at++;
  return TRUE;
}

/* Whether a list or object goes on: takes the comma, or the closing bracket. */
static gboolean
next_member (Scanner *scanner, char closing, gboolean is_first)
{
  if (take (scanner, closing))
    return FALSE;
  if (is_first || take (scanner, ','))
    return TRUE;
  scanner->is_broken = TRUE;
  return FALSE;
}

static gboolean
scan_hex (Scanner *scanner, gunichar *unit)
{
  *unit = 0;
  if (scanner->end - scanner->at < 4)
    return FALSE;
  for (int i = 0; i < 4; i++) {
    int digit = g_ascii_xdigit_value (*scanner->at++);

    if (digit < 0)
      return FALSE;
    *unit = *unit << 4 | digit;
  }
  return TRUE;
}

static gboolean
scan_escape (Scanner *scanner)
{
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  const char *name;
  gunichar unit, low;

  if (scanner->at == scanner->end)
    return FALSE;
  name = strchr (names, *scanner->at);
  if (name && *name) {
    scanner->at++;
    g_string_append_c (scanner->text, values[name - names]);
    return TRUE;
  }
  if (*scanner->at++ != 'u' || !scan_hex (scanner, &unit) || unit == 0)
    return FALSE;
  if (unit >= 0xd800 && unit < 0xdc00) {
    if (scanner->end - scanner->at < 6 || scanner->at[0] != '\\' || scanner->at[1] != 'u')
      return FALSE;
    scanner->at += 2;
    if (!scan_hex (scanner, &low) || low < 0xdc00 || low > 0xdfff)
      return FALSE;
    unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
  }
  g_string_append_unichar (scanner->text, unit);
  return TRUE;
}

static gboolean
scan_string (Scanner *scanner, GError **error)
{
  if (!take (scanner, '"'))
    return fail (scanner, error, "a text is missing");
  g_string_truncate (scanner->text, 0);
  while (scanner->at < scanner->end && *scanner->at != '"') {
    const char *run = scanner->at;

    while (scanner->at < scanner->end && *scanner->at != '"' && *scanner->at != '\\')
      scanner->at++;
    g_string_append_len (scanner->text, run, scanner->at - run);
    if (scanner->at < scanner->end && *scanner->at == '\\') {
      scanner->at++;
      if (!scan_escape (scanner))
        return fail (scanner, error, "a text has a wrong escape");
    }
  }
  if (!take (scanner, '"'))
    return fail (scanner, error, "a text has no end");
  return g_utf8_validate (scanner->text->str, scanner->text->len, NULL) ||
         fail (scanner, error, "a text is not UTF-8");
}

static gboolean
scan_number (Scanner *scanner, guint32 *number, GError **error)
{
  guint64 value = 0;

  if (!g_ascii_isdigit (peek (scanner)))
    return fail (scanner, error, "a number is missing");
  while (scanner->at < scanner->end && g_ascii_isdigit (*scanner->at) && value <= G_MAXUINT32)
    value = value * 10 + (*scanner->at++ - '0');
  if (value > G_MAXUINT32)
    return fail (scanner, error, "a number is too large");
  *number = value;
  return TRUE;
}

/* Passes over any value. Brackets only have to be as many as they should; what is passed over is
 * not used. */
static gboolean
skip_value (Scanner *scanner, GError **error)
{
  guint depth = 0;

  do {
    int c = peek (scanner);

    if (c < 0 || depth > MAX_NESTING)
      return fail (scanner, error, "a value has no end");
    if (c == '"') {
      if (!scan_string (scanner, error))
        return FALSE;
      continue;
    }
    scanner->at++;
    if (c == '[' || c == '{')
      depth++;
    else if ((c == ']' || c == '}') && depth > 0)
      depth--;
    else
      while (scanner->at < scanner->end && !strchr (",:[]{}\" \t\r\n", *scanner->at))
        scanner->at++;
  } while (depth > 0);
  return TRUE;
}

static gboolean
parse_patch (Parser *parser, GError **error)
{
  Scanner *scanner = &parser->scanner;
  EntTracePatch patch = { 0 };

  if (!take (scanner, '['))
    return fail (scanner, error, "a patch is missing");
  if (!scan_number (scanner, &patch.at, error))
    return FALSE;
  if (!take (scanner, ','))
    return fail (scanner, error, "a patch is short");
  if (!scan_number (scanner, &patch.n_deleted, error))
    return FALSE;
  if (!take (scanner, ','))
    return fail (scanner, error, "a patch is short");
  if (!scan_string (scanner, error))
    return FALSE;
  if (!take (scanner, ']'))
    return fail (scanner, error, "a patch is long");
  patch.text_bytes = scanner->text->len;
  patch.text = patch.text_bytes
                 ? g_string_chunk_insert_len (parser->texts, scanner->text->str, scanner->text->len)
                 : "";
  g_array_append_val (parser->patches, patch);
  return TRUE;
}

static gboolean
parse_parents (Parser *parser, GError **error)
{
  Scanner *scanner = &parser->scanner;

  if (!take (scanner, '['))
    return fail (scanner, error, "parents are no list");
  for (gboolean first = TRUE; next_member (scanner, ']', first); first = FALSE) {
    guint32 parent;

    if (!scan_number (scanner, &parent, error))
      return FALSE;
    if (parent >= parser->txns->len)
      return fail (scanner, error, "a transaction follows one that comes later");
    g_array_append_val (parser->parents, parent);
  }
  return TRUE;
}

static gboolean
parse_patches (Parser *parser, GError **error)
{
  Scanner *scanner = &parser->scanner;

  if (!take (scanner, '['))
    return fail (scanner, error, "patches are no list");
  for (gboolean first = TRUE; next_member (scanner, ']', first); first = FALSE) {
    if (!parse_patch (parser, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
scan_key (Scanner *scanner, GError **error)
{
  if (!scan_string (scanner, error))
    return FALSE;
  return take (scanner, ':') || fail (scanner, error, "a value is missing");
}

static gboolean
parse_txn (Parser *parser, GError **error)
{
  Scanner *scanner = &parser->scanner;
  EntTraceTxn txn = { .first_patch = parser->patches->len, .first_parent = parser->parents->len };

  if (!take (scanner, '{'))
    return fail (scanner, error, "a transaction is missing");
  for (gboolean first = TRUE; next_member (scanner, '}', first); first = FALSE) {
    gboolean good;

    if (!scan_key (scanner, error))
      return FALSE;
    if (g_str_equal (scanner->text->str, "patches"))
      good = parse_patches (parser, error);
    else if (g_str_equal (scanner->text->str, "parents"))
      good = parse_parents (parser, error);
    else if (g_str_equal (scanner->text->str, "agent"))
      good = scan_number (scanner, &txn.agent, error);
    else
      good = skip_value (scanner, error);
    if (!good)
      return FALSE;
  }
  txn.n_patches = parser->patches->len - txn.first_patch;
  txn.n_parents = parser->parents->len - txn.first_parent;
  g_array_append_val (parser->txns, txn);
  return TRUE;
}

static gboolean
parse_txns (Parser *parser, GError **error)
{
  Scanner *scanner = &parser->scanner;

  if (!take (scanner, '['))
    return fail (scanner, error, "transactions are no list");
  for (gboolean first = TRUE; next_member (scanner, ']', first); first = FALSE) {
    if (!parse_txn (parser, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
parse_content (Parser *parser, GString *content, GError **error)
{
  if (!scan_string (&parser->scanner, error))
    return FALSE;
  g_string_append_len (content, parser->scanner.text->str, parser->scanner.text->len);
  return TRUE;
}

static gboolean
parse_member (Parser *parser, GError **error)
{
  Scanner *scanner = &parser->scanner;

  if (!scan_key (scanner, error))
    return FALSE;
  if (g_str_equal (scanner->text->str, "txns"))
    return parse_txns (parser, error);
  if (g_str_equal (scanner->text->str, "startContent"))
    return parse_content (parser, parser->start_content, error);
  if (g_str_equal (scanner->text->str, "endContent"))
    return parse_content (parser, parser->end_content, error);
  if (g_str_equal (scanner->text->str, "numAgents"))
    return scan_number (scanner, &parser->n_agents, error);
  if (g_str_equal (scanner->text->str, "kind")) {
    if (!scan_string (scanner, error))
      return FALSE;
    parser->is_concurrent = g_str_equal (scanner->text->str, "concurrent");
    return TRUE;
  }
  return skip_value (scanner, error);
}

static gboolean
parse_trace (Parser *parser, GError **error)
{
  Scanner *scanner = &parser->scanner;

  if (!take (scanner, '{'))
    return fail (scanner, error, "it is no object");
  for (gboolean first = TRUE; next_member (scanner, '}', first); first = FALSE) {
    if (!parse_member (parser, error))
      return FALSE;
  }
  if (scanner->is_broken)
    return fail (scanner, error, "a comma or bracket is missing before");
  if (peek (scanner) >= 0)
    return fail (scanner, error, "something follows it");
  if (parser->n_agents == 0 || parser->n_agents > MAX_AGENTS)
    return fail (scanner, error, "the number of writers is wrong");
  for (guint i = 0; i < parser->txns->len; i++) {
    if (g_array_index (parser->txns, EntTraceTxn, i).agent >= parser->n_agents)
      return fail (scanner, error, "a writer is unknown");
  }
  return TRUE;
}

static EntTrace *
take_trace (Parser *parser)
{
  EntTrace *trace = g_new0 (EntTrace, 1);

  trace->is_concurrent = parser->is_concurrent;
  trace->n_agents = parser->n_agents;
  trace->start_content = g_string_free (g_steal_pointer (&parser->start_content), FALSE);
  trace->end_content = g_string_free (g_steal_pointer (&parser->end_content), FALSE);
  trace->n_txns = parser->txns->len;
  trace->txns = (gpointer) g_array_free (g_steal_pointer (&parser->txns), FALSE);
  trace->n_patches = parser->patches->len;
  trace->patches = (gpointer) g_array_free (g_steal_pointer (&parser->patches), FALSE);
  trace->n_parents = parser->parents->len;
  trace->parents = (gpointer) g_array_free (g_steal_pointer (&parser->parents), FALSE);
  trace->texts = g_steal_pointer (&parser->texts);
  return trace;
}

static void
parser_clear (Parser *parser)
{
  if (parser->start_content)
    g_string_free (parser->start_content, TRUE);
  if (parser->end_content)
    g_string_free (parser->end_content, TRUE);
  g_clear_pointer (&parser->txns, g_array_unref);
  g_clear_pointer (&parser->patches, g_array_unref);
  g_clear_pointer (&parser->parents, g_array_unref);
  g_clear_pointer (&parser->texts, g_string_chunk_free);
  g_string_free (parser->scanner.text, TRUE);
}

EntTrace *
ent_trace_parse (const char *json, gsize size, GError **error)
{
  Parser parser = {
    .scanner = { .start = json, .at = json, .end = json + size, .text = g_string_new (NULL) },
    .start_content = g_string_new (NULL),
    .end_content = g_string_new (NULL),
    .txns = g_array_new (FALSE, FALSE, sizeof (EntTraceTxn)),
    .patches = g_array_new (FALSE, FALSE, sizeof (EntTracePatch)),
    .parents = g_array_new (FALSE, FALSE, sizeof (guint32)),
    .texts = g_string_chunk_new (1 << 16),
    .n_agents = 1,
  };
  EntTrace *trace = NULL;

  if (parse_trace (&parser, error))
    trace = take_trace (&parser);
  parser_clear (&parser);
  return trace;
}

static GBytes *
unzip (const char *bytes, gsize size, GError **error)
{
  g_autoptr (GConverter) gzip =
    G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_data (bytes, size, NULL);
  g_autoptr (GInputStream) plain = g_converter_input_stream_new (memory, gzip);
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  if (g_output_stream_splice (out, plain, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, error) < 0)
    return NULL;
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (out));
}

EntTrace *
ent_trace_load (const char *path, GError **error)
{
  g_autofree char *file = NULL;
  gsize size;
  g_autoptr (GBytes) json = NULL;

  if (!g_file_get_contents (path, &file, &size, error))
    return NULL;
  if (size >= 2 && (guint8) file[0] == 0x1f && (guint8) file[1] == 0x8b)
    json = unzip (file, size, error);
  else
    json = g_bytes_new_take (g_steal_pointer (&file), size);
  if (!json) {
    g_prefix_error (error, "Could not unpack %s: ", path);
    return NULL;
  }
  return ent_trace_parse (g_bytes_get_data (json, NULL), g_bytes_get_size (json), error);
}

void
ent_trace_free (EntTrace *trace)
{
  g_free (trace->start_content);
  g_free (trace->end_content);
  g_free (trace->txns);
  g_free (trace->patches);
  g_free (trace->parents);
  g_string_chunk_free (trace->texts);
  g_free (trace);
}

void
ent_trace_cut (EntTrace *trace, guint32 n_txns)
{
  if (n_txns >= trace->n_txns)
    return;
  trace->n_txns = n_txns;
  trace->n_patches = trace->txns[n_txns].first_patch;
  trace->n_parents = trace->txns[n_txns].first_parent;
  g_clear_pointer (&trace->end_content, g_free);
}
