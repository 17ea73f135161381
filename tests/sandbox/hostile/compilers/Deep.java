// family: compilers
// language: java
// expect: compile_error
// also: META-INF/services/javax.annotation.processing.Processor Evil.java
// breach: the compiler runs what comes with the source
public class Deep {
  public static void main(String[] args) {
    System.out.println("not reached: the processor does not exist");
  }
}
