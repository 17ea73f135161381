#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The real ent-doc-tool, started from where ENT_DOC_TOOL says, with its standard streams. */
typedef struct {
  GSubprocess *process;
  GDataInputStream *answers;
} Tool;

void tool_init (Tool *tool);

/* Ends it by closing its input, and checks that it ended well. */
void tool_clear (Tool *tool);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tool, tool_clear)

G_END_DECLS
