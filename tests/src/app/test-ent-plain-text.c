#include "app/ent-plain-text.h"

#include <string.h>

typedef struct {
  const char *name;
  const char *input;
  const char *output;
} Case;

static const Case cases[] = {
  { "text-stays", "grüße\t🎈\n", "grüße\t🎈\n" },
  { "colours-go", "\x1b[1;31mred\x1b[0m\n", "red\n" },
  { "titles-go", "\x1b]0;title\x07text", "text" },
  { "titles-with-terminator-go", "\x1b]0;title\x1b\\text", "text" },
  { "unended-title-ends-with-line", "\x1b]0;title\ntext", "\ntext" },
  { "unended-sequence-ends-with-line", "\x1b[12\ntext", "\ntext" },
  { "charsets-go", "\x1b(Btext\x1b)0", "text" },
  { "single-escapes-go",
    "a\x1b=b\x1b>c\x1b\x37"
    "d",
    "abcd" },
  { "c1-sequence-goes",
    "a\xc2\x9b"
    "31mb",
    "ab" },
  { "controls-go", "a\x07\x08\x0b\x0c\x7f\x01z", "az" },
  { "carriage-returns-are-line-ends", "a\r\nb\rc\n\rd", "a\nb\nc\n\nd" },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  EntPlainText whole = { 0 };
  EntPlainText pieces = { 0 };
  g_autofree char *plain = ent_plain_text_take (&whole, c->input);
  GString *joined = g_string_new (NULL);

  g_assert_cmpstr (plain, ==, c->output);

  /* Wherever it is cut, the same comes out. */
  for (const char *at = c->input; *at; at = g_utf8_next_char (at)) {
    g_autofree char *piece = g_strndup (at, g_utf8_next_char (at) - at);
    g_autofree char *out = ent_plain_text_take (&pieces, piece);

    g_string_append (joined, out);
  }
  g_assert_cmpstr (joined->str, ==, c->output);
  g_string_free (joined, TRUE);
}

static void
test_long_line (void)
{
  EntPlainText plain = { 0 };
  g_autofree char *input = g_strnfill (ENT_PLAIN_MAX_LINE * 2 + 1, 'x');
  g_autofree char *output = ent_plain_text_take (&plain, input);
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_cmpuint (strlen (lines[0]), ==, ENT_PLAIN_MAX_LINE);
  g_assert_cmpstr (lines[2], ==, "x");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strdup_printf ("/plain-text/%s", cases[i].name);

    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/plain-text/long-lines-are-cut", test_long_line);
  return g_test_run ();
}
