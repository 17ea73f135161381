// expect: compile_error
// error: 5
public class Wrong {
  public static void main(String[] args) {
    int x = "text";
  }
}
