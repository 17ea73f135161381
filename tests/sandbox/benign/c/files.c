/* prints: written 5
 * collect: out.txt
 * collected: out.txt
 */
#include <stdio.h>
#include <sys/stat.h>

int
main (void)
{
  FILE *file = fopen ("out.txt", "w");
  struct stat st;

  fputs ("12345", file);
  fclose (file);
  stat ("out.txt", &st);
  printf ("written %d\n", (int) st.st_size);
  return 0;
}
