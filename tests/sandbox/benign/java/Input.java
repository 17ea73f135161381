// lines: 100000
// prints: 100000 4999950000
import java.io.BufferedReader;
import java.io.InputStreamReader;

public class Input {
  public static void main(String[] args) throws Exception {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    long n = 0;
    long sum = 0;
    for (String line; (line = in.readLine()) != null; n++) sum += Long.parseLong(line);
    System.out.println(n + " " + sum);
  }
}
