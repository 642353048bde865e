package io.expressgateway.http.h1;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads request heads (RFC 9112 sections 3 and 6) and decides how the body is framed. What it
 * passes has one reading only: one Host, one length, one coding.
 */
final class RequestParser extends HeadParser {

  private static final String[] METHODS = {
    "GET", "POST", "PUT", "HEAD", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"
  };

  private final HttpLimits limits;
  private final String scheme;
  private final RequestHead head;

  private String method = "";
  private String target = "";
  private HttpVersion version = HttpVersion.HTTP_1_1;
  // The last authority that was found good, so that a connection's usual Host is checked once.
  private String knownAuthority = "";
  private boolean isKeepAlive;
  private boolean isUpgrade;
  private boolean isUpgradeToHttp2;

  /**
   * @param scheme of the listener; an absolute-form target must name it
   */
  RequestParser(HttpLimits limits, String scheme) {
    super(new HeaderBlock(), limits.maxHeaderBytes(), limits.maxHeaderFields());
    this.limits = limits;
    this.scheme = scheme;
    this.head = new RequestHead(block);
  }

  /** The head; valid from COMPLETE to the next {@link #reset}. */
  RequestHead head() {
    return head;
  }

  /** Whether the client wants to keep the connection (RFC 9112 section 9.3). */
  boolean isKeepAlive() {
    return isKeepAlive;
  }

  /** Whether this asks for {@code Upgrade: websocket}. */
  boolean isUpgrade() {
    return isUpgrade;
  }

  /** Whether this asks for {@code Upgrade: h2c}, which is answered as if it did not. */
  boolean isUpgradeToHttp2() {
    return isUpgradeToHttp2;
  }

  @Override
  boolean toleratesEmptyLine() {
    return true;
  }

  @Override
  boolean acceptsUnderscore() {
    if (limits.underscoreHeaders() == UnderscoreHeaders.REJECT) {
      fail(Fault.UNDERSCORE);
    }
    return limits.underscoreHeaders() == UnderscoreHeaders.ALLOW;
  }

