#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Makes plain lines of what a program writes to a terminal: leaves out escape sequences and control
 * characters, turns CR and CRLF into line ends, and cuts lines that no widget can lay out. The text
 * may come in pieces cut anywhere between characters. */
#define ENT_PLAIN_MAX_LINE 2000 /* characters; then a line end is put in */

typedef enum {
  ENT_PLAIN_TEXT,
  ENT_PLAIN_ESCAPE, /* after ESC */
  ENT_PLAIN_SEQUENCE, /* in ESC [ ... up to its final byte */
  ENT_PLAIN_CHARSET, /* one more byte after ESC ( and the like */
  ENT_PLAIN_STRING, /* in ESC ] or ESC P ... up to BEL or ESC \ */
  ENT_PLAIN_STRING_ESCAPE, /* ESC in such a string */
} EntPlainState;

/* Start with all zero. */
typedef struct {
  EntPlainState state;
  gboolean after_cr;
  guint column;
} EntPlainText;

/* Takes the next piece (valid UTF-8) and returns what to show of it; caller owns. */
char *ent_plain_text_take (EntPlainText *plain, const char *text);

G_END_DECLS
