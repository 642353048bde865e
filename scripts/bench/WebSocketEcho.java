import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Both ends of the WebSocket bench (RFC 6455), one thread each, unmasked or masked text frames of one size.
 *
 * <p>usage: java WebSocketEcho.java endpoint PORT | java WebSocketEcho.java load PORT CONNECTIONS SECONDS BYTES; the
 * load keeps one message under way per connection and prints {@code messages N failed N}.
 */
public final class WebSocketEcho {

  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[1]);
    if (args[0].equals("endpoint")) {
      endpoint(port);
    } else {
      load(port, Integer.parseInt(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
    }
  }

  /** One connection: what was read and not yet understood. */
  private static final class Peer {
    final SocketChannel channel;
    final ByteBuffer in = ByteBuffer.allocate(256 * 1024);
    boolean open;

    Peer(SocketChannel channel) {
      this.channel = channel;
    }

    /** Reads what is there; false at the end. */
    boolean read() throws IOException {
      return channel.read(in) >= 0;
    }

    void write(ByteBuffer out) throws IOException {
      while (out.hasRemaining()) {
        channel.write(out);
      }
    }

    /** The head in front of the buffer, or null; consumed. */
    String head() {
      String text = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return null;
      }
      consume(end + 4);
      return text.substring(0, end);
    }

    void consume(int count) {
      in.flip().position(count);
      in.compact();
    }
  }

  /** Where the first frame's payload is, or -1 while it is incomplete. */
  private static int payloadAt(ByteBuffer in) {
    byte[] bytes = in.array();
    int have = in.position();
    if (have < 2) {
      return -1;
    }
    int length = bytes[1] & 0x7f;
    int at = (length == 126 ? 4 : 2) + ((bytes[1] & 0x80) != 0 ? 4 : 0);
    return have >= at && have >= at + payloadLength(bytes) ? at : -1;
  }

  private static int payloadLength(byte[] bytes) {
    int length = bytes[1] & 0x7f;
    return length == 126 ? (bytes[2] & 0xff) << 8 | bytes[3] & 0xff : length;
  }

  private static ByteBuffer frame(int bytes, byte[] mask) {
    ByteBuffer frame = ByteBuffer.allocate(bytes + 8);
    frame.put((byte) 0x81);
    int bit = mask == null ? 0 : 0x80;
    if (bytes < 126) {
      frame.put((byte) (bit | bytes));
    } else {
      frame.put((byte) (bit | 126)).putShort((short) bytes);
    }
    if (mask != null) {
      frame.put(mask);
    }
    return frame;
  }

  // ---------------------------------------------------------------- endpoint

  private static void endpoint(int port) throws Exception {
    Selector selector = Selector.open();
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress("127.0.0.1", port), 1024).configureBlocking(false);
    server.register(selector, SelectionKey.OP_ACCEPT);
    while (true) {
      selector.select(key -> {
        try {
          if (key.isAcceptable()) {
            accept(server, selector);
          } else {
            serve((Peer) key.attachment());
          }
        } catch (IOException | NoSuchAlgorithmException e) {
          close(key);
        }
      });
    }
  }

  private static void accept(ServerSocketChannel server, Selector selector) throws IOException {
    SocketChannel channel = server.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.register(selector, SelectionKey.OP_READ, new Peer(channel));
    }
  }

  private static void close(SelectionKey key) {
    try {
      key.channel().close();
    } catch (IOException ignored) {
      key.cancel();
    }
  }

  private static void serve(Peer peer) throws IOException, NoSuchAlgorithmException {
    if (!peer.read()) {
      throw new IOException("closed");
    }
    if (!peer.open) {
      String head = peer.head();
      if (head == null) {
        return;
      }
      peer.write(ByteBuffer.wrap(answer(head).getBytes(StandardCharsets.ISO_8859_1)));
      peer.open = head.toLowerCase().contains("sec-websocket-key");
    }
    for (int at = payloadAt(peer.in); peer.open && at >= 0; at = payloadAt(peer.in)) {
      byte[] bytes = peer.in.array();
      int length = payloadLength(bytes);
      ByteBuffer out = frame(length, null);
      for (int i = 0; i < length; i++) {
        out.put((byte) (bytes[at + i] ^ bytes[at - 4 + i % 4]));
      }
      peer.write(out.flip());
      peer.consume(at + length);
    }
  }

  private static String answer(String head) throws NoSuchAlgorithmException {
    String key = null;
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase().startsWith("sec-websocket-key:")) {
        key = line.substring(18).strip();
      }
    }
    if (key == null) {
      return "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    }
    byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.ISO_8859_1));
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
        + Base64.getEncoder().encodeToString(digest)
        + "\r\n\r\n";
  }

  // ---------------------------------------------------------------- load

  private static void load(int port, int connections, int seconds, int bytes) throws Exception {
    Selector selector = Selector.open();
    byte[] message = message(bytes);
    for (int i = 0; i < connections; i++) {
      SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Peer peer = new Peer(channel);
      peer.write(ByteBuffer.wrap(("GET /bench/ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + KEY + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1)));
      String head = null;
      while (head == null && peer.read()) {
        head = peer.head();
      }
      if (head == null || !head.startsWith("HTTP/1.1 101")) {
        throw new IOException("no upgrade: " + head);
      }
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, peer);
    }
    long[] counts = new long[2];
    for (SelectionKey key : selector.keys()) {
      ((Peer) key.attachment()).write(ByteBuffer.wrap(message));
    }
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      selector.select(key -> {
        try {
          counts[0] += echoed((Peer) key.attachment(), message, bytes);
        } catch (IOException e) {
          counts[1]++;
          key.cancel();
        }
      }, 100);
    }
    System.out.println("messages " + counts[0] + " failed " + counts[1]);
  }

  private static byte[] message(int bytes) {
    byte[] mask = {1, 2, 3, 4};
    ByteBuffer frame = frame(bytes, mask);
    for (int i = 0; i < bytes; i++) {
      frame.put((byte) ('x' ^ mask[i % 4]));
    }
    return Arrays.copyOf(frame.array(), frame.position());
  }

  private static int echoed(Peer peer, byte[] message, int bytes) throws IOException {
    if (!peer.read()) {
      throw new IOException("closed");
    }
    int count = 0;
    for (int at = payloadAt(peer.in); at >= 0; at = payloadAt(peer.in)) {
      if (payloadLength(peer.in.array()) != bytes || peer.in.array()[at] != 'x') {
        throw new IOException("not the echo");
      }
      peer.consume(at + bytes);
      peer.write(ByteBuffer.wrap(message));
      count++;
    }
    return count;
  }
}
