package io.expressgateway.http;

/**
 * Every reason for which the gateway answers itself or ends an exchange early: the one table that
 * maps a failure to its status, its side, and the stable code that clients, logs and metrics see.
 */
public enum Why {
  // --- the client's request ---
  /** The request line is malformed (RFC 9112 section 3). */
  BAD_REQUEST_LINE(400, Side.DOWNSTREAM, "the request line is malformed"),
  /** The version is neither HTTP/1.0 nor HTTP/1.1. */
  VERSION_NOT_SUPPORTED(505, Side.DOWNSTREAM, "the HTTP version is not supported"),
  /** A header line is malformed (RFC 9112 section 5). */
  BAD_HEADER(400, Side.DOWNSTREAM, "a header line is malformed"),
  /** Host is missing, repeated, malformed or differs from the target (RFC 9112 section 3.2). */
  BAD_HOST(400, Side.DOWNSTREAM, "the Host header is missing, repeated or malformed"),
  /** Content-Length and Transfer-Encoding do not frame one body (RFC 9112 section 6). */
  BAD_FRAMING(400, Side.DOWNSTREAM, "Content-Length and Transfer-Encoding do not agree"),
  /** The transfer coding is not chunked (RFC 9112 section 6.1). */
  CODING_NOT_SUPPORTED(501, Side.DOWNSTREAM, "the transfer coding is not supported"),
  /** A chunk is malformed (RFC 9112 section 7.1). */
  BAD_CHUNK(400, Side.DOWNSTREAM, "a chunk is malformed"),
  /** A header name holds an underscore. */
  UNDERSCORE_HEADER(
      400,
      Side.DOWNSTREAM,
      "a header name holds an underscore, which the listener's http.underscore-headers refuses"),
  /** An Upgrade request has a body. */
  UPGRADE_WITH_BODY(400, Side.DOWNSTREAM, "an Upgrade request may not have a body"),
  /** The head is larger than {@code http.max-header-size} or {@code http.max-header-fields}. */
  HEADER_TOO_LARGE(431, Side.DOWNSTREAM, "the request head is too large"),
  /** The request line alone is larger than {@code http.max-header-size}. */
  URI_TOO_LONG(414, Side.DOWNSTREAM, "the request target is too long"),
  /** The head did not arrive within {@code http.header-timeout}. */
  HEADER_TIMEOUT(408, Side.DOWNSTREAM, "the request head did not arrive in time"),
  /** The body paused for longer than {@code http.body-idle-timeout}. */
  BODY_IDLE_TIMEOUT(408, Side.DOWNSTREAM, "the request body stalled"),
  /** The body came slower than {@code http.min-body-rate}. */
  BODY_TOO_SLOW(408, Side.DOWNSTREAM, "the request body came too slowly"),
  /** The body is larger than {@code http.max-body-size} or the route's limit. */
  BODY_TOO_LARGE(413, Side.DOWNSTREAM, "the request body is too large"),
  /** Odd things on one connection passed the threshold of {@code security.glitches}. */
  GLITCHES(400, Side.DOWNSTREAM, "the connection has been odd too often"),
  /** CONNECT is not offered. */
  CONNECT_REFUSED(405, Side.DOWNSTREAM, "CONNECT is not allowed"),
  /** The authority leads to another certificate than the handshake did (RFC 9110 section 7.4). */
  MISDIRECTED(421, Side.DOWNSTREAM, "the connection was not made for this authority"),
  /** A WebSocket handshake whose key cannot be answered (RFC 6455 section 4.2.1). */
  BAD_WEBSOCKET_KEY(400, Side.DOWNSTREAM, "the Sec-WebSocket-Key is missing or malformed"),
  /** The client's frames are none by RFC 6455; it is told with close code 1002. */
  WEBSOCKET_PROTOCOL(0, Side.DOWNSTREAM, "the client's WebSocket frames are malformed"),
  /** The client's message is larger than {@code http.websocket.max-message-size}: 1009. */
  WEBSOCKET_TOO_LARGE(0, Side.DOWNSTREAM, "the client's WebSocket message is too large"),
  /** The client sent more pings than the rule {@code websocket-ping-flood} allows: 1008. */
  WEBSOCKET_PING_FLOOD(0, Side.DOWNSTREAM, "the client sent too many WebSocket pings"),
  /** The client sent more frames of nothing than {@code websocket-empty-flood} allows: 1008. */
  WEBSOCKET_EMPTY_FLOOD(0, Side.DOWNSTREAM, "the client sent too many empty WebSocket frames"),
  /** Expect asks for something else than 100-continue (RFC 9110 section 10.1.1). */
  EXPECTATION_FAILED(417, Side.DOWNSTREAM, "the expectation cannot be met"),
  /** The client closed or reset before the response had ended. */
  CLIENT_GONE(0, Side.DOWNSTREAM, "the client went away"),
  /**
   * The client took less of the response than {@code http.min-body-rate} for {@code
   * http.write-stall-timeout}.
   */
  WRITE_STALL(0, Side.DOWNSTREAM, "the client stopped reading"),
  /** A gRPC call over HTTP/1.1 whose client did not say {@code TE: trailers}. */
  TRAILERS_IMPOSSIBLE(
      400, Side.DOWNSTREAM, "gRPC needs HTTP/2, or HTTP/1.1 with TE: trailers in the request"),
  /** The header grpc-timeout is malformed (gRPC's PROTOCOL-HTTP2). */
  BAD_GRPC_TIMEOUT(400, Side.DOWNSTREAM, "the header grpc-timeout is malformed"),
  /** The client made the gateway hold more than anybody else while memory was short. */
  HELD_BYTES(0, Side.DOWNSTREAM, "the client took too little of too much"),

