package io.expressgateway.http.h2;

import io.expressgateway.http.Why;
import io.expressgateway.http.h1.Tokens;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Makes request heads of what the codec decoded (RFC 9113 section 8.3.1). Confined to the
 * connection's event loop.
 */
final class RequestFields {

  private static final int LONGEST_LENGTH = 18;

  private final HttpLimits limits;
  private final String scheme;
  // The last authority that was found good: a connection's requests usually name the same one.
  private String knownAuthority = "";
  private @Nullable Why refusal;
  private boolean isMalformed;
  private boolean isUpgrade;

  RequestFields(HttpLimits limits, String scheme) {
    this.limits = limits;
    this.scheme = scheme;
  }

  /** Why the last request is refused; null when it is not. */
  @Nullable Why refusal() {
    return refusal;
  }

  /** Whether the last request is malformed in HTTP/2's sense: a stream error. */
  boolean isMalformed() {
    return isMalformed;
  }

  /** Whether the last request asks for a WebSocket (RFC 8441); its head is that of a GET. */
  boolean isUpgrade() {
    return isUpgrade;
  }

  /** The head; unusable when {@link #refusal} says so. */
  RequestHead read(FieldBlock from, boolean ended) {
    refusal = null;
    isMalformed = false;
    isUpgrade = false;
    RequestHead head = new RequestHead(from.block());
    if (from.isMalformed()) {
      malformed(Why.BAD_HEADER);
    } else if (from.count() > limits.maxHeaderFields()) {
      refusal = Why.HEADER_TOO_LARGE;
    } else if (from.hasUnderscore()) {
      underscore(from);
    }
    if (refusal != null) {
      return head;
    }
    from.joinCookies();
    pseudo(from, head, ended);
    if (refusal == null) {
      length(head, ended);
    }
    if (refusal == null && !RequestHead.isExpectationMet(head.headers())) {
      refusal = Why.EXPECTATION_FAILED;
    }
    return head;
  }

  private void malformed(Why why) {
    refusal = why;
    isMalformed = true;
  }

  private void underscore(FieldBlock from) {
    if (limits.underscoreHeaders() == UnderscoreHeaders.REJECT) {
      refusal = Why.UNDERSCORE_HEADER;
    } else if (limits.underscoreHeaders() == UnderscoreHeaders.DROP) {
      from.dropUnderscores();
    }
  }

  private void pseudo(FieldBlock from, RequestHead head, boolean ended) {
    String method = from.method();
    String path = from.path();
    if (from.status() != null) {
      malformed(Why.BAD_HEADER);
    } else if (method == null || !HeaderBlock.isToken(method)) {
      malformed(Why.BAD_REQUEST_LINE);
    } else if (from.protocol() != null) {
      extendedConnect(from, head, ended);
    } else if (method.equals("CONNECT")) {
      refusal = Why.CONNECT_REFUSED;
    } else if (path == null || from.scheme() == null) {
      malformed(Why.BAD_REQUEST_LINE);
    } else {
      target(head, method, path, from.authority());
    }
  }

  /** RFC 8441 section 4: CONNECT with scheme, path and authority, by whom our SETTINGS invited. */
  private void extendedConnect(FieldBlock from, RequestHead head, boolean ended) {
    String path = from.path();
    if (!"CONNECT".equals(from.method())
        || !limits.webSocket().enabled()
        || path == null
        || from.scheme() == null
        || from.authority() == null
        || ended
        || head.headers().contains(HeaderName.CONTENT_LENGTH)) {
      malformed(Why.BAD_REQUEST_LINE);
    } else if (!"websocket".equalsIgnoreCase(from.protocol())) {
      refusal = Why.UPGRADE_NOT_SUPPORTED;
    } else {
      isUpgrade = true;
      target(head, "GET", path, from.authority());
    }
  }

  private void target(RequestHead head, String method, String target, @Nullable String authority) {
    boolean isAsterisk = target.equals("*") && method.equals("OPTIONS");
    if ((!isAsterisk && !target.startsWith("/")) || !isTarget(target)) {
      malformed(Why.BAD_REQUEST_LINE);
      return;
    }
    String named = authority(head.headers(), authority);
    if (named == null) {
      refusal = Why.BAD_HOST;
      return;
    }
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    String query = question < 0 ? null : target.substring(question + 1);
    head.reset(method, scheme, named, path, query, HttpVersion.HTTP_2);
  }

  private static boolean isTarget(String target) {
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c > 0x7f || !Tokens.isTarget((byte) c)) {
        return false;
      }
    }
    return true;
  }

  /** What {@code :authority} and Host agree on; null when they do not or neither is good. */
  private @Nullable String authority(HeaderBlock headers, @Nullable String authority) {
    int host = headers.indexOf(HeaderName.HOST);
    if (host >= 0 && headers.indexOf(HeaderName.HOST, host + 1) >= 0) {
      return null;
    }
    String named;
    if (authority != null) {
      named = authority;
      if (host >= 0 && !headers.value(host).equalsIgnoreCase(named)) {
        return null;
      }
    } else if (host >= 0) {
      named = headers.value(host);
    } else {
      return null;
    }
    if (named.isEmpty() || !named.equals(knownAuthority)) {
      if (!Tokens.isAuthority(named)) {
        return null;
      }
      knownAuthority = named;
    }
    return named;
  }

  /** What arrives is held against the stated length by the codec (RFC 9113 section 8.1.1). */
  private void length(RequestHead head, boolean ended) {
    HeaderBlock headers = head.headers();
    int field = headers.indexOf(HeaderName.CONTENT_LENGTH);
    long length = ended || isUpgrade ? 0 : RequestHead.UNKNOWN_LENGTH;
    if (field >= 0) {
      long stated = number(headers, field);
      if (stated < 0
          || headers.indexOf(HeaderName.CONTENT_LENGTH, field + 1) >= 0
          || (ended && stated != 0)) {
        malformed(Why.BAD_FRAMING);
        return;
      }
      length = stated;
    }
    head.contentLength(length);
  }

  private static long number(HeaderBlock headers, int field) {
    int length = headers.valueLength(field);
    if (length == 0 || length > LONGEST_LENGTH) {
      return -1;
    }
    byte[] bytes = headers.array();
    int at = headers.valueOffset(field);
    long number = 0;
    for (int i = at; i < at + length; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }
}
