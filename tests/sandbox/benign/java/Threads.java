// prints: 4950
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

public class Threads {
  public static void main(String[] args) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4);
    AtomicInteger total = new AtomicInteger();
    for (int i = 0; i < 100; i++) {
      int n = i;
      pool.submit(() -> total.addAndGet(n));
    }
    pool.shutdown();
    pool.awaitTermination(5, TimeUnit.SECONDS);
    System.out.println(total);
  }
}
