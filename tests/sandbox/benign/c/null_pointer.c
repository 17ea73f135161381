/* expect: runtime_error
 * signal: 11
 */
int
main (void)
{
  volatile int *nowhere = 0;

  return *nowhere;
}
