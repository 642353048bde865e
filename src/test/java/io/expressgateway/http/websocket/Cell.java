package io.expressgateway.http.websocket;

import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.http.Gateway;
import io.expressgateway.snapshot.WebSocketLimits;
import io.expressgateway.tls.Link;
import io.expressgateway.tls.TestCertificates;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** One combination of what the client and the endpoint speak. */
enum Cell {
  H1_TO_H1(false, false, false, false),
  H1_TO_H2(false, true, false, false),
  H2_TO_H1(true, false, false, false),
  H2_TO_H2(true, true, false, false),
  TLS_H1_TO_H1(false, false, true, false),
  TLS_H1_TO_H2(false, true, true, false),
  TLS_H2_TO_H1(true, false, true, false),
  TLS_H2_TO_H2(true, true, true, false),
  TLS_H1_TO_TLS_H1(false, false, true, true),
  TLS_H1_TO_TLS_H2(false, true, true, true),
  TLS_H2_TO_TLS_H1(true, false, true, true),
  TLS_H2_TO_TLS_H2(true, true, true, true);

  static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final TestCertificates CERTIFICATES = new TestCertificates();
  private static final X509Bundle SITE = CERTIFICATES.server("test");
  private static final SSLContext ENDPOINT = CERTIFICATES.trusting(CERTIFICATES.server("endpoint"));

  final boolean http2Front;
  final boolean http2Back;
  final boolean tls;
  final boolean tlsBack;

  Cell(boolean http2Front, boolean http2Back, boolean tls, boolean tlsBack) {
    this.http2Front = http2Front;
    this.http2Back = http2Back;
    this.tls = tls;
    this.tlsBack = tlsBack;
  }

  /** The four cells in clear text. */
  static Stream<Cell> four() {
    return Stream.of(H1_TO_H1, H1_TO_H2, H2_TO_H1, H2_TO_H2);
  }

  /** The four cells with TLS on both sides. */
  static Stream<Cell> secured() {
    return Stream.of(TLS_H1_TO_TLS_H1, TLS_H1_TO_TLS_H2, TLS_H2_TO_TLS_H1, TLS_H2_TO_TLS_H2);
  }

  /** An endpoint of this cell. */
  WebSocketEndpoint endpoint(WebSocketEndpoint.Script script) throws IOException {
    return WebSocketEndpoint.start(http2Back, tlsBack ? ENDPOINT : null, script);
  }

  /** What an endpoint of this cell speaks on a connection that it accepted. */
  Link accepted(Socket tcp) throws IOException {
    return tlsBack ? Link.accepted(tcp, ENDPOINT, http2Back ? "h2" : "http/1.1") : Link.clear(tcp);
  }

  /** Status of an answer that opens a WebSocket. */
  int opened() {
    return http2Front ? 200 : 101;
  }

  Gateway.Builder gateway(WebSocketEndpoint endpoint, UnaryOperator<WebSocketLimits> limits) {
    return gateway(endpoint.port(), limits);
  }

  Gateway.Builder gateway(int port, UnaryOperator<WebSocketLimits> limits) {
    Gateway.Builder builder =
        Gateway.builder()
            .endpoints(port)
            .protocol(http2Back ? ClusterSpec.Protocol.HTTP2 : ClusterSpec.Protocol.HTTP1)
            .limits(http -> http.with(limits.apply(http.webSocket())));
    if (tls) {
      builder.tls(TestCertificates.spec(SITE));
    }
    if (tlsBack) {
      builder.endpointTls(
          new ClusterSpec.Tls(true, List.of(CERTIFICATES.authority()), "endpoint", null));
    }
    return builder;
  }

  /** A client's connection, after its handshake. */
  Link link(Gateway gateway) throws IOException {
    return tls
        ? Link.secured(CERTIFICATES, gateway.port(), "test", http2Front ? "h2" : "http/1.1")
        : Link.connect(gateway.port());
  }

  /** A client's handshake for {@code path} and its answer, whatever that is. */
  Peer connect(Gateway gateway, String path, String... fields) throws Exception {
    return connect(link(gateway), path, fields);
  }

  /** The same on a connection that there is already. */
  Peer connect(Link link, String path, String... fields) throws Exception {
    return http2Front
        ? connectOverHttp2(Http2Wire.client(link), path, fields)
        : connectOverHttp1(link, path, fields);
  }

  private static Peer connectOverHttp1(Link link, String path, String... fields) throws Exception {
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
    Peer.over(link, "", 0).send(head + "\r\n");
    String answer = WebSocketEndpoint.readHead(link.stream().getInputStream());
    int status = Integer.parseInt(answer.substring(9, 12));
    return Peer.over(link, WebSocketEndpoint.lines(answer), status);
  }

  /** A WebSocket on a connection that may have others. */
  static Peer connectOverHttp2(Http2Wire wire, String path, String... fields) throws Exception {
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
