#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a box shows of the host, and the bubblewrap command line that makes it so. */

typedef struct {
  const char *bwrap; /* path of bubblewrap */
  const char *base; /* folder with box-init and etc/ */
  const char *prepared; /* folder shown at /prepared; NULL: none */
  const char *image; /* root file system that /usr and parts of /etc come from; NULL: the host's */
  char **paths; /* shown read-only beside /usr, where they exist; may be NULL */
} BoxView;

/* Descriptors that bubblewrap gets; everything else is closed. */
#define BOX_BUILDER_FILTER_FD 4

/* The command line for a box with the given slot folder (which has work, tmp and shm). The caller
 * owns it. */
char **box_builder_build (const BoxView *view, const char *slot_folder);

G_END_DECLS
