/* entrevue-runner: runs other people's programs so that they can harm nothing.
 *
 * Theory of operation. The runner starts as root or as a service's user. While it still has the
 * rights of whoever started it, it reads what it was given (the job, box-init, the languages) and
 * checks it. Then it becomes an unprivileged user inside its control groups and enters a user and
 * mount namespace of its own (box-host). From there on no step needs a right.
 *
 * A pool (box-pool) keeps boxes ready: each is a bubblewrap (box-builder) that was forked into its
 * own control groups (box-cgroup) with a sized tmpfs (box-work), whose pid 1, box-init, waits on a
 * socket for one order (box-order.h), and in which the runner has hidden what /proc tells about the
 * host (box-mask). A job (box-job, box-language) takes a box, or two where there
 * is a compiler (box-run). box-supervise gives the order, reads the output, watches the clocks,
 * kills the whole tree, and reads the kernel's counters, from which box-report tells the verdict.
 * Every box is used once.
 *
 * All of it is one thread and one main loop; `serve` talks to its coordinator from the same loop.
 */

#include "config.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "box-command.h"

static const struct {
  const char *name;
  int (*command) (int argc, char **argv);
  const char *summary;
} commands[] = {
  { "run", box_command_run, "Run a program and print how it ended" },
  { "check", box_command_check, "Say what this host lacks to keep programs in" },
  { "languages", box_command_languages, "List the languages and their versions" },
  { "images", box_command_images, "List or make root file systems for boxes" },
  { "prepare", box_command_prepare, "Make ahead what makes languages quicker" },
  { "serve", box_command_serve, "Run the jobs of a coordinator" },
};

static void
print_usage (FILE *to)
{
  fprintf (to, "Usage: entrevue-runner COMMAND [OPTION...]\n\nCommands:\n");
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    fprintf (to, "  %-10s %s\n", commands[i].name, commands[i].summary);
  fprintf (to, "\nEach command has --help.\n");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  signal (SIGPIPE, SIG_IGN); /* programs close their input early; boxes start with the default */
  g_set_prgname ("entrevue-runner");
  g_log_writer_default_set_use_stderr (TRUE);
  if (argc >= 2 && g_str_equal (argv[1], "--version")) {
    g_print ("entrevue-runner %s\n", ENT_VERSION);
    return BOX_EXIT_OK;
  }
  if (argc >= 2 && g_str_equal (argv[1], "--help")) {
    print_usage (stdout);
    return BOX_EXIT_OK;
  }
  for (gsize i = 0; argc >= 2 && i < G_N_ELEMENTS (commands); i++)
    if (g_str_equal (argv[1], commands[i].name))
      return commands[i].command (argc - 1, argv + 1);
  print_usage (stderr);
  return BOX_EXIT_USAGE;
}
