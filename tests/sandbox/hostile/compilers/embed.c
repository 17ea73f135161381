/* family: compilers
 * language: c
 * expect: compile_error
 * breach: the assembler reads what the program may not
 */
__asm__(".incbin \"/etc/shadow\"");
__asm__(".incbin \"/proc/1/environ\"");

int
main (void)
{
  return 0;
}
