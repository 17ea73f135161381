#pragma once

#include "document/ent-awareness.h"
#include "document/ent-doc-undo.h"
#include "document/ent-doc.h"

G_BEGIN_DECLS

/* What the files of ent-doc-tool share: a request, the document it is about, and how to answer. */

typedef struct {
  EntDoc *doc;
  EntUndo *undo; /* NULL before the first undo-scope */
  GBytes *update; /* what the last transaction emitted, NULL before the first */
  guint n_events;
  EntAwareness *awareness;
  GHashTable *named_roots; /* char *: that a command has succeeded with */
} ToolReplica;

void tool_replica_free (gpointer replica);

typedef struct {
  GHashTable *replicas; /* name -> ToolReplica */
  EntValue *request;
  ToolReplica *replica; /* of the request, NULL when it names none */
} Tool;

/* A command answers a request, or returns NULL with the error set and nothing changed. */
typedef struct {
  const char *name;
  EntValue *(*run) (Tool *tool, GError **error);
  gboolean without_doc; /* works without a document, or makes it */
  EntTypeKind root_kind; /* what a root is that the command is used on */
} ToolCommand;

/* Each ends with an entry without a name. */
extern const ToolCommand tool_doc_commands[];
extern const ToolCommand tool_edit_commands[];
extern const ToolCommand tool_update_commands[];
extern const ToolCommand tool_undo_commands[];
extern const ToolCommand tool_awareness_commands[];

/* --- fields of a request: NULL or FALSE, with the error set, when they are not proper --- */

gpointer tool_fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The member, NULL when it is absent or null. */
EntValue *tool_get (Tool *tool, const char *name);
EntValue *tool_need (Tool *tool, const char *name, EntValueKind kind, GError **error);

/* Absent is proper: *value is NULL then. */
gboolean
tool_get_kind (Tool *tool, const char *name, EntValueKind kind, EntValue **value, GError **error);
const char *tool_need_text (Tool *tool, const char *name, GError **error);

/* Whole numbers. */
gboolean tool_read_number (const EntValue *value, double min, double max, double *number);
gboolean tool_need_number (Tool *tool,
  const char *name,
  double min,
  double max,
  double *number,
  GError **error);
gboolean tool_need_index (Tool *tool, const char *name, guint32 *index, GError **error);

/* Strict base64. */
GBytes *tool_decode (const EntValue *value);
GBytes *tool_need_bytes (Tool *tool, const char *name, GError **error);

/* The type that root and path lead to. */
EntType *tool_need_type (Tool *tool, GError **error);

/* --- answers --- */

EntValue *tool_answer (const char *name, EntValue *take_value);
EntValue *tool_answer_ok (gboolean ok); /* NULL when not ok */
EntValue *tool_answer_bool (const char *name, gboolean value);
EntValue *tool_answer_bytes (const char *name, GBytes *take_bytes); /* NULL for NULL */

G_END_DECLS
