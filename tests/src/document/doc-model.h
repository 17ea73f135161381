#pragma once

#include "document/ent-doc.h"

G_BEGIN_DECLS

/* A document that is obviously right: one array of units per list, the rule of the paper written
 * down word by word, no runs, no index, no merging, no collecting. Everything is found by looking
 * at everything.
 *
 * A list is a text (a unit is a UTF-16 code unit), an array (a unit is an element), or the values
 * that a key of a map ever had (a unit is a value; the last one counts). */

typedef struct {
  guint64 client;
  guint32 clock;
} DocId;

#define DOC_NO_ID ((DocId){ 0, 0 })

typedef struct {
  guint list;
  DocId id;
  DocId origin; /* client 0: none */
  DocId right;
  guint32 content; /* code unit, or any number */
  gboolean deleted;
  gboolean broken; /* half of a pair that something was put into */
} DocUnit;

/* An edit as it travels. */
typedef struct {
  GArray *units; /* DocUnit */
  GArray *deletes; /* DocId */
} DocEdit;

typedef struct _DocModel DocModel;

/* Lists below n_sequences are sequences, the others keys. */
DocModel *doc_model_new (guint n_sequences, guint n_keys);
void doc_model_free (DocModel *model);

DocEdit *doc_edit_new (void);
void doc_edit_free (DocEdit *edit);

/* Takes an edit in; what lacks something waits. */
void doc_model_take (DocModel *model, const DocEdit *edit);

/* What a transaction broke of its own, it sends broken: halves of such pairs become U+FFFD in the
 * edit, which the sender has taken in. */
void doc_model_seal (DocModel *model, DocEdit *edit);

/* Makes edits as a client with the next clock would, without taking them in. In a text the new
 * units go after the deleted ones at the place, in an array before them. */
void doc_model_insert (DocModel *model,
  DocEdit *edit,
  guint list,
  DocId first,
  guint at,
  gboolean after_deleted,
  const guint32 *contents,
  guint n_contents);
void doc_model_delete (DocModel *model, DocEdit *edit, guint list, guint at, guint count);
void doc_model_set (DocModel *model, DocEdit *edit, guint list, DocId id, guint32 content);

guint doc_model_get_length (DocModel *model, guint list);
char *doc_model_dup_text (DocModel *model, guint list, gsize *size);

/* Contents of the visible units; the caller owns the array of guint32. */
GArray *doc_model_list_contents (DocModel *model, guint list);

/* FALSE when the key has no value. */
gboolean doc_model_get_value (DocModel *model, guint list, guint32 *content);

/* The unit that stands at a visible place; FALSE at the end. */
gboolean doc_model_get_id (DocModel *model, guint list, guint at, DocId *id);

/* How many visible units stand before the unit; FALSE when it is unknown. */
gboolean doc_model_find (DocModel *model, guint list, DocId id, guint *at, gboolean *is_visible);

G_END_DECLS
