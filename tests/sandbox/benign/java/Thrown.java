// expect: runtime_error
// exit: 1
// errors: (?s)Exception in thread "main" java.lang.IllegalStateException: no.*
public class Thrown {
  public static void main(String[] args) {
    throw new IllegalStateException("no");
  }
}