  @Override
  @Nullable Fault startLine(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && Tokens.isToken(bytes[at])) {
      at++;
    }
    if (at == from || at == to || bytes[at] != ' ') {
      return Fault.START_LINE;
    }
    method = method(bytes, from, at - from);
    int targetFrom = ++at;
    while (at < to && Tokens.isTarget(bytes[at])) {
      at++;
    }
    if (at == targetFrom || at == to || bytes[at] != ' ') {
      return Fault.START_LINE;
    }
    target = new String(bytes, targetFrom, at - targetFrom, StandardCharsets.ISO_8859_1);
    return version(bytes, at + 1, to);
  }

  private static String method(byte[] bytes, int from, int length) {
    for (String known : METHODS) {
      if (known.length() == length && matches(known, bytes, from)) {
        return known;
      }
    }
    return new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }

  private static boolean matches(String text, byte[] bytes, int from) {
    for (int i = 0; i < text.length(); i++) {
      if (bytes[from + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private @Nullable Fault version(byte[] bytes, int from, int to) {
    if (to - from != 8
        || !matches("HTTP/", bytes, from)
        || !isDigit(bytes[from + 5])
        || bytes[from + 6] != '.'
        || !isDigit(bytes[from + 7])) {
      return Fault.START_LINE;
    }
    if (bytes[from + 5] != '1' || bytes[from + 7] > '1') {
      return Fault.VERSION;
    }
    version = bytes[from + 7] == '1' ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
    return null;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  @Override
  @Nullable Fault complete() {
    Fault fault = authorityAndTarget();
    if (fault == null) {
      fault = framing();
    }
    if (fault == null) {
      fault = connection();
    }
    return fault;
  }

  private @Nullable Fault authorityAndTarget() {
    int host = block.indexOf(HeaderName.HOST);
    if (host >= 0 && block.indexOf(HeaderName.HOST, host + 1) >= 0) {
      return Fault.HOST;
    }
    if (host < 0 && version == HttpVersion.HTTP_1_1) {
      return Fault.HOST;
    }
    String authority = "";
    if (host >= 0) {
      authority = sameOrNew(host);
      // Empty is what nothing known looks like, and never good (RFC 9110 section 4.2.1).
      if (authority.isEmpty() || !authority.equals(knownAuthority)) {
        if (!Tokens.isAuthority(authority)) {
          return Fault.HOST;
        }
        knownAuthority = authority;
      }
    }
    String pathAndQuery = target;
    char first = target.charAt(0);
    if (first != '/') {
      if (target.equals("*")) {
        if (!method.equals("OPTIONS")) {
          return Fault.START_LINE;
        }
      } else if (method.equals("CONNECT")) {
        // Authority form; refused by the connection, which names the reason.
        pathAndQuery = "/";
      } else {
        int pathAt = absoluteForm();
        if (pathAt < 0) {
          return Fault.START_LINE;
        }
        String stated = target.substring(target.indexOf("://") + 3, pathAt);
        if (!Tokens.isAuthority(stated) || (host >= 0 && !stated.equalsIgnoreCase(authority))) {
          return Fault.HOST;
        }
        authority = stated;
        pathAndQuery = originForm(pathAt);
      }
    }
    int question = pathAndQuery.indexOf('?');
    String path = question < 0 ? pathAndQuery : pathAndQuery.substring(0, question);
    String query = question < 0 ? null : pathAndQuery.substring(question + 1);
    head.reset(method, scheme, authority, path, query, version);
    return null;
  }

  /** The Host value as a String, without making a new one when it is the one before. */
  private String sameOrNew(int field) {
    int length = block.valueLength(field);
    if (length == knownAuthority.length()
        && matches(knownAuthority, block.array(), block.valueOffset(field))) {
      return knownAuthority;
    }
    return block.value(field);
  }

  /** Where the path of an absolute-form target begins (its length when empty); -1 for none. */
  private int absoluteForm() {
    int colon = target.indexOf("://");
    if (colon < 0 || !target.substring(0, colon).equalsIgnoreCase(scheme)) {
      return -1;
    }
    for (int i = colon + 3; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c == '/' || c == '?') {
        return i;
      }
    }
    return target.length();
  }

  private String originForm(int pathAt) {
    String rest = target.substring(pathAt);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private @Nullable Fault framing() {
    int length = block.indexOf(HeaderName.CONTENT_LENGTH);
    int coding = block.indexOf(HeaderName.TRANSFER_ENCODING);
    if (coding >= 0) {
      if (length >= 0
          || version == HttpVersion.HTTP_1_0
          || block.indexOf(HeaderName.TRANSFER_ENCODING, coding + 1) >= 0) {
        return Fault.FRAMING;
      }
      if (!block.valueEqualsIgnoreCase(coding, "chunked")) {
        String value = block.value(coding);
        return value.toLowerCase(java.util.Locale.ROOT).endsWith(", chunked")
            ? Fault.CODING
            : Fault.FRAMING;
      }
      head.contentLength(RequestHead.UNKNOWN_LENGTH);
    } else if (length >= 0) {
      long value = contentLength(block, length);
      if (value < 0 || block.indexOf(HeaderName.CONTENT_LENGTH, length + 1) >= 0) {
        return Fault.FRAMING;
      }
      head.contentLength(value);
    }
    return null;
  }

  private @Nullable Fault connection() {
    isKeepAlive = version == HttpVersion.HTTP_1_1;
    boolean upgradeListed = false;
    if (block.contains(HeaderName.CONNECTION)) {
      if (block.listContains(HeaderName.CONNECTION, "close")) {
        isKeepAlive = false;
      } else if (!isKeepAlive && block.listContains(HeaderName.CONNECTION, "keep-alive")) {
        isKeepAlive = true;
      }
      upgradeListed = block.listContains(HeaderName.CONNECTION, "upgrade");
    }
    isUpgrade = false;
    isUpgradeToHttp2 = false;
    if (block.contains(HeaderName.UPGRADE)) {
      isUpgradeToHttp2 = block.listContains(HeaderName.UPGRADE, "h2c");
      if (!isUpgradeToHttp2 && head.contentLength() != 0) {
        return Fault.UPGRADE_WITH_BODY;
      }
      isUpgrade =
          upgradeListed
              && version == HttpVersion.HTTP_1_1
              && method.equals("GET")
              && block.valueEqualsIgnoreCase(block.indexOf(HeaderName.UPGRADE), "websocket")
              && block.indexOf(HeaderName.UPGRADE, block.indexOf(HeaderName.UPGRADE) + 1) < 0;
    }
    return RequestHead.isExpectationMet(block) ? null : Fault.EXPECTATION;
  }
}
