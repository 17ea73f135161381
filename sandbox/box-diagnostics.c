#include "box-diagnostics.h"

#include <string.h>

#include "protocol/ent-msg-run.h"

#define MAX_MESSAGE 500
#define MAX_NUMBER 10000000

/* ":NUMBER" at *at; moves *at behind it. 0 when there is none. */
static gint64
take_number (const char **at)
{
  const char *c = *at;
  gint64 number = 0;

  if (*c != ':' || !g_ascii_isdigit (c[1]))
    return 0;
  for (c++; g_ascii_isdigit (*c); c++)
    number = MIN (number * 10 + (*c - '0'), MAX_NUMBER);
  *at = c;
  return number;
}

static char *
cut_message (const char *message)
{
  gsize size = MIN (strlen (message), MAX_MESSAGE);
  const char *end = NULL;

  if (!g_utf8_validate (message, size, &end))
    size = end - message;
  return g_strndup (message, size);
}

static EntMsgCompileError *
make_error (const char *file, gsize file_size, gint64 line, gint64 column, const char *message)
{
  EntMsgCompileError *error = ent_msg_compile_error_new ();

  if (file_size >= 2 && file[0] == '.' && file[1] == '/') {
    file += 2;
    file_size -= 2;
  }
  error->file = g_strndup (file, file_size);
  error->line = line;
  error->column = column;
  error->message = cut_message (message);
  return error;
}

/* gcc:   FILE:LINE:COLUMN: error: TEXT, also "fatal error"
 * javac: FILE:LINE: error: TEXT
 * ld:    FILE:(.text+0x5): undefined reference to `f', or FILE.c:LINE: undefined reference */
static EntMsgCompileError *
parse_line (const char *text)
{
  static const char *const marks[] = { ": error: ", ": fatal error: ", ": undefined reference" };

  for (const char *colon = strchr (text, ':'); colon != NULL; colon = strchr (colon + 1, ':')) {
    const char *at = colon;
    gint64 line = take_number (&at);
    gint64 column = line > 0 ? take_number (&at) : 0;

    if (line == 0 || colon == text || colon - text > 512)
      continue;
    for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
      if (g_str_has_prefix (at, marks[i]))
        return make_error (
          text, colon - text, line, column, i == 2 ? at + 2 : at + strlen (marks[i]));
  }
  return NULL;
}

/* javac shows the place of an error by a caret two lines below. */
static void
take_caret (EntMsgCompileError *error, const char *text)
{
  gsize blanks = strspn (text, " \t");

  if (error != NULL && error->column == 0 && g_str_equal (text + blanks, "^"))
    error->column = blanks + 1;
}

/* What has no line: the linker's last word, or a broken command. */
static gboolean
is_lineless_error (const char *text)
{
  return strstr (text, "undefined reference to ") != NULL ||
         strstr (text, "multiple definition of ") || g_str_has_prefix (text, "error: ");
}

GPtrArray *
box_diagnostics_parse (BoxDiagnostics kind, const char *text, gsize size)
{
  GPtrArray *errors = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_compile_error_free);
  g_autofree char *valid = g_utf8_make_valid (text, size);
  g_auto (GStrv) lines = NULL;

  if (kind == BOX_DIAGNOSTICS_NONE)
    return errors;
  lines = g_strsplit (valid, "\n", -1);
  for (char **line = lines; *line != NULL && errors->len < BOX_DIAGNOSTICS_MAX; line++) {
    EntMsgCompileError *error;

    g_strchomp (*line);
    error = parse_line (*line);
    if (error != NULL)
      g_ptr_array_add (errors, error);
    else if (kind == BOX_DIAGNOSTICS_GCC && is_lineless_error (*line))
      g_ptr_array_add (errors, make_error ("", 0, 0, 0, *line));
    else if (kind == BOX_DIAGNOSTICS_JAVAC && errors->len > 0)
      take_caret (g_ptr_array_index (errors, errors->len - 1), *line);
  }
  return errors;
}
