// family: compilers
// language: java
// expect: compile_error time_limit memory_limit output_limit
// limits: compile-wall=8 compile-memory=256
// breach: a constant that the compiler reckons itself takes more than its limits
public class Constants {
  static final String A = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  static final String B = A + A + A + A + A + A + A + A;
  static final String C = B + B + B + B + B + B + B + B;
  static final String D = C + C + C + C + C + C + C + C;
  static final String E = D + D + D + D + D + D + D + D;
  static final String F = E + E + E + E + E + E + E + E;
  static final String G = F + F + F + F + F + F + F + F;
  static final String H = G + G + G + G + G + G + G + G;
  static final String I = H + H + H + H + H + H + H + H;
  static final String J = I + I + I + I + I + I + I + I;
  public static void main(String[] args) {
    System.out.println(J.length());
  }
}
