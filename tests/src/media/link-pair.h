#pragma once

#include "media/ent-link.h"

G_BEGIN_DECLS

/* Two ends of a link in one process, with a courier between them that a test can bribe. */
typedef struct _LinkPair LinkPair;

/* May change what is carried: returns a new text, or NULL to carry nothing. */
typedef char *(*LinkPairBribe) (const char *text, gboolean is_description, gpointer data);

struct _LinkPair {
  EntLink *ends[2]; /* offerer, answerer */
  LinkPairBribe bribe;
  gpointer bribe_data;
  GError *errors[2]; /* of the signal failed */
  GError *refused[2]; /* of take_description */
  char *descriptions[2];
  guint n_verified[2];
  guint n_open[2];
  GPtrArray *messages[2]; /* GBytes that this end received */
  GArray *channels[2]; /* EntLinkChannel of each message */
};

LinkPair *link_pair_new (EntLinkKind kind, EntIceConfig *ice, EntClock *clock);
void link_pair_free (LinkPair *pair);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LinkPair, link_pair_free)

void link_pair_start (LinkPair *pair);
void link_pair_wait_verified (LinkPair *pair);

/* Runs the main context until the condition holds; the test fails after a minute. */
typedef gboolean (*Condition) (gpointer data);
void wait_until (Condition condition, gpointer data);

/* Lets the main context run for a while, to see that something does not happen. */
void let_run (guint ms);

/* Waits until all pipelines have ended. */
void finish_media (void);

G_END_DECLS
