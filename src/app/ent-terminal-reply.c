#include "config.h"

#include "ent-terminal-reply.h"

#include <string.h>

/* The last byte of ESC [ ... ; 0 when it is none, or not all of the text. */
static char
get_final (const char *text, gsize size)
{
  for (gsize i = 2; i < size; i++)
    if (text[i] < 0x20 || text[i] > 0x3f)
      return i == size - 1 ? text[i] : 0;
  return 0;
}

gboolean
ent_terminal_is_reply (const char *text, gssize size)
{
  gsize length = size >= 0 ? (gsize) size : strlen (text);
  char final;

  if (length < 3 || text[0] != 0x1b)
    return FALSE;
  if (text[1] == ']' || text[1] == 'P') /* colours and titles, settings */
    return TRUE;
  if (text[1] != '[')
    return FALSE;
  final = get_final (text, length);
  /* F3 with a modifier looks like an answer about the caret, ESC [ 1 ; n R. */
  if (final == 'R')
    return !(length == 6 && text[2] == '1' && text[3] == ';');
  return final != 0 && strchr ("cnxytIO", final) != NULL;
}
