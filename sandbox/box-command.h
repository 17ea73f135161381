#pragma once

#include <glib.h>

#include "box-host.h"

G_BEGIN_DECLS

/* The commands of entrevue-runner. Each gets its own arguments (argv[0] is its name), speaks to
 * people on stderr, and returns the program's exit status. */

typedef enum {
  BOX_EXIT_OK, /* done; of run: the verdict is "ok" */
  BOX_EXIT_VERDICT, /* run: any other verdict */
  BOX_EXIT_USAGE, /* wrong arguments, or a job that cannot be */
  BOX_EXIT_HOST, /* the host lacks what keeps programs in, or nobody may use it */
  BOX_EXIT_INTERNAL, /* run: the verdict is "internal_error"; else something of ours failed */
} BoxExit;

int box_command_run (int argc, char **argv);
int box_command_check (int argc, char **argv);
int box_command_languages (int argc, char **argv);
int box_command_images (int argc, char **argv);
int box_command_prepare (int argc, char **argv);
int box_command_serve (int argc, char **argv);

/* Options that several commands have. */
typedef struct {
  char *user;
  char *cache;
  char *image; /* root file system of boxes; NULL: the host's own */
  gboolean insecure_no_cgroup;
} BoxCommandHost;

void box_command_host_clear (BoxCommandHost *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BoxCommandHost, box_command_host_clear)

GOptionEntry *box_command_get_host_entries (BoxCommandHost *host);

/* Becomes the runner, with box-init as read before; see box_host_enter(). */
BoxHost *box_command_enter (const BoxCommandHost *options, GBytes *init, GError **error);

/* The languages of this host that can be run, with their versions. The caller owns them. */
GPtrArray *box_command_load_languages (const char *image, GError **error);

/* Prints an error for people and returns the exit status that belongs to it. */
int box_command_fail (const GError *error);

/* Parses options; FALSE with the status to leave with. */
gboolean box_command_parse (const char *usage,
  const char *summary,
  const GOptionEntry *entries,
  BoxCommandHost *host,
  int *argc,
  char ***argv,
  int *status);

G_END_DECLS
