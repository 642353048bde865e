package io.expressgateway.http.websocket;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.http.Gateway;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.WebSocketLimits;
import io.expressgateway.tls.TestCertificates;
import io.netty.handler.codec.http2.Http2Headers;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** One combination of what the client and the endpoint speak. */
enum Cell {
  H1_TO_H1(false, false, false),
  H1_TO_H2(false, true, false),
  H2_TO_H1(true, false, false),
  H2_TO_H2(true, true, false),
  TLS_H1_TO_H1(false, false, true),
  TLS_H1_TO_H2(false, true, true),
  TLS_H2_TO_H1(true, false, true),
  TLS_H2_TO_H2(true, true, true);

  static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final TestCertificates CERTIFICATES = new TestCertificates();

  final boolean http2Front;
  final boolean http2Back;
  final boolean tls;

  Cell(boolean http2Front, boolean http2Back, boolean tls) {
    this.http2Front = http2Front;
    this.http2Back = http2Back;
    this.tls = tls;
  }

  /** The four cells in clear text. */
  static Stream<Cell> four() {
    return Stream.of(H1_TO_H1, H1_TO_H2, H2_TO_H1, H2_TO_H2);
  }

  /** Status of an answer that opens a WebSocket. */
  int opened() {
    return http2Front ? 200 : 101;
  }

  Gateway.Builder gateway(WebSocketEndpoint endpoint, UnaryOperator<WebSocketLimits> limits) {
    return gateway(endpoint.port(), limits);
  }

  Gateway.Builder gateway(int port, UnaryOperator<WebSocketLimits> limits) {
    return Gateway.builder()
        .endpoints(port)
        .protocol(http2Back ? ClusterSpec.Protocol.HTTP2 : ClusterSpec.Protocol.HTTP1)
        .limits(http -> http.with(limits.apply(http.webSocket())))
        .listener(spec -> tls ? secured(spec) : spec);
  }

  private static ListenerSpec secured(ListenerSpec spec) {
    return new ListenerSpec(
        spec.name(),
        spec.bind(),
        ListenerSpec.Protocol.HTTPS,
        spec.maxConnections(),
        spec.maxConnectionsPerIp(),
        spec.trustedProxies(),
        spec.trustedProxyPattern(),
        spec.forwarding(),
        spec.accessLog(),
        spec.http(),
        TestCertificates.spec(CERTIFICATES.server("test")));
  }

  Socket socket(Gateway gateway) throws Exception {
    Socket socket = new Socket("127.0.0.1", gateway.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    if (!tls) {
      return socket;
    }
    SSLContext context = CERTIFICATES.trusting(null);
    SSLSocket secured =
        (SSLSocket) context.getSocketFactory().createSocket(socket, "test", gateway.port(), true);
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {http2Front ? "h2" : "http/1.1"});
    secured.setSSLParameters(parameters);
    secured.startHandshake();
    return secured;
  }

  /** A client's handshake for {@code path} and its answer, whatever that is. */
  Peer connect(Gateway gateway, String path, String... fields) throws Exception {
    Socket socket = socket(gateway);
    return http2Front ? connectOverHttp2(socket, path, fields) : connect(socket, path, fields);
  }

  private static Peer connect(Socket socket, String path, String... fields) throws Exception {
    StringBuilder head =
        new StringBuilder("GET ")
            .append(path)
            .append(" HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")
            .append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ")
            .append(KEY)
            .append("\r\n");
    for (int i = 0; i < fields.length; i += 2) {
      head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
    }
    Peer.over(socket, "", 0).send(head + "\r\n");
    String answer = WebSocketEndpoint.readHead(socket.getInputStream());
    int status = Integer.parseInt(answer.substring(9, 12));
    return Peer.over(socket, WebSocketEndpoint.lines(answer), status);
  }

  private static Peer connectOverHttp2(Socket socket, String path, String... fields)
      throws Exception {
    Http2Wire wire = Http2Wire.client(socket);
    if (!wire.offersConnect()) {
      throw new AssertionError("the listener does not offer extended CONNECT");
    }
    Http2Headers head = connectHead(path);
    for (int i = 0; i < fields.length; i += 2) {
      head.add(fields[i], fields[i + 1]);
    }
    Http2Wire.Stream stream = wire.open(head, false);
    StringBuilder answer = new StringBuilder();
    for (Map.Entry<CharSequence, CharSequence> field : stream.awaitHead()) {
      answer.append(field.getKey()).append(": ").append(field.getValue()).append('\n');
    }
    int status = Integer.parseInt(stream.awaitHead().status().toString());
    return Peer.over(wire, stream, answer.toString(), status);
  }

  static Http2Headers connectHead(String path) {
    return Http2Wire.head(
        ":method",
        "CONNECT",
        ":protocol",
        "websocket",
        ":scheme",
        "http",
        ":path",
        path,
        ":authority",
        "test",
        "sec-websocket-version",
        "13");
  }

  static List<Cell> all() {
    return List.of(values());
  }
}
