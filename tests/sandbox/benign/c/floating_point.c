/* prints: 1.4142135624 inf -nan 0.1000000000000000055511 */
#include <math.h>
#include <stdio.h>

int
main (void)
{
  volatile double zero = 0;

  printf ("%.10f %f %s %.22f\n", sqrt (2), 1 / zero, isnan (zero / zero) ? "-nan" : "", 0.1);
  return 0;
}
