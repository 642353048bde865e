package io.expressgateway.limit;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Every rule of the security catalogue: its name in the metric {@code
 * expressgateway_security_total} and under the key {@code expressgateway.security}, its limit, and
 * whether it may only be observed.
 *
 * <p>A rule that counts a rate or a score, or measures a time, may be observed: what it sees is
 * reported with the action {@link #OBSERVED} and goes on. A rule that finds a message with two
 * readings may not: the gateway and whoever is behind it would act on different requests.
 */
public enum Rule {
  // --- messages with two readings ---
  /** A request line that is none (RFC 9112 section 3). */
  BAD_REQUEST_LINE("bad-request-line", Kind.TWO_READINGS),
  /** A version that is not served. */
  VERSION_NOT_SUPPORTED("version-not-supported", Kind.TWO_READINGS),
  /** A header field that is malformed (RFC 9112 section 5, RFC 9113 section 8.2). */
  BAD_HEADER("bad-header", Kind.TWO_READINGS),
  /** No, two or differing hosts (RFC 9112 section 3.2). */
  BAD_HOST("bad-host", Kind.TWO_READINGS),
  /** Lengths and codings that do not frame one body (RFC 9112 section 6). */
  BAD_FRAMING("bad-framing", Kind.TWO_READINGS),
  /** A transfer coding that is not chunked. */
  CODING_NOT_SUPPORTED("coding-not-supported", Kind.TWO_READINGS),
  /** A chunk that is malformed (RFC 9112 section 7.1). */
  BAD_CHUNK("bad-chunk", Kind.TWO_READINGS),
  /** A header name with an underscore. */
  UNDERSCORE_HEADER("underscore-header", Kind.POLICY, "listeners[].http.underscore-headers"),
  /** An Upgrade request with a body. */
  UPGRADE_WITH_BODY("upgrade-with-body", Kind.TWO_READINGS),
  /** An Upgrade to HTTP/2, which is answered as HTTP/1.1. */
  UPGRADE_H2C("upgrade-h2c", Kind.TWO_READINGS),
  /** An expectation that nobody can meet (RFC 9110 section 10.1.1). */
  EXPECTATION_FAILED("expectation-failed", Kind.TWO_READINGS),
  /** CONNECT. */
  CONNECT_REFUSED("connect-refused", Kind.TWO_READINGS),
  /** A name that leads to another certificate than its connection's (RFC 9110 section 7.4). */
  MISDIRECTED("misdirected", Kind.TWO_READINGS),
  /** A ClientHello that can be read in two ways, so that it got another certificate. */
  TLS_SNI("tls-sni", Kind.TWO_READINGS),
  /** What only the gateway may say about client certificates. */
  FORGED_IDENTITY("forged-identity", Kind.TWO_READINGS),
  /** Forwarding headers of a peer that is not trusted. */
  UNTRUSTED_FORWARDING("untrusted-forwarding", Kind.POLICY, "listeners[].trusted-proxies"),
  /** An HTTP/2 connection error of the client (RFC 9113 section 5.4.1). */
  H2_PROTOCOL_ERROR("h2-protocol-error", Kind.TWO_READINGS),
  /** An HTTP/2 stream error of the client (RFC 9113 section 5.4.2). */
  H2_STREAM_ERROR("h2-stream-error", Kind.TWO_READINGS),
  /** Bytes behind an endpoint's response. */
  UPSTREAM_EXTRA_BYTES("upstream-extra-bytes", Kind.TWO_READINGS),
  /** An endpoint's response that is malformed. */
  UPSTREAM_MALFORMED("upstream-malformed", Kind.TWO_READINGS),
  /** CONNECT for another protocol than WebSocket (RFC 8441 section 4). */
  UPGRADE_NOT_SUPPORTED("upgrade-not-supported", Kind.TWO_READINGS),
  /** WebSocket frames of either peer that are none (RFC 6455 section 5). */
  WEBSOCKET_PROTOCOL("websocket-protocol", Kind.TWO_READINGS),

  // --- bounds of memory and work ---
  /** A head beyond its limit of bytes or fields. */
  HEADER_TOO_LARGE("header-too-large", Kind.BOUND, "listeners[].http.max-header-size"),
  /** A request line beyond the limit of a head. */
  URI_TOO_LONG("uri-too-long", Kind.BOUND, "listeners[].http.max-header-size"),
  /** A body beyond the limit of its listener or route. */
  BODY_TOO_LARGE("body-too-large", Kind.BOUND, "listeners[].http.max-body-size"),
  /** Requests ahead of their responses. */
  PIPELINING("pipelining", Kind.BOUND, "listeners[].http.max-pipelined"),
  /** An HTTP/2 stream too many. */
  H2_MAX_STREAMS("h2-max-streams", Kind.BOUND, "listeners[].http.max-streams"),
  /** TLS handshakes that run at a time on one event loop. */
  TLS_HANDSHAKES("tls-handshakes", Kind.BOUND, "listeners[].tls.max-handshakes"),
  /** A TLS handshake that failed. */
  TLS_HANDSHAKE("tls-handshake", Kind.BOUND),
  /** A TLS handshake that took too long. */
  HANDSHAKE_TIMEOUT("handshake-timeout", Kind.BOUND, "listeners[].handshake-timeout"),
  /** What a client of a passthrough sent first: no ClientHello, a hostile or a late one. */
  CLIENT_HELLO("client-hello", Kind.BOUND, "listeners[].handshake-timeout"),
  /** A PROXY protocol header that is missing, malformed, late or of somebody not trusted. */
  PROXY_PROTOCOL("proxy-protocol", Kind.POLICY, "listeners[].proxy-protocol"),
  /** What clients make the gateway hold, in percent of the memory that it may have. */
  HELD_BYTES("held-bytes", Kind.BOUND, 50, Duration.ZERO),
  /** CONTINUATION frames of one header block: CVE-2024-27316. */
  H2_CONTINUATION_FLOOD("h2-continuation-flood", Kind.BOUND, 32, Duration.ZERO),

  // --- times and numbers that are observed as well ---
  /** Connections of a listener or an address. */
  CONNECTION_CAPS("connection-caps", Kind.LIMIT, "listeners[].max-connections"),
  /** A head that does not end. */
  HEADER_TIMEOUT("header-timeout", Kind.LIMIT, "listeners[].http.header-timeout"),
  /** A body that pauses. */
  BODY_IDLE_TIMEOUT("body-idle-timeout", Kind.LIMIT, "listeners[].http.body-idle-timeout"),
  /** A body that trickles. */
  BODY_TOO_SLOW("body-too-slow", Kind.LIMIT, "listeners[].http.min-body-rate"),
  /** A client that takes nothing or almost nothing of its response. */
  WRITE_STALL("write-stall", Kind.LIMIT, "listeners[].http.write-stall-timeout"),

  /** A WebSocket message or frame beyond its limit, of either peer. */
  WEBSOCKET_TOO_LARGE(
      "websocket-too-large", Kind.LIMIT, "listeners[].http.websocket.max-message-size"),
  /** A WebSocket in which nothing moves. */
  WEBSOCKET_IDLE("websocket-idle", Kind.LIMIT, "listeners[].http.websocket.idle-timeout"),

  // --- rates and scores ---
  /** Resets of requests that were being served: CVE-2023-44487. */
  H2_RAPID_RESET("h2-rapid-reset", Kind.RATE, 100, Window.TEN_SECONDS),
  /** Resets of any kind. */
  H2_RST_FLOOD("h2-rst-flood", Kind.RATE, 1000, Window.TEN_SECONDS),
  /** Stream errors that made us reset: CVE-2025-8671. */
  H2_MADE_YOU_RESET("h2-made-you-reset", Kind.RATE, 100, Window.TEN_SECONDS),
  /** SETTINGS without ACK. */
  H2_SETTINGS_FLOOD("h2-settings-flood", Kind.RATE, 50, Window.TEN_SECONDS),
  /** PING without ACK, beyond what our DATA explains. */
  H2_PING_FLOOD("h2-ping-flood", Kind.RATE, 50, Window.TEN_SECONDS),
  /** PRIORITY, PRIORITY_UPDATE and unknown frames, beyond what the streams explain. */
  H2_PRIORITY_FLOOD("h2-priority-flood", Kind.RATE, 100, Window.TEN_SECONDS),
  /** WINDOW_UPDATE beyond what our DATA explains. */
  H2_WINDOW_UPDATE_FLOOD("h2-window-update-flood", Kind.RATE, 100, Window.TEN_SECONDS),
  /** DATA without a byte and without an end. */
  H2_EMPTY_DATA_FLOOD("h2-empty-data-flood", Kind.RATE, 100, Window.TEN_SECONDS),
  /** Everything odd and cheap on one connection, counted together. */
  GLITCHES("glitches", Kind.RATE, 200, Duration.ofSeconds(60)),
  /** WebSocket pings of either peer (RFC 6455 section 5.5.2). */
  WEBSOCKET_PING_FLOOD("websocket-ping-flood", Kind.RATE, 50, Window.TEN_SECONDS),
  /** WebSocket frames of either peer that carry nothing and end nothing. */
  WEBSOCKET_EMPTY_FLOOD("websocket-empty-flood", Kind.RATE, 100, Window.TEN_SECONDS);

  /** The action of a rule that was observed only. */
  public static final String OBSERVED = "observed";

  /** What a rule looks at, and with it whether somebody may ask for no more than a count. */
  public enum Kind {
    /** A message that two readers could read in two ways. */
    TWO_READINGS("a message with two readings can never be let pass"),
    /** What another key decides in full. */
    POLICY("another key decides what happens"),
    /** A bound without which memory or work has none. */
    BOUND("without this bound memory or work has none"),
    /** A number or a time that another key sets. */
    LIMIT(null),
    /** A rate or a score. */
    RATE(null);

    private final @Nullable String never;

    Kind(@Nullable String never) {
      this.never = never;
    }
  }

  /** Constants of an enum cannot be used by its own constructors. */
  private static final class Window {
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);
  }

  private final String text;
  private final Kind kind;
  private final int threshold;
  private final Duration window;
  private final String limitKey;

  Rule(String text, Kind kind) {
    this(text, kind, 0, Duration.ZERO, "");
  }

  Rule(String text, Kind kind, String limitKey) {
    this(text, kind, 0, Duration.ZERO, limitKey);
  }

  Rule(String text, Kind kind, int threshold, Duration window) {
    this(text, kind, threshold, window, "");
  }

  Rule(String text, Kind kind, int threshold, Duration window, String limitKey) {
    this.text = text;
    this.kind = kind;
    this.threshold = threshold;
    this.window = window;
    this.limitKey = limitKey;
  }

  /** The name in metrics and in the configuration, as in {@code h2-ping-flood}. */
  public String text() {
    return text;
  }

  /** What it looks at. */
  public Kind kind() {
    return kind;
  }

  /** Whether {@code threshold} may be set. */
  public boolean hasThreshold() {
    return threshold > 0;
  }

  /** How many are allowed when nothing is set; 0 when there is nothing to set here. */
  public int defaultThreshold() {
    return threshold;
  }

  /** The time over which is counted; zero for what is counted by itself. */
  public Duration window() {
    return window;
  }

  /** The key below {@code expressgateway} that sets the limit instead; empty for none. */
  public String limitKey() {
    return limitKey;
  }

  /** Why {@code observe-only} is refused; null when it is possible. */
  public @Nullable String neverObserved() {
    return kind.never;
  }

  /** The {@link #text}: the key that the rule is configured by. */
  @Override
  public String toString() {
    return text;
  }
}
