package io.expressgateway.stream;

/**
 * Every reason for which a flow ends otherwise than by both peers' ends: the one table that maps it
 * to the ledger and to the stable code that logs and metrics see.
 */
public enum FlowEnd {
  /**
   * Both peers have sent their FIN, after which everything was delivered; or neither side of a UDP
   * session has said anything for {@code udp.session-idle-timeout}.
   */
  DONE(Count.COMPLETED, "", "both sides ended"),

  // --- before an endpoint is chosen ---
  /** The client went away before an endpoint was connected. */
  CLIENT_GONE(Count.REFUSED, "client-gone", "the client went away before there was an endpoint"),
  /** The TLS handshake failed, took too long, or was one too many. */
  TLS_HANDSHAKE(Count.REFUSED, "tls-handshake", "the client's TLS handshake failed"),
  /** What came first is no ClientHello, or is too long for one. */
  BAD_CLIENT_HELLO(
      Count.REFUSED, "bad-client-hello", "what came first is no ClientHello, or a hostile one"),
  /** The ClientHello did not come within {@code handshake-timeout}. */
  CLIENT_HELLO_TIMEOUT(
      Count.REFUSED, "client-hello-timeout", "the ClientHello did not arrive in time"),
  /** A PROXY protocol header named a client that has all the connections that it may have. */
  CONNECTION_CAPS(Count.REFUSED, "connection-caps", "the client has too many connections"),
  /** No pattern of {@code sni} matches, and the listener has no {@code cluster}. */
  NO_SNI_MATCH(Count.REFUSED, "no-sni-match", "no cluster serves the name that was asked for"),
  /** The PROXY protocol header is missing, malformed, late, or of somebody who may not send one. */
  BAD_PROXY_HEADER(
      Count.REFUSED, "bad-proxy-header", "the PROXY protocol header is missing or malformed"),
  /** No endpoint of the cluster may be used. */
  NO_HEALTHY_ENDPOINT(Count.REFUSED, "no-healthy-endpoint", "no endpoint is available"),

  // --- connecting ---
  /** Connecting was refused or failed, at the last of {@code relay.connect-attempts}. */
  CONNECT_FAILED(Count.ABORTED, "connect-failed", "the endpoint cannot be reached"),
  /** There was no descriptor, local port or memory for a connection to an endpoint. */
  NO_SOCKET(Count.ABORTED, "no-socket", "the gateway has no socket or port left"),
  /** Connecting took longer than {@code connect-timeout}. */
  CONNECT_TIMEOUT(
      Count.ABORTED, "connect-timeout", "the endpoint did not accept the connection in time"),
  /** The TLS handshake with the endpoint failed; see the cluster's {@code tls}. */
  UPSTREAM_TLS(Count.ABORTED, "upstream-tls", "the TLS handshake with the endpoint failed"),

  // --- relaying ---
  /** The client reset its connection; so was the endpoint's. */
  CLIENT_RESET(Count.ABORTED, "client-reset", "the client reset its connection"),
  /** The endpoint reset its connection; so was the client's. */
  ENDPOINT_RESET(Count.ABORTED, "endpoint-reset", "the endpoint reset its connection"),
  /** Nothing moved for {@code relay.idle-timeout}. */
  IDLE(Count.ABORTED, "flow-idle", "nothing moved for too long"),
  /** {@code relay.max-lifetime} is over. */
  LIFETIME(Count.ABORTED, "flow-lifetime", "the connection reached its longest life"),
  /** The client took nothing for {@code relay.write-stall-timeout}. */
  CLIENT_STALLED(Count.ABORTED, "client-stalled", "the client stopped reading"),
  /** The endpoint took nothing for {@code relay.write-stall-timeout}. */
  ENDPOINT_STALLED(Count.ABORTED, "endpoint-stalled", "the endpoint stopped reading"),
  /** The gateway stops and its drain time is over. */
  SHUTDOWN(Count.ABORTED, "shutdown", "the gateway is stopping"),
  /** Something of ours threw. */
  INTERNAL_ERROR(Count.ABORTED, "internal-error", "the gateway failed");

  /** Where the ledger counts it. */
  public enum Count {
    /** Ended as the protocol has it. */
    COMPLETED,
    /** Closed by the gateway before an endpoint was chosen. */
    REFUSED,
    /** Ended early. */
    ABORTED
  }

  private final Count count;
  private final String code;
  private final String sentence;

  FlowEnd(Count count, String code, String sentence) {
    this.count = count;
    this.code = code;
    this.sentence = sentence;
  }

  /** Where the ledger counts it. */
  public Count count() {
    return count;
  }

  /** The stable code, as in {@code connect-failed}; empty for an ordinary end. */
  public String code() {
    return code;
  }

  /** Whether the peer that is left gets a reset: it must not take what it has for all. */
  boolean isReset() {
    return this == CLIENT_RESET || this == ENDPOINT_RESET || this == INTERNAL_ERROR;
  }

  /** One sentence for the guide. */
  public String sentence() {
    return sentence;
  }
}
