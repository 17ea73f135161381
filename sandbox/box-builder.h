#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a box shows of the host, and the bubblewrap command line that makes it so. */

typedef struct {
  const char *bwrap; /* path of bubblewrap */
  const char *base; /* folder with box-init, etc/ and empty/; what is laid out joins them */
  const char *prepared; /* folder shown at /prepared; NULL: none */
  const char *image; /* root file system that /usr and parts of /etc come from; NULL: the host's */
  char **paths; /* shown read-only beside /usr, where they exist; may be NULL */
} BoxView;

/* Descriptors that bubblewrap gets; everything else is closed. */
#define BOX_BUILDER_FILTER_FD 4

/* Puts together in the base folder what all boxes show of /usr and /etc: once, in the runner's own
 * mount namespace, before the first box. What is mounted or replaced by another file on the host
 * afterwards is not seen. */
gboolean box_builder_lay_out (const BoxView *view, GError **error);

/* The command line for a box with the given slot folder (which has work, tmp and shm). The caller
 * owns it. */
char **box_builder_build (const BoxView *view, const char *slot_folder);

G_END_DECLS