  // --- the gateway ---
  /** The request's API version is missing, malformed or not supported. */
  BAD_API_VERSION(400, Side.DOWNSTREAM, "the API version is missing or not supported"),
  /** No route matches. */
  NO_ROUTE(404, Side.GATEWAY, "no route matches"),
  /** An upgrade is asked for that the listener does not serve or the endpoint does not offer. */
  UPGRADE_NOT_SUPPORTED(
      501, Side.GATEWAY, "the listener does not serve this upgrade or the endpoint offers none"),
  /** No endpoint of the cluster may be used. */
  NO_HEALTHY_ENDPOINT(503, Side.GATEWAY, "no endpoint is available"),
  /** The pool and its queue are full. */
  POOL_EXHAUSTED(503, Side.GATEWAY, "too many requests wait for a connection"),
  /** No pooled connection became free within the connect timeout. */
  POOL_TIMEOUT(503, Side.GATEWAY, "no connection became free in time"),
  /** There was no descriptor, local port or memory for a connection to an endpoint. */
  NO_SOCKET(503, Side.GATEWAY, "the gateway has no socket or port left"),
  /** A filter threw. */
  FILTER_ERROR(500, Side.GATEWAY, "a filter failed"),
  /** A filter suspended the exchange for too long. */
  FILTER_TIMEOUT(504, Side.GATEWAY, "a filter took too long"),
  /** Something of ours threw. */
  INTERNAL_ERROR(500, Side.GATEWAY, "the gateway failed"),
  /** The exchange took longer than the route's {@code total-timeout}. */
  TOTAL_TIMEOUT(504, Side.GATEWAY, "the exchange took too long"),
  /** A WebSocket reached {@code http.websocket.max-lifetime}: 1001 to both. */
  WEBSOCKET_LIFETIME(0, Side.GATEWAY, "the WebSocket reached its longest life"),
  /** The gateway drains: 1001 to both. */
  WEBSOCKET_DRAIN(0, Side.GATEWAY, "the gateway is draining its WebSockets"),
  /** The deadline of a gRPC call has passed: the client's, or {@code http.grpc.max-deadline}. */
  GRPC_DEADLINE(504, Side.GATEWAY, "the deadline of the call has passed"),
  /** Nothing moved in a gRPC call for {@code http.grpc.idle-timeout}. */
  GRPC_IDLE(504, Side.GATEWAY, "nothing moved in the call for too long"),
  /** The gateway stops and its drain time is over. */
  SHUTDOWN(0, Side.GATEWAY, "the gateway is stopping"),

