#include "config.h"

#include "ent-plain-text.h"

static void
put_char (EntPlainText *plain, GString *out, gunichar c)
{
  if (c == '\n') {
    g_string_append_c (out, '\n');
    plain->column = 0;
    return;
  }
  if (plain->column == ENT_PLAIN_MAX_LINE) {
    g_string_append_c (out, '\n');
    plain->column = 0;
  }
  g_string_append_unichar (out, c);
  plain->column++;
}

static void
take_text (EntPlainText *plain, GString *out, gunichar c)
{
  gboolean after_cr = plain->after_cr;

  plain->after_cr = FALSE;
  if (c == 0x1b)
    plain->state = ENT_PLAIN_ESCAPE;
  else if (c == 0x9b)
    plain->state = ENT_PLAIN_SEQUENCE;
  else if (c == '\r') {
    put_char (plain, out, '\n');
    plain->after_cr = TRUE;
  } else if (c == '\n') {
    if (!after_cr)
      put_char (plain, out, '\n');
  } else if (c == '\t' || !g_unichar_iscntrl (c))
    put_char (plain, out, c);
}

static EntPlainState
after_escape (gunichar c)
{
  switch (c) {
  case '[':
    return ENT_PLAIN_SEQUENCE;
  case ']':
  case 'P':
  case 'X':
  case '^':
  case '_':
    return ENT_PLAIN_STRING;
  case '(':
  case ')':
  case '*':
  case '+':
  case '#':
  case '%':
    return ENT_PLAIN_CHARSET;
  default:
    return ENT_PLAIN_TEXT;
  }
}

static void
take_char (EntPlainText *plain, GString *out, gunichar c)
{
  switch (plain->state) {
  case ENT_PLAIN_TEXT:
    take_text (plain, out, c);
    break;
  case ENT_PLAIN_ESCAPE:
    plain->state = after_escape (c);
    break;
  case ENT_PLAIN_SEQUENCE:
    /* A line end inside is no sequence: nothing may swallow the rest of the output. */
    if (c == '\n') {
      plain->state = ENT_PLAIN_TEXT;
      take_text (plain, out, c);
    } else if (c >= 0x40 && c <= 0x7e)
      plain->state = ENT_PLAIN_TEXT;
    break;
  case ENT_PLAIN_CHARSET:
    plain->state = ENT_PLAIN_TEXT;
    break;
  case ENT_PLAIN_STRING:
    if (c == '\n') {
      plain->state = ENT_PLAIN_TEXT;
      take_text (plain, out, c);
    } else if (c == 0x07)
      plain->state = ENT_PLAIN_TEXT;
    else if (c == 0x1b)
      plain->state = ENT_PLAIN_STRING_ESCAPE;
    break;
  case ENT_PLAIN_STRING_ESCAPE:
    plain->state = c == '\\' ? ENT_PLAIN_TEXT : after_escape (c);
    break;
  }
}

char *
ent_plain_text_take (EntPlainText *plain, const char *text)
{
  GString *out;

  g_return_val_if_fail (plain != NULL, NULL);
  g_return_val_if_fail (text != NULL, NULL);

  out = g_string_new (NULL);
  for (const char *at = text; *at; at = g_utf8_next_char (at))
    take_char (plain, out, g_utf8_get_char (at));
  return g_string_free (out, FALSE);
}
