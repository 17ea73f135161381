// family: compilers
// language: cpp
// expect: compile_error memory_limit time_limit output_limit
// limits: compile-memory=128 compile-wall=4
// heavy: yes
// breach: the compiler takes more than its limits
template <int N> struct Bomb {
  Bomb<N - 1> a;
  Bomb<N - 1> b;
  static constexpr long value = Bomb<N - 1>::value + Bomb<N - 2>::value;
};
template <int N, int M> struct Square {
  static constexpr long value = Square<N - 1, M>::value + Square<N, M - 1>::value;
};
template <int N> struct Square<N, 0> { static constexpr long value = N; };
template <int M> struct Square<0, M> { static constexpr long value = M; };

int main() { return Bomb<100000>::value + Square<400, 400>::value; }
