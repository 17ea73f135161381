// prints: {a=1, b=2} [2, 4] Grüße 世界 51
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

public class Library {
  record Point(int x, int y) {}

  public static void main(String[] args) {
    Map<String, Integer> map = new TreeMap<>(Map.of("b", 2, "a", 1));
    List<Integer> twice = List.of(1, 2).stream().map(x -> x * 2).collect(Collectors.toList());
    System.out.println(map + " " + twice + " Grüße 世界 " + new Point(5, 1).x() + new Point(1, 1).y());
  }
}
