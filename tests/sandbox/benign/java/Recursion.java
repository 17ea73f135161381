// prints: 5000 true
public class Recursion {
  static int deep(int n) {
    return n == 0 ? 0 : 1 + deep(n - 1);
  }

  public static void main(String[] args) {
    boolean caught = false;
    try {
      deep(Integer.MAX_VALUE);
    } catch (StackOverflowError e) {
      caught = true;
    }
    System.out.println(deep(5000) + " " + caught);
  }
}
