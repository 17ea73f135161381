/* family: secrets
 * language: c
 * expect: ok
 * says: held
 * limits: memory=512
 * breach: memory that was given out holds what others wrote
 */
#include <alloca.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int
main (int argc, char **argv)
{
  size_t size = 256 << 20;
  const unsigned long *at =
    mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  int used = 0;

  for (size_t i = 0; i < size / sizeof *at; i++)
    used |= at[i] != 0;
  puts (used ? "BREACH" : "held");
  return 0;
}
