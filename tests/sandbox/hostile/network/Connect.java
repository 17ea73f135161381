// family: network
// language: java
// expect: ok
// says: held
// limits: wall=6
// breach: an address can be reached
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

public class Connect {
  public static void main(String[] args) {
    for (int port : new int[] {22, 80, 443}) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 300);
        System.out.println("BREACH tcp");
      } catch (Exception e) {
        continue;
      }
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(new DatagramPacket(new byte[1], 1, InetAddress.getByName("1.1.1.1"), 53));
      System.out.println("BREACH udp");
    } catch (Exception e) {
      System.out.println("held");
    }
  }
}
