#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The way from GStreamer's threads to an object that lives in one main context. The hop holds the
 * object weakly, so callbacks of elements own a hop and never the object. */
typedef struct _EntHop EntHop;

/* object and data; runs in the object's context, only while the object lives. */
typedef void (*EntHopFunc) (gpointer object, gpointer data);

/* For the thread's default main context. */
EntHop *ent_hop_new (gpointer object);
EntHop *ent_hop_ref (EntHop *hop);
void ent_hop_unref (EntHop *hop);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EntHop, ent_hop_unref)

/* Has func called later in the object's context, in the order of the posts; any thread. data is
 * taken and freed afterwards in that context, also when the object is gone. */
void ent_hop_post (EntHop *hop, EntHopFunc func, gpointer data, GDestroyNotify free_data);

G_END_DECLS