  // --- the endpoint ---
  /** Connecting was refused or failed. */
  CONNECT_FAILED(503, Side.UPSTREAM, "the endpoint cannot be reached"),
  /**
   * The TLS handshake failed: certificate, name, version or ALPN; see the cluster's {@code tls}.
   */
  UPSTREAM_TLS(
      502,
      Side.UPSTREAM,
      "the endpoint's certificate, TLS handshake or choice of protocol (ALPN) was not acceptable"),
  /** Connecting took longer than {@code connect-timeout}. */
  CONNECT_TIMEOUT(504, Side.UPSTREAM, "the endpoint did not accept the connection in time"),
  /** The endpoint closed or reset before its response head. */
  UPSTREAM_CLOSED(502, Side.UPSTREAM, "the endpoint closed the connection"),
  /** The endpoint closed or reset within its response body. */
  UPSTREAM_TRUNCATED(502, Side.UPSTREAM, "the endpoint's response is truncated"),
  /** The endpoint's response is no HTTP/1.1 or is framed ambiguously. */
  UPSTREAM_MALFORMED(502, Side.UPSTREAM, "the endpoint's response is malformed"),
  /** The endpoint's response head is larger than 64 KiB or 256 fields. */
  UPSTREAM_HEADER_TOO_LARGE(502, Side.UPSTREAM, "the endpoint's response head is too large"),
  /** Bytes followed the end of the endpoint's response. */
  UPSTREAM_EXTRA_BYTES(502, Side.UPSTREAM, "the endpoint sent more than its response"),
  /** The endpoint reset the stream before its response had ended (RFC 9113 section 6.4). */
  UPSTREAM_RESET(502, Side.UPSTREAM, "the endpoint reset the request's stream"),
  /** The endpoint refused the request unprocessed, again and again (RFC 9113 section 8.7). */
  UPSTREAM_REFUSED(503, Side.UPSTREAM, "the endpoint refused the request unprocessed"),
  /** 2xx instead of 101, which an HTTP/2 client would take for an open WebSocket. */
  UPGRADE_IGNORED(
      502, Side.UPSTREAM, "the endpoint answered the WebSocket handshake without switching"),
  /** The endpoint's frames are none by RFC 6455; it is told with close code 1002. */
  UPSTREAM_WEBSOCKET_PROTOCOL(0, Side.UPSTREAM, "the endpoint's WebSocket frames are malformed"),
  /** The endpoint's message is larger than {@code http.websocket.max-message-size}: 1009. */
  UPSTREAM_WEBSOCKET_TOO_LARGE(0, Side.UPSTREAM, "the endpoint's WebSocket message is too large"),
  /** The endpoint sent more pings than the rule {@code websocket-ping-flood} allows: 1008. */
  UPSTREAM_WEBSOCKET_PING_FLOOD(0, Side.UPSTREAM, "the endpoint sent too many WebSocket pings"),
  /** The endpoint sent more frames of nothing than {@code websocket-empty-flood} allows: 1008. */
  UPSTREAM_WEBSOCKET_EMPTY_FLOOD(
      0, Side.UPSTREAM, "the endpoint sent too many empty WebSocket frames"),
  /** No response byte within the cluster's {@code first-byte-timeout}. */
  FIRST_BYTE_TIMEOUT(504, Side.UPSTREAM, "the endpoint did not answer in time"),
  /** No response head within the listener's {@code http.response-timeout}. */
  RESPONSE_TIMEOUT(504, Side.UPSTREAM, "the response did not begin in time"),
  /** A try took longer than the route's {@code per-try-timeout}. */
  PER_TRY_TIMEOUT(504, Side.UPSTREAM, "the endpoint did not answer this try in time"),
  /** The endpoint took nothing of the request body for {@code http.write-stall-timeout}. */
  UPSTREAM_STALLED(504, Side.UPSTREAM, "the endpoint stopped reading"),
  /** A try whose response status the route's Retry filter names; never a client's answer. */
  RETRIED_STATUS(0, Side.UPSTREAM, "the response's status asks for another try"),
  /** Nothing moved in a WebSocket for its idle time: 1001 to both. */
  TUNNEL_IDLE(0, Side.GATEWAY, "the upgraded connection was idle"),
  /** The response body paused for longer than {@code http.body-idle-timeout}. */
  UPSTREAM_IDLE_TIMEOUT(504, Side.UPSTREAM, "the endpoint's response stalled");

  /** Who caused it. */
  public enum Side {
    /** The client. */
    DOWNSTREAM,
    /** Ourselves. */
    GATEWAY,
    /** The endpoint. */
    UPSTREAM
  }

  private final int status;
  private final Side side;
  private final String sentence;
  private final String code;

  Why(int status, Side side, String sentence) {
    this.status = status;
    this.side = side;
    this.sentence = sentence;
    this.code = name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** The status sent when the response has not begun; 0 when nobody is left to read one. */
  public int status() {
    return status;
  }

  /** Who caused it. */
  public Side side() {
    return side;
  }

  /** One sentence for the problem document. */
  public String sentence() {
    return sentence;
  }

  /** The stable code: the name in lower case with hyphens, as in {@code no-route}. */
  public String code() {
    return code;
  }
}
