/* family: compilers
 * language: c
 * expect: ok
 * says: held
 * breach: the compiler tells which files the host has
 */
#include <stdio.h>

#if __has_include("/etc/shadow") || __has_include("/root/.profile") || \
                                      __has_include("/etc/fstab") || \
                                        __has_include("/var/lib/dpkg/status") || \
                                          __has_include("/home") || __has_include( \
                                                                      "/etc/ssh/sshd_config")
#define FOUND 1
#else
#define FOUND 0
#endif

int
main (void)
{
  puts (FOUND ? "BREACH" : "held");
  return 0;
}
