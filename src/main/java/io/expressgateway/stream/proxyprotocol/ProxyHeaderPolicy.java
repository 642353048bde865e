package io.expressgateway.stream.proxyprotocol;

/** What a listener's {@code proxy-protocol} says of headers. */
public enum ProxyHeaderPolicy {
  /** Nobody sends any; bytes are not looked at. */
  OFF,
  /** A trusted peer may send one. */
  ACCEPT,
  /** Every connection begins with one. */
  REQUIRE;

  /** What is expected of one connection. */
  public enum Expectation {
    /** Nothing; its bytes are not looked at. */
    NONE,
    /** A header, or the first bytes of the protocol above. */
    OPTIONAL,
    /** A header. */
    REQUIRED,
    /** No header: if one comes, the connection is closed. */
    FORBIDDEN,
    /** Nothing that this peer could send would do: it is closed at once. */
    REFUSED
  }

  /** What is expected of a peer. */
  public Expectation expectationOf(boolean trusted) {
    return switch (this) {
      case OFF -> Expectation.NONE;
      case ACCEPT -> trusted ? Expectation.OPTIONAL : Expectation.FORBIDDEN;
      case REQUIRE -> trusted ? Expectation.REQUIRED : Expectation.REFUSED;
    };
  }
}
