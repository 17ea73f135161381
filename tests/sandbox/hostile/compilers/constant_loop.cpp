// family: compilers
// language: cpp
// expect: compile_error time_limit
// limits: compile-wall=1
// breach: the compiler reckons without end
constexpr unsigned long spin(unsigned long n) {
  for (unsigned long i = 0; i < 1ul << 60; i++)
    n = n * 6364136223846793005ul + 1;
  return n;
}
static_assert(spin(1) != 0);
int main() {}
