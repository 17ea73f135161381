/* family: memory
 * language: c
 * expect: ok memory_limit
 * limits: memory=64 cpu=20
 * breach: rules that the program puts on itself lie in memory that nobody counts, or widen the
 * box's
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int
main (void)
{
  struct landlock_ruleset_attr attr = { LANDLOCK_ACCESS_FS_WRITE_FILE };
  char name[32];
  int layers = 0, rules = 0;

  for (int i = 0; i < 30; i++) {
    int set = syscall (SYS_landlock_create_ruleset, &attr, sizeof attr, 0);

    for (int j = 0; j < 300 && set >= 0; j++) {
      struct landlock_path_beneath_attr rule = { LANDLOCK_ACCESS_FS_WRITE_FILE, -1 };

      snprintf (name, sizeof name, "/tmp/%d", j);
      mkdir (name, 0700);
      rule.parent_fd = open (j == 0 ? "/" : name, O_PATH);
      rules += syscall (SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
      close (rule.parent_fd);
    }
    prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    layers += set >= 0 && syscall (SYS_landlock_restrict_self, set, 0) == 0;
    close (set);
  }
  puts (layers > 16 || open ("/usr/escape", O_CREAT | O_WRONLY, 0600) >= 0 ||
            open ("/etc/passwd", O_WRONLY) >= 0
          ? "BREACH"
          : "held");
  return 0;
}
