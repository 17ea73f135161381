/* family: compilers
 * language: c
 * expect: ok runtime_error compile_error internal_error
 * also: .built/program
 * breach: the program changes what the compiler made for the next one
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int
main (void)
{
  int fd = open ("/work/.build/program", O_WRONLY | O_TRUNC);

  puts (fd >= 0 ? "own copy" : "held");
  unlink ("/work/.build/program");
  symlink ("/etc/passwd", "/work/.build/program");
  return 0;
}
