#include "commands/coord-command.h"

int
main (int argc, char **argv)
{
  return coord_command_main (argc, argv);
}
