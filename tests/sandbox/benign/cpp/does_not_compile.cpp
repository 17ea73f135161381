// expect: compile_error
// error: 6
#include <string>

int main() {
  std::string s = 5 * "x";
}
