package io.expressgateway.http.websocket;

import io.expressgateway.tls.Link;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** An endpoint that does with each handshake what its script says, over HTTP/1.1 or HTTP/2. */
final class WebSocketEndpoint implements Closeable {

  /** What happens to a handshake; on a thread of its own. */
  interface Script {
    void on(Call call) throws Exception;
  }

  /** Accepts, and sends back every message, ping and close. */
  static final Script ECHO =
      call -> {
        Peer peer = call.accept();
        Frames.Frame frame;
        while ((frame = peer.read()) != null) {
          int first = frame.opcode() == Frames.PING ? 0x80 | Frames.PONG : frame.first();
          peer.send(Frames.frame(first, false, frame.payload()));
          if (frame.opcode() == Frames.CLOSE) {
            break;
          }
        }
        peer.end();
        peer.endsCleanly();
      };

  final List<Call> calls = new CopyOnWriteArrayList<>();
  final List<Http2Wire> wires = new CopyOnWriteArrayList<>();
  private final ServerSocket server;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final boolean http2;
  private final @Nullable SSLContext tls;
  private final Script script;
  private final boolean settingsByHand;

  private WebSocketEndpoint(
      boolean http2, boolean settingsByHand, @Nullable SSLContext tls, Script script)
      throws IOException {
    this.http2 = http2;
    this.tls = tls;
    this.settingsByHand = settingsByHand;
    this.script = script;
    server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  static WebSocketEndpoint start(boolean http2, Script script) throws IOException {
    return start(http2, null, script);
  }

  /** Over TLS when {@code tls} is not null. */
  static WebSocketEndpoint start(boolean http2, @Nullable SSLContext tls, Script script)
      throws IOException {
    return new WebSocketEndpoint(http2, false, tls, script);
  }

  /** HTTP/2 whose SETTINGS the test sends itself, through {@link #wires}. */
  static WebSocketEndpoint silent(Script script) throws IOException {
    return new WebSocketEndpoint(true, true, null, script);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        open.add(socket);
        Thread.ofVirtual().start(() -> connected(socket));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void connected(Socket socket) {
    try {
      String protocol = http2 ? "h2" : "http/1.1";
      Link link = tls == null ? Link.clear(socket) : Link.accepted(socket, tls, protocol);
      if (!http2) {
        serve(link);
        return;
      }
      Http2Wire[] wire = new Http2Wire[1];
      wire[0] = Http2Wire.server(link, stream -> serve(wire[0], stream));
      wires.add(wire[0]);
      if (!settingsByHand) {
        wire[0].sendSettings(true);
      }
    } catch (IOException gone) {
      // What tests look at is what had arrived.
    }
  }

  private void serve(Http2Wire wire, Http2Wire.Stream stream) throws Exception {
    StringBuilder head = new StringBuilder();
    for (Map.Entry<CharSequence, CharSequence> field : stream.awaitHead()) {
      head.append(field.getKey()).append(": ").append(field.getValue()).append('\n');
    }
    Call call = new Call(head.toString(), stream.awaitHead().path().toString());
    call.wire = wire;
    call.stream = stream;
    calls.add(call);
    script.on(call);
  }

  private void serve(Link link) {
    try {
      String head = readHead(link.stream().getInputStream());
      Call call = new Call(lines(head), head.split(" ", 3)[1]);
      call.link = link;
      calls.add(call);
      script.on(call);
      link.finish();
      link.close();
    } catch (Exception gone) {
      // What tests look at is what had arrived.
    }
  }

  static String readHead(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new java.io.EOFException("after '" + head + "'");
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  /** The header lines with names in lower case and {@code \n} as their end. */
  static String lines(String head) {
    StringBuilder lines = new StringBuilder();
    for (String line : head.split("\r\n")) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        lines
            .append(line.substring(0, colon).toLowerCase(Locale.ROOT))
            .append(line.substring(colon))
            .append('\n');
      }
    }
    return lines.toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  /** A handshake. */
  static final class Call {
    final String head;
    final String path;
    private Link link;
    private Http2Wire wire;
    private Http2Wire.Stream stream;

    Call(String head, String path) {
      this.head = head;
      this.path = path;
    }

    String header(String name) {
      String key = "\n" + name + ": ";
      int at = ("\n" + head).indexOf(key);
      return at < 0 ? null : head.substring(at + key.length() - 1, head.indexOf('\n', at + 1));
    }

    /** Opens the WebSocket, with these fields in the answer. */
    Peer accept(String... fields) throws Exception {
      if (stream != null) {
        Http2Headers answer = Http2Wire.head(fields).status("200");
        stream.sendHead(answer, false);
        return Peer.over(wire, stream, head, 0);
      }
      StringBuilder answer =
          new StringBuilder(
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n");
      String key = header("sec-websocket-key");
      answer.append("Sec-WebSocket-Accept: ").append(Handshake.accept(key)).append("\r\n");
      for (int i = 0; i < fields.length; i += 2) {
        answer.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
      }
      Peer peer = Peer.over(link, head, 0);
      peer.send(answer + "\r\n");
      return peer;
    }

    /** Answers without opening it. */
    void refuse(int status, String body) throws Exception {
      if (stream != null) {
        stream.sendHead(
            Http2Wire.head(":status", "" + status, "content-length", "" + body.length()), false);
        stream.send(body.getBytes(StandardCharsets.US_ASCII), 0, body.length());
        stream.end();
      } else {
        Peer.over(link, head, 0)
            .send(
                "HTTP/1.1 "
                    + status
                    + " No\r\nContent-Length: "
                    + body.length()
                    + "\r\n\r\n"
                    + body);
      }
    }
  }
}
