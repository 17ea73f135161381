// family: processes
// language: java
// expect: process_limit runtime_error time_limit
// limits: wall=2
// heavy: yes
// breach: more threads than the limit of processes
public class ThreadBomb {
  public static void main(String[] args) throws Exception {
    int made = 0;
    try {
      for (;; made++) {
        Thread thread = new Thread(() -> {
          try {
            Thread.sleep(60000);
          } catch (InterruptedException e) {
            return;
          }
        });
        thread.start();
      }
    } catch (Throwable e) {
      System.out.println(made > 64 ? "BREACH too many threads" : "held");
      System.out.flush();
      Runtime.getRuntime().halt(1);
    }
  }
}
