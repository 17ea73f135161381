/* expect: compile_error
 * error: 8
 */

int
main (void)
{
  return missing;
}
