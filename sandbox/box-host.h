#pragma once

#include <glib.h>
#include <sys/types.h>

#include "box-cgroup.h"

G_BEGIN_DECLS

/* Becoming the runner: from whoever started the program to an unprivileged user in its own user and
 * mount namespace, inside its control groups. Nothing after this needs a right that a box could
 * gain from. */

#define BOX_HOST_DEFAULT_USER "entrevue-runner"

typedef struct {
  const char *user; /* whom root becomes; never uid 0 */
  const char *cache; /* folder for what is made ahead; NULL: where the system keeps such things */
  const char *image; /* root file system of boxes; NULL: the host's own */
  gboolean insecure_no_cgroup; /* go on without control groups where there are none */
  GBytes *init_program; /* box-init, read by whoever started the program */
} BoxHostOptions;

typedef struct {
  BoxGroups *groups; /* NULL: programs are not held to memory and process limits */
  char *base; /* a small tmpfs that only this process and its boxes see */
  char *bwrap; /* path of bubblewrap */
  char *image; /* root file system of boxes; NULL: the host's own */
  char *prepared; /* folder of what is made ahead, for all boxes to see; NULL: there is none */
} BoxHost;

/* Must be called with a single thread, before anything else is started. When root started the
 * program it forks: the caller goes on in the child, as the user; the parent keeps nothing but the
 * right to remove the control groups, passes signals on, and ends with the child's exit status.
 * SIGCHLD is blocked afterwards. NULL with a sentence for the operator. */
BoxHost *box_host_enter (const BoxHostOptions *options, GError **error);

/* Frees the struct; the groups are removed by the parent or with the service. */
void box_host_free (BoxHost *host);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BoxHost, box_host_free)

/* Reads box-init from beside the running program or from where it was installed. */
GBytes *box_host_load_init (GError **error);

/* Folders of "languages" or "images", earliest first: shipped, then the operator's. The caller owns
 * them. */
char **box_host_find_folders (const char *what);

G_END_DECLS
