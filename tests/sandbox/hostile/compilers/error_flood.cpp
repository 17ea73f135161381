// family: compilers
// language: cpp
// expect: compile_error output_limit
// breach: the errors of a compiler have no bound
#define E undeclared_name_that_is_rather_long_so_that_the_message_is_long_too + another_undeclared_name ;
#define F E E E E E E E E E E
#define G F F F F F F F F F F
#define H G G G G G G G G G G
int main() { H H H H }
#include __FILE__
