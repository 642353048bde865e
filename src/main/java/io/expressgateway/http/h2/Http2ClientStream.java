package io.expressgateway.http.h2;

import io.expressgateway.http.Why;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.Upstream;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import org.jspecify.annotations.Nullable;

/**
 * One request on a connection to an endpoint, from its head to the end of both sides. It tells its
 * exchange nothing more once that has let go. Confined to the connection's event loop.
 */
final class Http2ClientStream implements Upstream, RoomQueue.Waiter {

  /** As on the HTTP/1.1 side. */
  private static final int MAX_FIELDS = 256;

  /** Digits of a content length that fit a long with room to spare. */
  private static final int MAX_LENGTH_DIGITS = 18;

  private static final long MALFORMED = -2;

  private final Http2ClientConnection connection;
  private final boolean reused;
  private @Nullable Exchange exchange;
  private int id;

  private boolean awaitsRoom;
  private boolean toHead;
  // CONNECT with :protocol (RFC 8441), and whether it is a tunnel already.
  private boolean isConnect;
  private boolean isTunnel;
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

  void onHeaders(FieldBlock fields, boolean end) {
    Exchange current = exchange;
    endSeen |= end;
    if (current == null) {
      return;
    }
    if (headSeen) {
      trailers(fields, end);
      return;
    }
    int status = status(fields);
    if (status < 0 || status == 101 || (status < 200 && end)) {
      // RFC 9113 sections 8.1, 8.3.2 and 8.6.
      malformed();
      return;
    }
    if (!isAcceptable(fields)) {
      return;
    }
    ResponseHead head = new ResponseHead(fields.block());
    if (status < 200) {
      interimSeen = true;
      head.reset(status, "", 0);
      current.onResponseInformational(head);
      return;
    }
    if (isConnect && status < 300) {
      opened(current, head, status, end);
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

  /** RFC 8441 section 5: the WebSocket is open. */
  private void opened(Exchange current, ResponseHead head, int status, boolean end) {
    headSeen = true;
    isTunnel = true;
    // RFC 9110 section 9.3.6: such an answer has no length.
    head.headers().remove(HeaderName.CONTENT_LENGTH);
    head.reset(status, "", ResponseHead.UNKNOWN_LENGTH);
    current.onResponseUpgrade(head);
    if (end) {
      ended(null);
    }
  }

  private void trailers(FieldBlock fields, boolean end) {
    if (responseEnded) {
      return;
    }
    if (!end || isTunnel || fields.hasPseudo()) {
      malformed();
    } else if (isAcceptable(fields)) {
      if (fields.block().holdsFraming()) {
        malformed();
        return;
      }
      bodyEnded(fields.block().size() == 0 ? null : fields.block());
    }
  }

  private boolean isAcceptable(FieldBlock fields) {
    if (!fields.isMalformed() && fields.count() <= MAX_FIELDS) {
      return true;
    }
    connection.reset(id, Http2Error.PROTOCOL_ERROR);
    fail(fields.isMalformed() ? Why.UPSTREAM_MALFORMED : Why.UPSTREAM_HEADER_TOO_LARGE);
    return false;
  }

  /** The status, or -1 unless there is exactly that one pseudo-header with three digits. */
  private static int status(FieldBlock fields) {
    String status = fields.status();
    return status == null || fields.isRequest() ? -1 : digits(status);
  }

  private static int digits(String text) {
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
    return number < 100 ? -1 : number;
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
    if (current == null || (responseEnded && !isTunnel)) {
      return;
    }
    exchange = null;
    current.onUpstreamFailure(why, headSeen || interimSeen);
  }

  @Override
  public void lookForRoom() {
    awaitsRoom = false;
    Exchange current = exchange;
    if (current != null && isWritable()) {
      current.onUpstreamWritable();
    }
  }

  // ---------------------------------------------------------------- Upstream

  @Override
  public void sendHead(RequestHead head, String host, boolean noBody) {
    Exchange current = exchange;
    isConnect = current != null && current.mayUpgrade();
    toHead = head.method().equals("HEAD");
    FieldBlock fields =
        FieldBlock.request(
            isConnect ? "CONNECT" : head.method(),
            connection.scheme(),
            host,
            head.target(),
            head.headers());
    if (isConnect) {
      fields.protocol("websocket");
      connection.sendConnect(this, fields);
      return;
    }
    requestEnded = noBody;
    connection.sendHead(this, fields, noBody);
  }

  /** The endpoint does not offer RFC 8441, as its SETTINGS say. */
  void onNotOffered() {
    Exchange current = exchange;
    exchange = null;
    if (current != null) {
      current.onUpstreamUnavailable(Why.UPGRADE_NOT_SUPPORTED);
    }
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
    if (requestEnded || (isConnect && !isTunnel)) {
      // The head of a CONNECT is no whole request.
      return;
    }
    requestEnded = true;
    if (trailers == null || trailers.size() == 0) {
      connection.sendEnd(id);
    } else {
      connection.sendTrailers(id, FieldBlock.trailers(trailers));
    }
  }

  @Override
  public boolean isWritable() {
    boolean hasRoom = connection.hasRoom(id);
    if (!hasRoom && !awaitsRoom) {
      awaitsRoom = true;
      connection.rooms().add(this);
    }
    return hasRoom;
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
    if (id == 0) {
      connection.forget(this);
    } else {
      connection.reset(id, Http2Error.CANCEL);
    }
  }
}
