package io.expressgateway.message;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The header names that the gateway itself acts on, each with a small id, so that the parser
 * recognises a name once and everybody after it compares ids. The id is the ordinal; 0 is "any
 * other name". At most 63 names, so that a block can say which are present in one {@code long}.
 */
@SuppressWarnings("ImmutableEnumChecker") // the arrays are never written to and never handed out
public enum HeaderName {
  /** Any name that has no id of its own. */
  OTHER(""),
  /** RFC 9110 section 7.2. */
  HOST("Host"),
  /** RFC 9110 section 8.6. */
  CONTENT_LENGTH("Content-Length"),
  /** RFC 9112 section 6.1. */
  TRANSFER_ENCODING("Transfer-Encoding"),
  /** RFC 9110 section 7.6.1. */
  CONNECTION("Connection"),
  /** RFC 2068 section 19.7.1, hop-by-hop. */
  KEEP_ALIVE("Keep-Alive"),
  /** Never standardised, hop-by-hop by RFC 9110 section 7.6.1. */
  PROXY_CONNECTION("Proxy-Connection"),
  /** RFC 9110 section 10.1.4. */
  TE("TE"),
  /** RFC 9110 section 6.6.2. */
  TRAILER("Trailer"),
  /** RFC 9110 section 7.8. */
  UPGRADE("Upgrade"),
  /** RFC 7540 section 3.2.1. */
  HTTP2_SETTINGS("HTTP2-Settings"),
  /** RFC 9110 section 10.1.1. */
  EXPECT("Expect"),
  /** RFC 9110 section 7.6.3. */
  VIA("Via"),
  /** De-facto list of clients. */
  X_FORWARDED_FOR("X-Forwarded-For"),
  /** De-facto scheme of the client's request. */
  X_FORWARDED_PROTO("X-Forwarded-Proto"),
  /** De-facto host of the client's request. */
  X_FORWARDED_HOST("X-Forwarded-Host"),
  /** De-facto port of the client's request. */
  X_FORWARDED_PORT("X-Forwarded-Port"),
  /** De-facto path prefix of the client's request. */
  X_FORWARDED_PREFIX("X-Forwarded-Prefix"),
  /** RFC 7239. */
  FORWARDED("Forwarded"),
  /** RFC 6265 section 4.2. */
  COOKIE("Cookie"),
  /** RFC 6265 section 4.1. */
  SET_COOKIE("Set-Cookie"),
  /** RFC 9110 section 6.6.1. */
  DATE("Date"),
  /** RFC 9110 section 10.2.4. */
  SERVER("Server"),
  /** RFC 9110 section 10.2.2. */
  LOCATION("Location"),
  /** RFC 9110 section 8.3. */
  CONTENT_TYPE("Content-Type"),
  /** RFC 9110 section 10.1.5. */
  USER_AGENT("User-Agent"),
  /** RFC 9110 section 10.1.3. */
  REFERER("Referer"),
  /** The deadline of a gRPC call (gRPC's PROTOCOL-HTTP2). */
  GRPC_TIMEOUT("grpc-timeout"),
  /** W3C Trace Context. */
  TRACEPARENT("traceparent"),
  /** W3C Trace Context. */
  TRACESTATE("tracestate"),
  /** RFC 9218 section 5. */
  PRIORITY("Priority"),
  /** The reason code that trusted clients see. */
  X_EXPRESSGATEWAY_WHY("X-ExpressGateway-Why");

  private static final HeaderName[] ALL = values();
  private static final int LONGEST = 24;
  private static final HeaderName[][] BY_LENGTH = byLength();

  private final String text;
  private final byte[] bytes;
  private final byte[] lower;

  HeaderName(String text) {
    this.text = text;
    this.bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    this.lower = text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.ISO_8859_1);
  }

  private static HeaderName[][] byLength() {
    HeaderName[][] table = new HeaderName[LONGEST + 1][];
    for (int length = 0; length <= LONGEST; length++) {
      int wanted = length;
      table[length] =
          java.util.Arrays.stream(ALL)
              .filter(name -> name != OTHER && name.bytes.length == wanted)
              .toArray(HeaderName[]::new);
    }
    return table;
  }

  /** The id of the name at {@code bytes[from, from + length)}, in any case; else {@link #OTHER}. */
  public static HeaderName of(byte[] bytes, int from, int length) {
    if (length > LONGEST) {
      return OTHER;
    }
    for (HeaderName name : BY_LENGTH[length]) {
      if (equalsIgnoreCase(name.lower, bytes, from)) {
        return name;
      }
    }
    return OTHER;
  }

  /** The id of a name in any case; {@link #OTHER} when it has none. Any thread. */
  public static HeaderName of(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.ISO_8859_1);
    return of(bytes, 0, bytes.length);
  }

  /** Whether {@code bytes} from {@code from} hold {@code lower}, ASCII case aside. */
  static boolean equalsIgnoreCase(byte[] lower, byte[] bytes, int from) {
    for (int i = 0; i < lower.length; i++) {
      byte b = bytes[from + i];
      if (b >= 'A' && b <= 'Z') {
        b |= 0x20;
      }
      if (b != lower[i]) {
        return false;
      }
    }
    return true;
  }

  /** The usual spelling. */
  public String text() {
    return text;
  }

  /** The usual spelling as bytes; not to be written to. */
  byte[] bytes() {
    return bytes;
  }
}
