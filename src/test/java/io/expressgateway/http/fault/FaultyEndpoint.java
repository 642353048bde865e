package io.expressgateway.http.fault;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An endpoint that does to each connection what its script says, with plain blocking sockets. The
 * connection is closed when the script returns; what a script throws ends it too.
 */
public final class FaultyEndpoint implements AutoCloseable {

  /** What happens on a connection. */
  public interface Script {
    void run(Connection connection) throws Exception;
  }

  /** Answers every request with 200 and its body's length or its number. */
  public static final Script WELL_BEHAVED =
      connection -> {
        while (connection.readRequest() != null) {
          connection.send(ok("ok"));
        }
      };

  public final List<String> requests = new CopyOnWriteArrayList<>();
  public final List<Connection> connections = new CopyOnWriteArrayList<>();
  public final AtomicInteger closedByPeer = new AtomicInteger();
  private final ServerSocket server;
  private volatile Script script;

  private FaultyEndpoint(Script script, int port, int backlog) throws IOException {
    this.script = script;
    server = new ServerSocket();
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), backlog);
  }

  public static FaultyEndpoint start(Script script) throws IOException {
    return start(0, script);
  }

  public static FaultyEndpoint start(int port, Script script) throws IOException {
    FaultyEndpoint endpoint = new FaultyEndpoint(script, port, 1024);
    Thread.ofPlatform().daemon().start(endpoint::accept);
    return endpoint;
  }

  public static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  /** New connections follow this script. */
  public void script(Script changed) {
    script = changed;
  }

  public int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (true) {
      try {
        Connection connection = new Connection(server.accept());
        connections.add(connection);
        Thread.ofPlatform().daemon().start(() -> serve(connection));
      } catch (IOException e) {
        return;
      }
    }
  }

  private void serve(Connection connection) {
    try (connection) {
      script.run(connection);
    } catch (Exception e) {
      connection.failure = e;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Connection connection : connections) {
      connection.close();
    }
  }

  /** An accepted connection. */
  public final class Connection implements Closeable {
    public final Socket socket;
    public final InputStream in;
    public final OutputStream out;
    public volatile boolean sawEnd;
    public volatile Exception failure;

    Connection(Socket socket) throws IOException {
      this.socket = socket;
      socket.setTcpNoDelay(true);
      in = new java.io.BufferedInputStream(socket.getInputStream());
      out = socket.getOutputStream();
    }

    /** The next request's head, its body of Content-Length read too; null when the peer ended. */
    public String readRequest() throws IOException {
      String head = readHead();
      if (head != null) {
        String body = new String(in.readNBytes(lengthOf(head)), StandardCharsets.ISO_8859_1);
        requests.add(head + body);
      }
      return head;
    }

    /** Up to and with the empty line; null when the peer ended. */
    public String readHead() throws IOException {
      StringBuilder text = new StringBuilder();
      while (text.indexOf("\r\n\r\n") < 0) {
        int next;
        try {
          next = in.read();
        } catch (IOException e) {
          next = -1;
        }
        if (next < 0) {
          sawEnd = true;
          closedByPeer.incrementAndGet();
          return null;
        }
        text.append((char) next);
      }
      return text.toString();
    }

    public void send(String text) throws IOException {
      out.write(text.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
    }

    /** Reads until the peer ends the connection, by FIN or reset. */
    public void awaitEnd() {
      try {
        while (in.read() >= 0) {}
      } catch (IOException e) {
        // A reset is an end too.
      }
      sawEnd = true;
      closedByPeer.incrementAndGet();
    }

    /** Ends the connection with a reset. */
    public void reset() throws IOException {
      socket.setSoLinger(true, 0);
      socket.close();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static int lengthOf(String head) {
    for (String line : head.split("\r\n")) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        return Integer.parseInt(line.substring(15).strip());
      }
    }
    return 0;
  }
}
