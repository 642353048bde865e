package io.expressgateway.http.h2;

import io.expressgateway.http.Why;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.Upstream;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request on a connection to an endpoint, from its head to the end of both sides. It tells its
 * exchange nothing more once that has let go. Confined to the connection's event loop.
 */
final class Http2ClientStream implements Upstream {

  /** As on the HTTP/1.1 side. */
  private static final int MAX_FIELDS = 256;

  /** Digits of a content length that fit a long with room to spare. */
  private static final int MAX_LENGTH_DIGITS = 18;

  private static final long MALFORMED = -2;

  private final Http2ClientConnection connection;
  private final boolean reused;
  private @Nullable Exchange exchange;
  private int id;

  private boolean toHead;
  private boolean requestEnded;
  private boolean headSeen;
  private boolean interimSeen;
  private boolean endSeen;
  private boolean responseEnded;
  private boolean bodiless;
  private long announced = ResponseHead.UNKNOWN_LENGTH;
  private long received;
  private boolean reading = true;
  private int heldBytes;

  Http2ClientStream(Http2ClientConnection connection, Exchange exchange, boolean reused) {
    this.connection = connection;
    this.exchange = exchange;
    this.reused = reused;
  }

  /** The stream's number; 0 before its head is sent. */
  int id() {
    return id;
  }

  void id(int number) {
    id = number;
  }

  /** Who still listens. */
  @Nullable Exchange exchange() {
    return exchange;
  }

  // ---------------------------------------------------------------- what the endpoint sends

  void onHeaders(Http2Headers headers, boolean end) {
    Exchange current = exchange;
    endSeen |= end;
    if (current == null) {
      return;
    }
    if (headSeen) {
      trailers(headers, end);
      return;
    }
    int status = status(headers);
    if (status < 0 || status == 101 || (status < 200 && end)) {
      // RFC 9113 sections 8.1, 8.3.2 and 8.6.
      malformed();
      return;
    }
    ResponseHead head = new ResponseHead(new HeaderBlock());
    if (!read(headers, head.headers())) {
      return;
    }
    if (status < 200) {
      interimSeen = true;
      head.reset(status, "", 0);
      current.onResponseInformational(head);
      return;
    }
    announced = contentLength(head.headers());
    if (announced == MALFORMED) {
      malformed();
      return;
    }
    headSeen = true;
    boolean never = status == 204 || status == 304 || toHead;
    bodiless = never || end;
    if (end && !never) {
      if (announced > 0) {
        malformed();
        return;
      }
      if (announced < 0) {
        // So that HTTP/1.1 clients see the end as well.
        head.headers().add(HeaderName.CONTENT_LENGTH, "0");
        announced = 0;
      }
    }
    head.reset(status, "", status == 204 ? 0 : announced);
    current.onResponseHead(head, bodiless);
    if (bodiless) {
      // Without END_STREAM nothing that may follow is of use; the exchange's end resets the stream.
      ended(null);
    }
  }

  private void trailers(Http2Headers headers, boolean end) {
    if (responseEnded) {
      return;
    }
    HeaderBlock block = new HeaderBlock(256, 8);
    if (!end || hasPseudo(headers)) {
      malformed();
    } else if (read(headers, block)) {
      if (block.holdsFraming()) {
        malformed();
        return;
      }
      bodyEnded(block.size() == 0 ? null : block);
    }
  }

  private boolean read(Http2Headers headers, HeaderBlock to) {
    HeaderFields.Fault fault = HeaderFields.read(headers, to, MAX_FIELDS, UnderscoreHeaders.ALLOW);
    if (fault == null) {
      return true;
    }
    connection.reset(id, Http2Error.PROTOCOL_ERROR);
    fail(
        fault == HeaderFields.Fault.TOO_MANY
            ? Why.UPSTREAM_HEADER_TOO_LARGE
            : Why.UPSTREAM_MALFORMED);
    return false;
  }

