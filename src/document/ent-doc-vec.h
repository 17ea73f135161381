#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A growing array that is filled and emptied once per transaction: it keeps its memory, and adding
 * costs a comparison and a store. GArray asks a function for each element. */
#define ENT_VEC(Type) \
  struct { \
    Type *items; \
    guint n; \
    guint n_allocated; \
  }

#define ENT_VEC_KEEP 64 /* elements; the memory of more is given back */

static inline gpointer
ent_vec_grow (gpointer items, guint *n_allocated, gsize size)
{
  *n_allocated = MAX (4, *n_allocated * 2);
  return g_realloc_n (items, *n_allocated, size);
}

#define ent_vec_push(vec, value) \
  G_STMT_START \
  { \
    if ((vec)->n == (vec)->n_allocated) \
      (vec)->items = ent_vec_grow ((vec)->items, &(vec)->n_allocated, sizeof *(vec)->items); \
    (vec)->items[(vec)->n++] = (value); \
  } \
  G_STMT_END

/* Adds an element that the caller fills in, and gives its address. */
#define ent_vec_add(vec) \
  ((vec)->n == (vec)->n_allocated ? (void) ((vec)->items = ent_vec_grow ((vec)->items, \
                                              &(vec)->n_allocated, sizeof *(vec)->items)) \
                                  : (void) 0, \
    &(vec)->items[(vec)->n++])

#define ent_vec_clear(vec) \
  G_STMT_START \
  { \
    g_clear_pointer (&(vec)->items, g_free); \
    (vec)->n = (vec)->n_allocated = 0; \
  } \
  G_STMT_END

#define ent_vec_empty(vec) \
  G_STMT_START \
  { \
    (vec)->n = 0; \
    if ((vec)->n_allocated > ENT_VEC_KEEP) \
      ent_vec_clear (vec); \
  } \
  G_STMT_END

G_END_DECLS
