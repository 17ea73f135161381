/* family: compilers
 * language: c
 * expect: ok compile_error
 * also: -fplugin=evil.c @options.c -o.c
 * breach: the name of a file is taken for an option of the compiler
 */
int
main (void)
{
  return 0;
}