  /** The status, or -1 unless there is exactly that one pseudo-header with three digits. */
  private static int status(Http2Headers headers) {
    int status = -1;
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      AsciiString name = AsciiString.of(field.getKey());
      if (!HeaderFields.isPseudo(name)) {
        continue;
      }
      if (status >= 0 || !name.contentEquals(Http2Headers.PseudoHeaderName.STATUS.value())) {
        return -1;
      }
      status = digits(field.getValue());
      if (status < 100) {
        return -1;
      }
    }
    return status;
  }

  private static int digits(CharSequence text) {
    if (text.length() != 3) {
      return -1;
    }
    int number = 0;
    for (int i = 0; i < 3; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      number = number * 10 + digit;
    }
    return number;
  }

  private static boolean hasPseudo(Http2Headers headers) {
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      if (HeaderFields.isPseudo(AsciiString.of(field.getKey()))) {
        return true;
      }
    }
    return false;
  }

  private static long contentLength(HeaderBlock headers) {
    int field = headers.indexOf(HeaderName.CONTENT_LENGTH);
    if (field < 0) {
      return ResponseHead.UNKNOWN_LENGTH;
    }
    int length = headers.valueLength(field);
    if (length == 0
        || length > MAX_LENGTH_DIGITS
        || headers.indexOf(HeaderName.CONTENT_LENGTH, field + 1) >= 0) {
      return MALFORMED;
    }
    long value = 0;
    int from = headers.valueOffset(field);
    for (int i = from; i < from + length; i++) {
      int digit = headers.array()[i] - '0';
      if (digit < 0 || digit > 9) {
        return MALFORMED;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  /**
   * A piece of body, the caller's.
   *
   * @return how many bytes go back to the window at once
   */
  int onData(ByteBuf data, int padding, boolean end) {
    int count = data.readableBytes();
    int bytes = count + padding;
    Exchange current = exchange;
    endSeen |= end;
    if (current == null || responseEnded) {
      return bytes;
    }
    received += count;
    if (!headSeen || (announced >= 0 && received > announced)) {
      malformed();
      return bytes;
    }
    if (count > 0) {
      current.onResponseData(data.retain());
    }
    if (end && exchange == current) {
      bodyEnded(null);
    }
    if (reading || exchange != current) {
      return bytes;
    }
    heldBytes += bytes;
    return 0;
  }

  private void bodyEnded(@Nullable HeaderBlock trailers) {
    if (announced >= 0 && received != announced) {
      malformed();
    } else {
      ended(trailers);
    }
  }

  private void ended(@Nullable HeaderBlock trailers) {
    Exchange current = exchange;
    responseEnded = true;
    if (current != null) {
      current.onResponseEnd(trailers);
    }
  }

  void onReset(long error) {
    if (error == Http2Error.REFUSED_STREAM.code() && !headSeen && !interimSeen) {
      onRefused();
    } else {
      fail(Why.UPSTREAM_RESET);
    }
  }

  /** The endpoint says that it did not process the request (RFC 9113 section 8.7). */
  void onRefused() {
    Exchange current = exchange;
    exchange = null;
    if (current != null && !responseEnded) {
      current.onUpstreamRefused();
    }
  }

  /** The connection is gone. */
  void onLost() {
    fail(headSeen ? Why.UPSTREAM_TRUNCATED : Why.UPSTREAM_CLOSED);
  }

  private void malformed() {
    connection.reset(id, Http2Error.PROTOCOL_ERROR);
    fail(Why.UPSTREAM_MALFORMED);
  }

  /** Ends the try; a response that has completely arrived stays whole. */
  void fail(Why why) {
    Exchange current = exchange;
    if (current == null || responseEnded) {
      return;
    }
    exchange = null;
    current.onUpstreamFailure(why, headSeen || interimSeen);
  }

  void onWritable() {
    Exchange current = exchange;
    if (current != null) {
      current.onUpstreamWritable();
    }
  }

  // ---------------------------------------------------------------- Upstream

  @Override
  public void sendHead(RequestHead head, String host, boolean noBody) {
    toHead = head.method().equals("HEAD");
    HeaderBlock fields = head.headers();
    Http2Headers headers = new DefaultHttp2Headers(false, fields.size() + 4);
    headers.method(head.method()).scheme("http").path(head.target());
    if (!host.isEmpty()) {
      headers.authority(host);
    }
    // Copied: HPACK's dynamic table keeps what it indexes, and the block serves the next request.
    HeaderFields.write(fields, headers);
    requestEnded = noBody;
    connection.sendHead(this, headers, noBody);
  }

  @Override
  public void sendData(ByteBuf data) {
    if (requestEnded || exchange == null) {
      data.release();
    } else {
      connection.sendData(id, data, false);
    }
  }

  @Override
  public void sendEnd(@Nullable HeaderBlock trailers) {
    if (requestEnded) {
      return;
    }
    requestEnded = true;
    if (trailers == null || trailers.size() == 0) {
      connection.sendEnd(id);
    } else {
      Http2Headers last = new DefaultHttp2Headers(false, trailers.size());
      HeaderFields.write(trailers, last);
      connection.sendTrailers(id, last);
    }
  }

  @Override
  public boolean isWritable() {
    // A stream that is gone takes everything and drops it.
    return connection.isWritable(id);
  }

  @Override
  public void readBody(boolean wanted) {
    reading = wanted;
    if (wanted && heldBytes > 0) {
      int held = heldBytes;
      heldBytes = 0;
      connection.returnWindow(id, held);
    }
  }

  @Override
  public void flush() {
    connection.flushQueued();
  }

  @Override
  public boolean isReused() {
    return reused;
  }

  @Override
  public void release(boolean reusable) {
    exchange = null;
    if (!requestEnded || !endSeen) {
      // Answered before the request was complete, or a bodiless head without its END_STREAM.
      connection.reset(id, Http2Error.CANCEL);
    }
  }

  @Override
  public void cancel() {
    exchange = null;
    connection.reset(id, Http2Error.CANCEL);
  }
}
