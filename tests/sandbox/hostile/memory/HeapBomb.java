// family: memory
// language: java
// expect: runtime_error memory_limit
// limits: memory=160 wall=5
// heavy: yes
// breach: more memory than the limit
import java.util.ArrayList;
import java.util.List;

public class HeapBomb {
  public static void main(String[] args) {
    List<long[]> kept = new ArrayList<>();
    for (;;) {
      kept.add(new long[1 << 17]);
    }
  }
}
