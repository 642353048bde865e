package io.expressgateway.http.h1;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.ResponseHead;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads response heads (RFC 9112 sections 4 and 6.3) and decides how the body is framed, as
 * strictly as the request side: an endpoint that confuses us could desynchronise a shared
 * connection.
 */
final class ResponseParser extends HeadParser {

  // An endpoint is configured by the operator; its limits are constants, as in nginx and HAProxy.
  private static final int MAX_BYTES = 64 * 1024;
  private static final int MAX_FIELDS = 256;

  /** How the body of the current response ends. */
  enum Framing {
    /** There is none. */
    NONE,
    /** Content-Length. */
    LENGTH,
    /** Chunked coding. */
    CHUNKED,
    /** The end of the connection. */
    CLOSE
  }

  private final ResponseHead head;
  private boolean toHead;
  private boolean isHttp10;
  private int status;
  private String reason = "";
  private Framing framing = Framing.NONE;
  private long length;
  private boolean isKeepAlive;

  ResponseParser() {
    super(new HeaderBlock(), MAX_BYTES, MAX_FIELDS);
    head = new ResponseHead(block);
  }

  /** Begins the response to a request whose method was HEAD or not. */
  void reset(boolean toHead) {
    reset();
    this.toHead = toHead;
  }

  ResponseHead head() {
    return head;
  }

  Framing framing() {
    return framing;
  }

  /** Body bytes for {@link Framing#LENGTH}. */
  long length() {
    return length;
  }

  /** Whether the endpoint keeps the connection open (RFC 9112 section 9.3). */
  boolean isKeepAlive() {
    return isKeepAlive;
  }

  @Override
  boolean toleratesEmptyLine() {
    return false;
  }

  @Override
  boolean acceptsUnderscore() {
    return true;
  }

  @Override
  @Nullable Fault startLine(byte[] bytes, int from, int to) {
    // "HTTP/1.x NNN" and, optionally, a space and a reason phrase.
    if (to - from < 12
        || bytes[from] != 'H'
        || bytes[from + 1] != 'T'
        || bytes[from + 2] != 'T'
        || bytes[from + 3] != 'P'
        || bytes[from + 4] != '/'
        || bytes[from + 5] != '1'
        || bytes[from + 6] != '.'
        || (bytes[from + 7] != '1' && bytes[from + 7] != '0')
        || bytes[from + 8] != ' ') {
      return Fault.START_LINE;
    }
    isHttp10 = bytes[from + 7] == '0';
    status = 0;
    for (int i = from + 9; i < from + 12; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return Fault.START_LINE;
      }
      status = status * 10 + digit;
    }
    if (status < 100 || (to - from > 12 && bytes[from + 12] != ' ')) {
      return Fault.START_LINE;
    }
    for (int i = from + 12; i < to; i++) {
      if (!Tokens.isValue(bytes[i])) {
        return Fault.START_LINE;
      }
    }
    reason = to - from > 13 ? reason(bytes, from + 13, to) : "";
    return null;
  }

  private String reason(byte[] bytes, int from, int to) {
    String usual = Statuses.reason(status);
    if (usual.length() == to - from) {
      int i = 0;
      while (i < usual.length() && bytes[from + i] == usual.charAt(i)) {
        i++;
      }
      if (i == usual.length()) {
        return usual;
      }
    }
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  @Override
  @Nullable Fault complete() {
    int coding = block.indexOf(HeaderName.TRANSFER_ENCODING);
    int lengthAt = block.indexOf(HeaderName.CONTENT_LENGTH);
    long announced = -1;
    if (lengthAt >= 0) {
      announced = contentLength(block, lengthAt);
      if (announced < 0
          || coding >= 0
          || block.indexOf(HeaderName.CONTENT_LENGTH, lengthAt + 1) >= 0) {
        return Fault.FRAMING;
      }
    }
    if (coding >= 0
        && (isHttp10
            || block.indexOf(HeaderName.TRANSFER_ENCODING, coding + 1) >= 0
            || !block.valueEqualsIgnoreCase(coding, "chunked"))) {
      return Fault.FRAMING;
    }
    isKeepAlive =
        isHttp10
            ? block.listContains(HeaderName.CONNECTION, "keep-alive")
            : !block.listContains(HeaderName.CONNECTION, "close");
    boolean bodiless = status < 200 || status == 204 || status == 304;
    length = 0;
    if (bodiless || toHead) {
      framing = Framing.NONE;
    } else if (coding >= 0) {
      framing = Framing.CHUNKED;
    } else if (announced >= 0) {
      framing = announced == 0 ? Framing.NONE : Framing.LENGTH;
      length = announced;
    } else {
      framing = Framing.CLOSE;
      isKeepAlive = false;
    }
    // HEAD and 304 announce the length that a body would have had (RFC 9110 section 8.6).
    long stated = announced >= 0 ? announced : ResponseHead.UNKNOWN_LENGTH;
    head.reset(status, reason, bodiless && status != 304 ? 0 : stated);
    return null;
  }
}
