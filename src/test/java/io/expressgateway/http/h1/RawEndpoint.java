package io.expressgateway.http.h1;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP/1.1 endpoint on plain sockets that keeps the exact head bytes of every request it got and
 * answers as its script says. Reads request bodies only when the script does.
 */
public final class RawEndpoint implements Closeable {

  /** What to do with one request. */
  public interface Script {
    void serve(Request request) throws Exception;
  }

  private final ServerSocket server;
  private final Script script;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();

  private RawEndpoint(Script script) {
    this.script = script;
    try {
      server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    Thread.ofVirtual().start(this::accept);
  }

  /** Runs the script for every request. */
  public static RawEndpoint scripted(Script script) {
    return new RawEndpoint(script);
  }

  /** Reads every request to its end and answers it with these bytes. */
  public static RawEndpoint answering(String response) {
    return new RawEndpoint(request -> {
      request.body();
      request.send(response);
    });
  }

  /** Answers 200 with the request's target as the body. */
  public static RawEndpoint echoingTarget() {
    return new RawEndpoint(request -> {
      request.body();
      request.ok(request.target());
    });
  }

  public int port() {
    return server.getLocalPort();
  }

  /** All requests whose heads arrived, in order of arrival. */
  public List<Request> requests() {
    return requests;
  }

  /** The only request that arrived. */
  public Request request() {
    if (requests.size() != 1) {
      throw new AssertionError(requests.size() + " requests instead of one: " + requests);
    }
    return requests.getFirst();
  }

  public int connections() {
    return connections.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new java.io.BufferedInputStream(socket.getInputStream());
      while (true) {
        String head = Wire.readHead(in);
        if (head == null) {
          return;
        }
        Request request = new Request(head, in, socket);
        requests.add(request);
        script.serve(request);
      }
    } catch (Exception gone) {
      // The gateway or the script ended the connection: what tests look at is what had arrived.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** One request as it came. */
  public static final class Request {
    private final String head;
    private final InputStream in;
    private final Socket socket;
    private volatile byte[] body = {};
    private volatile String trailers = "";

    Request(String head, InputStream in, Socket socket) {
      this.head = head;
      this.in = in;
      this.socket = socket;
    }

    /** The head's bytes as ISO-8859-1, with the empty line at its end. */
    public String head() {
      return head;
    }

    public String target() {
      return head.substring(head.indexOf(' ') + 1, head.indexOf(" HTTP/1.1\r\n"));
    }

    /** The values of a header in order. */
    public List<String> all(String name) {
      return Wire.values(head, name);
    }

    /** The only value of a header; null when it is absent. */
    public String header(String name) {
      return Wire.value(head, name);
    }

    /** The bytes behind the head, for scripts that read the body themselves. */
    public InputStream in() {
      return in;
    }

    public Socket socket() {
      return socket;
    }

    /** Reads the body to its end. */
    public byte[] body() throws IOException {
      if ("chunked".equals(header("Transfer-Encoding"))) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        trailers = Wire.readChunks(in, all);
        body = all.toByteArray();
      } else if (header("Content-Length") != null) {
        int length = Integer.parseInt(header("Content-Length"));
        body = in.readNBytes(length);
        if (body.length < length) {
          throw new EOFException("truncated request body");
        }
      }
      return body;
    }

    /** The body as far as {@link #body()} has read it. */
    public byte[] receivedBody() {
      return body;
    }

    /** The trailer lines that {@link #body()} read. */
    public String trailers() {
      return trailers;
    }

    public void send(String bytes) throws IOException {
      send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    public void send(byte[] bytes) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    }

    public void ok(String body) throws IOException {
      send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    @Override
    public String toString() {
      return head;
    }
  }
}
