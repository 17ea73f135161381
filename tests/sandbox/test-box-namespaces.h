#pragma once

#include <fcntl.h>
#include <glib.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* As the runner does it: mounts need a user and a mount namespace of one's own. */
static inline gboolean
test_box_enter_namespaces (void)
{
  g_autofree char *users = g_strdup_printf ("0 %u 1", getuid ());
  g_autofree char *groups = g_strdup_printf ("0 %u 1", getgid ());
  static const char *const files[] = { "/proc/self/uid_map", "/proc/self/setgroups",
    "/proc/self/gid_map" };
  const char *texts[] = { users, "deny", groups };

  if (unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    int fd = open (files[i], O_WRONLY | O_CLOEXEC);
    gboolean good = fd >= 0 && write (fd, texts[i], strlen (texts[i])) > 0;

    if (fd >= 0)
      close (fd);
    if (!good)
      return FALSE;
  }
  return mount (NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0;
}
