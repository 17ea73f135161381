#include "box-diagnostics.h"

#include <string.h>

#include "protocol/ent-msg-run.h"

#define MAX_MESSAGE 500
#define MAX_NUMBER 10000000
#define MAX_FILE 512

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

/* At most so many bytes of a text. Control characters, which would be six bytes each on the wire,
 * become question marks, tabs blanks. */
static char *
cut_text (const char *text, gsize max_bytes)
{
  gsize size = MIN (strlen (text), max_bytes);
  const char *end = NULL;
  char *cut;

  if (!g_utf8_validate (text, size, &end))
    size = end - text;
  cut = g_strndup (text, size);
  for (char *c = cut; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = *c == '\t' ? ' ' : '?';
  return cut;
}

static EntMsgCompileError *
make_error (const char *file, gsize file_size, gint64 line, gint64 column, const char *message)
{
  EntMsgCompileError *error = ent_msg_compile_error_new ();

  if (file_size >= 2 && file[0] == '.' && file[1] == '/') {
    file += 2;
    file_size -= 2;
  }
  error->file = cut_text (file, file_size);
  error->line = line;
  error->column = column;
  error->message = cut_text (message, MAX_MESSAGE);
  return error;
}

/* FILE:LINE or FILE:LINE:COLUMN anywhere in a line: where the file's name ends and what follows. */
typedef struct {
  const char *end;
  gint64 line;
  gint64 column;
  const char *rest;
} Place;

static gboolean
find_place (const char *text, const char *from, Place *place)
{
  for (const char *colon = strchr (from, ':'); colon != NULL; colon = strchr (colon + 1, ':')) {
    const char *at = colon;

    place->line = take_number (&at);
    if (place->line == 0 || colon == text || colon - text > MAX_FILE)
      continue;
    place->column = take_number (&at);
    place->end = colon;
    place->rest = at;
    return TRUE;
  }
  return FALSE;
}

/* gcc:   FILE:LINE:COLUMN: error: TEXT, also "fatal error"
 * javac: FILE:LINE: error: TEXT
 * ld:    FILE:(.text+0x5): undefined reference to `f', or FILE.c:LINE: undefined reference */
static EntMsgCompileError *
parse_marked_line (const char *text)
{
  static const char *const marks[] = { ": error: ", ": fatal error: ", ": undefined reference" };
  Place place;

  for (const char *from = text; find_place (text, from, &place); from = place.end + 1)
    for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
      if (g_str_has_prefix (place.rest, marks[i]))
        return make_error (text, place.end - text, place.line, place.column,
          i == 2 ? place.rest + 2 : place.rest + strlen (marks[i]));
  return NULL;
}

/* go: FILE:LINE:COLUMN: TEXT; everything it says with a place is an error. */
static EntMsgCompileError *
parse_go_line (const char *text)
{
  Place place;

  if (*text == '\t' || *text == ' ' || !find_place (text, text, &place) ||
      !g_str_has_prefix (place.rest, ": "))
    return NULL;
  return make_error (text, place.end - text, place.line, place.column, place.rest + 2);
}

/* mcs: FILE(LINE,COLUMN): error CS0029: TEXT; or error CS5001: TEXT */
static EntMsgCompileError *
parse_mcs_line (const char *text)
{
  const char *mark = strstr (text, "error CS");
  const char *message = mark != NULL ? strstr (mark, ": ") : NULL;
  const char *open = NULL;
  guint64 line = 0, column = 0;

  if (message == NULL)
    return NULL;
  if (mark == text)
    return make_error ("", 0, 0, 0, message + 2);
  for (const char *c = text; c < mark; c++)
    if (*c == '(')
      open = c;
  if (open == NULL || open == text || open - text > MAX_FILE)
    return NULL;
  line = g_ascii_strtoull (open + 1, (char **) &message, 10);
  if (*message == ',')
    column = g_ascii_strtoull (message + 1, NULL, 10);
  return make_error (
    text, open - text, MIN (line, MAX_NUMBER), MIN (column, MAX_NUMBER), strstr (mark, ": ") + 2);
}

/* javac shows the place of an error by a caret two lines below. */
static void
take_caret (GPtrArray *errors, const char *text)
{
  EntMsgCompileError *error = errors->len > 0 ? g_ptr_array_index (errors, errors->len - 1) : NULL;
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

static void
parse_gcc_line (const char *line, GPtrArray *errors)
{
  EntMsgCompileError *error = parse_marked_line (line);

  if (error != NULL)
    g_ptr_array_add (errors, error);
  else if (is_lineless_error (line))
    g_ptr_array_add (errors, make_error ("", 0, 0, 0, line));
}

static void
parse_javac_line (const char *line, GPtrArray *errors)
{
  EntMsgCompileError *error = parse_marked_line (line);

  if (error != NULL)
    g_ptr_array_add (errors, error);
  else
    take_caret (errors, line);
}

/* rustc:  error[E0425]: TEXT       then  " --> FILE:LINE:COLUMN" in the next line
 * esbuild: X [ERROR] TEXT          then  "    FILE:LINE:COLUMN:" two lines below, from column 0
 * *text is the last such TEXT that has no place yet; it lies in a line that stays. */
static void
take_place (const char **text, const char *line, guint first_column, GPtrArray *errors)
{
  Place place;

  if (*text == NULL || !find_place (line, line, &place))
    return;
  g_ptr_array_add (errors,
    make_error (line, place.end - line, place.line, place.column + 1 - first_column, *text));
  *text = NULL;
}

static void
parse_rustc_line (const char *line, const char **text, GPtrArray *errors)
{
  gsize blanks = strspn (line, " ");
  const char *message = g_str_has_prefix (line, "error") ? strstr (line, ": ") : NULL;

  if (message != NULL && !g_str_has_prefix (line, "error: aborting due to"))
    *text = message + 2;
  else if (g_str_has_prefix (line, "warning"))
    *text = NULL;
  else if (g_str_has_prefix (line + blanks, "--> "))
    take_place (text, line + blanks + 4, 1, errors);
}

static void
parse_esbuild_line (const char *line, const char **text, GPtrArray *errors)
{
  static const char mark[] = " [ERROR] ";
  const char *message = strstr (line, mark);

  if (message != NULL)
    *text = message + strlen (mark);
  else if (strstr (line, " [WARNING] ") != NULL)
    *text = NULL;
  else if (g_str_has_prefix (line, "    ") && g_str_has_suffix (line, ":"))
    take_place (text, line + 4, 0, errors);
}

static void
parse_line (BoxDiagnostics kind, const char *line, const char **text, GPtrArray *errors)
{
  EntMsgCompileError *error;

  switch (kind) {
  case BOX_DIAGNOSTICS_GCC:
    parse_gcc_line (line, errors);
    return;
  case BOX_DIAGNOSTICS_JAVAC:
    parse_javac_line (line, errors);
    return;
  case BOX_DIAGNOSTICS_GO:
  case BOX_DIAGNOSTICS_MCS:
    error = kind == BOX_DIAGNOSTICS_GO ? parse_go_line (line) : parse_mcs_line (line);
    if (error != NULL)
      g_ptr_array_add (errors, error);
    return;
  case BOX_DIAGNOSTICS_RUSTC:
    parse_rustc_line (line, text, errors);
    return;
  case BOX_DIAGNOSTICS_ESBUILD:
    parse_esbuild_line (line, text, errors);
    return;
  case BOX_DIAGNOSTICS_NONE:
    return;
  }
}

/* The list travels in one message, which has a limit of its own. */
static void
drop_beyond_budget (GPtrArray *errors)
{
  gsize total = 0;

  for (guint i = 0; i < errors->len; i++) {
    const EntMsgCompileError *error = g_ptr_array_index (errors, i);

    total += strlen (error->file) + strlen (error->message);
    if (total > BOX_DIAGNOSTICS_MAX_BYTES) {
      g_ptr_array_set_size (errors, i);
      return;
    }
  }
}

GPtrArray *
box_diagnostics_parse (BoxDiagnostics kind, const char *text, gsize size)
{
  GPtrArray *errors = g_ptr_array_new_with_free_func ((GDestroyNotify) ent_msg_compile_error_free);
  g_autofree char *valid = g_utf8_make_valid (text, size);
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  const char *unplaced = NULL;

  for (char **line = lines; *line != NULL && errors->len < BOX_DIAGNOSTICS_MAX; line++) {
    g_strchomp (*line);
    parse_line (kind, *line, &unplaced, errors);
  }
  /* The linker's word, or a file that is not there. */
  if (unplaced != NULL && errors->len < BOX_DIAGNOSTICS_MAX)
    g_ptr_array_add (errors, make_error ("", 0, 0, 0, unplaced));
  drop_beyond_budget (errors);
  return errors;
}
