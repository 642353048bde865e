import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/**
 * Both ends of the UDP bench. {@code echo PORT} answers every datagram with itself. {@code load PORT
 * SOCKETS WINDOW BYTES SECONDS} keeps WINDOW datagrams on their way for each of SOCKETS sockets and
 * prints exchanges and repeats; with WINDOW 0 every exchange has a socket of its own.
 */
public final class UdpTraffic {

  private static final long REPEAT_NANOS = 200_000_000L;

  private UdpTraffic() {}

  public static void main(String[] args) throws IOException {
    int port = Integer.parseInt(args[1]);
    if (args[0].equals("echo")) {
      echo(port);
    } else {
      load(
          new InetSocketAddress("127.0.0.1", port),
          Integer.parseInt(args[2]),
          Integer.parseInt(args[3]),
          Integer.parseInt(args[4]),
          Integer.parseInt(args[5]));
    }
  }

  private static void echo(int port) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 4 << 20);
      channel.bind(new InetSocketAddress("127.0.0.1", port));
      while (true) {
        buffer.clear();
        var peer = channel.receive(buffer);
        buffer.flip();
        channel.send(buffer, peer);
      }
    }
  }

  private static final class Socket {
    DatagramChannel channel;
    int waiting;
    long lastNanos;
  }

  private static void load(InetSocketAddress to, int sockets, int window, int bytes, int seconds)
      throws IOException {
    Selector selector = Selector.open();
    ByteBuffer payload = ByteBuffer.allocateDirect(bytes);
    ByteBuffer answer = ByteBuffer.allocateDirect(65_536);
    List<Socket> all = new ArrayList<>();
    for (int i = 0; i < sockets; i++) {
      Socket socket = open(selector, to);
      all.add(socket);
      send(socket, payload, Math.max(1, window));
    }
    long exchanges = 0;
    long repeats = 0;
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    long look = System.nanoTime() + REPEAT_NANOS;
    while (System.nanoTime() < end) {
      selector.select(50);
      for (SelectionKey key : selector.selectedKeys()) {
        Socket socket = (Socket) key.attachment();
        int answers = 0;
        while (socket.channel.read(answer.clear()) > 0) {
          answers++;
        }
        exchanges += answers;
        socket.waiting -= answers;
        if (window == 0 && answers > 0) {
          socket.channel.close();
          Socket next = open(selector, to);
          all.set(all.indexOf(socket), next);
          send(next, payload, 1);
        } else {
          send(socket, payload, answers);
        }
      }
      selector.selectedKeys().clear();
      long now = System.nanoTime();
      if (now >= look) {
        look = now + REPEAT_NANOS;
        for (Socket socket : all) {
          if (now - socket.lastNanos > REPEAT_NANOS) {
            repeats += socket.waiting;
            int again = socket.waiting;
            socket.waiting = 0;
            send(socket, payload, again);
          }
        }
      }
    }
    System.out.println(exchanges + " " + repeats);
  }

  private static Socket open(Selector selector, InetSocketAddress to) throws IOException {
    Socket socket = new Socket();
    socket.channel = DatagramChannel.open();
    socket.channel.configureBlocking(false);
    socket.channel.connect(to);
    socket.channel.register(selector, SelectionKey.OP_READ, socket);
    return socket;
  }

  private static void send(Socket socket, ByteBuffer payload, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      try {
        socket.channel.write(payload.clear());
      } catch (java.net.PortUnreachableException e) {
        // Told again by the repeats.
      }
      socket.waiting++;
    }
    if (count > 0) {
      socket.lastNanos = System.nanoTime();
    }
  }
}
