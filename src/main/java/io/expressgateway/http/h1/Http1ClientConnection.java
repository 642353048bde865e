package io.expressgateway.http.h1;

import io.expressgateway.http.Why;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.Upstream;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.net.OutOfMemory;
import io.expressgateway.net.PeerFault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint's side of HTTP/1.1: one pooled connection that serves one exchange at a time. A
 * connection on which anything was ambiguous, early, surplus or unfinished is closed, never reused.
 *
 * <p>Longer than most files because it is one state machine: whether a connection may be pooled
 * depends on how every step of the exchange before went, so pool, response and request meet in the
 * same few fields. Confined to its event loop.
 */
public final class Http1ClientConnection extends Http1Connection implements Upstream {

  private enum State {
    IDLE,
    HEAD,
    BODY_LENGTH,
    BODY_CHUNKED,
    BODY_CLOSE,
    TUNNEL,
    /** The whole response has been read; the exchange has not let go of the connection yet. */
    ENDED,
    CLOSED
  }

  /** TCP_ESTABLISHED of include/net/tcp_states.h. */
  private static final int TCP_ESTABLISHED = 1;

  /** What an endpoint that has ended its tunnel has to take the rest of ours. */
  private static final long LINGER_NANOS = 30_000_000_000L;

  /** Idle for less than this, a connection is trusted without asking the kernel. */
  private static final long TRUSTED_IDLE_NANOS = 100_000_000L;

  private final Worker worker;
  private final ConnectionOwner owner;
  private final ResponseParser parser = new ResponseParser();
  private final ChunkParser chunks = new ChunkParser(64 * 1024, 256, true);
  private final long openedNanos = System.nanoTime();

  private @Nullable Exchange exchange;
  private State state = State.IDLE;
  // The exchange that ended within this read: its response waits for the flush of this turn.
  private @Nullable Exchange lastServed;
  private long remaining;
  private boolean reusable;
  private boolean requestEnded;
  private boolean toHead;
  private boolean pooled;
  private boolean closeReported;
  private boolean interimStarted;
  private boolean closeNotified;
  private boolean inputEnded;
  private @Nullable ChannelFuture tunnelEnd;
  private TimerWheel.@Nullable Task lingers;
  private int served;
  private long idleSinceNanos;

  /** A connection of {@code owner} on {@code worker}'s loop. */
  public Http1ClientConnection(Worker worker, ConnectionOwner owner) {
    super(true);
    this.worker = worker;
    this.owner = owner;
  }

  // ---------------------------------------------------------------- pool

  /** Gives the connection to an exchange. */
  public Upstream lease(Exchange exchange) {
    this.exchange = exchange;
    served++;
    pooled = false;
    requestEnded = false;
    reusable = false;
    return this;
  }

  /** The connection now lies in the pool. */
  public void idle(long nowNanos) {
    pooled = true;
    idleSinceNanos = nowNanos;
  }

  /** When it was put into the pool. */
  public long idleSinceNanos() {
    return idleSinceNanos;
  }

  /** When it was opened. */
  public long openedNanos() {
    return openedNanos;
  }

  /**
   * Whether the connection can carry a request: open, quiet, and, when it has been idle for a
   * while, still established in the kernel's eyes, which may know of a FIN that the loop has not
   * read yet.
   */
  public boolean isUsable(long nowNanos) {
    Channel channel = context().channel();
    if (state != State.IDLE || !channel.isActive() || !isReading()) {
      return false;
    }
    return nowNanos - idleSinceNanos < TRUSTED_IDLE_NANOS
        || !(channel instanceof EpollSocketChannel epoll)
        || epoll.tcpInfo().state() == TCP_ESTABLISHED;
  }

  /** Closes an idle connection. */
  public void closeIdle() {
    close();
  }

  // ---------------------------------------------------------------- channel events

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      while (in.isReadable() && state != State.CLOSED) {
        step(in);
      }
    } catch (Throwable t) {
      contain(t);
    } finally {
      in.release();
    }
  }

  private void step(ByteBuf in) {
    switch (state) {
      case IDLE -> {
        // Nobody asked: what follows could be taken for the next answer.
        worker.metrics().onSecurity(worker.index(), Why.UPSTREAM_EXTRA_BYTES.code(), "close");
        in.skipBytes(in.readableBytes());
        close();
      }
      case HEAD -> head(in);
      case BODY_LENGTH -> {
        int count = (int) Math.min(remaining, in.readableBytes());
        remaining -= count;
        deliver(in.readRetainedSlice(count));
        if (remaining == 0) {
          ended(null, in.isReadable());
        }
      }
      case BODY_CHUNKED -> chunked(in);
      case BODY_CLOSE, TUNNEL -> deliver(in.readRetainedSlice(in.readableBytes()));
      case ENDED -> {
        worker.metrics().onSecurity(worker.index(), Why.UPSTREAM_EXTRA_BYTES.code(), "close");
        in.skipBytes(in.readableBytes());
        reusable = false;
      }
      case CLOSED -> in.skipBytes(in.readableBytes());
    }
  }

  private void head(ByteBuf in) {
    switch (parser.parse(in)) {
      case INCOMPLETE -> {}
      case FAILED -> {
        in.skipBytes(in.readableBytes());
        boolean tooLarge = parser.failure() == HeadParser.Fault.TOO_LARGE;
        fail(tooLarge ? Why.UPSTREAM_HEADER_TOO_LARGE : Why.UPSTREAM_MALFORMED);
      }
      case COMPLETE -> response(in);
    }
  }

  private void response(ByteBuf in) {
    ResponseHead head = parser.head();
    Exchange current = exchange;
    if (current == null) {
      close();
      return;
    }
    int status = head.status();
    if (status == 101) {
      upgrade(current, head);
      return;
    }
    if (status < 200) {
      interimStarted = true;
      current.onResponseInformational(head);
      parser.reset(toHead);
      return;
    }
    if (surplus(in)) {
      // Seen before anything was sent on: the client gets a clean 502 instead of half a truth.
      worker.metrics().onSecurity(worker.index(), Why.UPSTREAM_EXTRA_BYTES.code(), "close");
      in.skipBytes(in.readableBytes());
      fail(Why.UPSTREAM_EXTRA_BYTES);
      return;
    }
    reusable = parser.isKeepAlive();
    keepAliveHint(head.headers());
    switch (parser.framing()) {
      case NONE -> {
        current.onResponseHead(head, true);
        ended(null, false);
      }
      case LENGTH -> {
        state = State.BODY_LENGTH;
        remaining = parser.length();
        current.onResponseHead(head, false);
      }
      case CHUNKED -> {
        state = State.BODY_CHUNKED;
        chunks.reset();
        current.onResponseHead(head, false);
      }
      case CLOSE -> {
        state = State.BODY_CLOSE;
        current.onResponseHead(head, false);
      }
    }
  }

  private boolean surplus(ByteBuf in) {
    return switch (parser.framing()) {
      case NONE -> in.isReadable();
      case LENGTH -> in.readableBytes() > parser.length();
      case CHUNKED, CLOSE -> false;
    };
  }

  private void upgrade(Exchange current, ResponseHead head) {
    int protocol = head.headers().indexOf(HeaderName.UPGRADE);
    boolean isAsked = protocol >= 0 && head.headers().valueEqualsIgnoreCase(protocol, "websocket");
    if (!isAsked || !current.mayUpgrade(head)) {
      fail(Why.UPSTREAM_MALFORMED);
      return;
    }
    state = State.TUNNEL;
    // Each direction of a tunnel ends by itself.
    context().channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    current.onResponseUpgrade(head);
  }

  private void keepAliveHint(HeaderBlock headers) {
    int field = headers.indexOf(HeaderName.KEEP_ALIVE);
    if (field < 0) {
      return;
    }
    for (String element : headers.value(field).split(",", -1)) {
      String text = element.strip();
      if (text.length() > 8
          && text.length() < 18
          && text.regionMatches(true, 0, "timeout=", 0, 8)) {
        String digits = text.substring(8);
        if (digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
          owner.onKeepAliveHint(Long.parseLong(digits) * 1_000_000_000L);
        }
      }
    }
  }

  private void chunked(ByteBuf in) {
    int from = in.readerIndex();
    int payload = chunks.parse(in);
    if (payload < 0) {
      in.skipBytes(in.readableBytes());
      fail(Why.UPSTREAM_MALFORMED);
      return;
    }
    if (payload > 0) {
      deliver(in.retainedSlice(from, payload));
    }
    if (chunks.isDone() && state == State.BODY_CHUNKED) {
      ended(chunks.trailers().size() > 0 ? chunks.trailers() : null, in.isReadable());
    }
  }

  private void deliver(ByteBuf data) {
    Exchange current = exchange;
    if (current == null) {
      data.release();
    } else {
      current.onResponseData(data);
    }
  }

  private void ended(@Nullable HeaderBlock trailers, boolean surplus) {
    if (surplus) {
      worker.metrics().onSecurity(worker.index(), Why.UPSTREAM_EXTRA_BYTES.code(), "close");
      reusable = false;
    }
    Exchange current = exchange;
    if (current != null) {
      state = State.ENDED;
      current.onResponseEnd(trailers);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null) {
      current.flushDownstream();
    }
    Exchange last = lastServed;
    if (last != null) {
      lastServed = null;
      last.flushDownstream();
    }
    if (writer().isUnflushed()) {
      writer().flush();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null && ctx.channel().isWritable()) {
      current.onUpstreamWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    State before = state;
    state = State.CLOSED;
    TimerWheel.Task waits = lingers;
    if (waits != null) {
      worker.timers().cancel(waits);
    }
    reportClosed(before == State.IDLE && pooled, true);
    writer().discardHead();
    Exchange current = exchange;
    if (current == null) {
      return;
    }
    switch (before) {
      case TUNNEL -> {
        // What ends cleanly was told before, by FIN or close_notify.
        exchange = null;
        current.onUpstreamFailure(Why.UPSTREAM_TRUNCATED, true);
      }
      case BODY_CLOSE -> {
        if (isSecured(ctx) && !closeNotified) {
          // Whoever cut the connection could have cut the body (RFC 9112 section 9.8).
          exchange = null;
          current.onUpstreamFailure(Why.UPSTREAM_TRUNCATED, true);
          return;
        }
        current.onResponseEnd(null);
        current.flushDownstream();
      }
      case BODY_LENGTH, BODY_CHUNKED -> {
        exchange = null;
        current.onUpstreamFailure(Why.UPSTREAM_TRUNCATED, true);
      }
      case HEAD -> {
        boolean begun = parser.hasBegun() || interimStarted;
        exchange = null;
        current.onUpstreamFailure(Why.UPSTREAM_CLOSED, begun);
      }
      case IDLE, ENDED, CLOSED -> {}
    }
  }

  private static boolean isSecured(ChannelHandlerContext ctx) {
    return ctx.pipeline().get(SslHandler.class) != null;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
      closeNotified = true;
      if (state == State.TUNNEL) {
        endOfInput(ctx);
      } else {
        // Nothing comes behind it, whether or not the endpoint closes its socket.
        ctx.close();
      }
    } else if (event instanceof ChannelInputShutdownEvent && state == State.TUNNEL) {
      endOfInput(ctx);
    }
  }

  /** The endpoint's FIN within a tunnel; we may still send. */
  private void endOfInput(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (inputEnded || current == null) {
      return;
    }
    inputEnded = true;
    if (isSecured(ctx) && !closeNotified) {
      // Whoever cut the connection could have cut the tunnel.
      fail(Why.UPSTREAM_TRUNCATED);
      return;
    }
    try {
      current.onResponseEnd(null);
      current.flushDownstream();
    } catch (Throwable t) {
      contain(t);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (PeerFault.is(cause)) {
      if (state == State.BODY_CLOSE || state == State.TUNNEL) {
        // Only a FIN ends such a body; a reset truncates it.
        fail(Why.UPSTREAM_TRUNCATED);
      }
      ctx.close();
    } else {
      contain(cause);
    }
  }

  private void contain(Throwable cause) {
    OutOfMemory.haltOn(cause);
    worker.metrics().onContainedException(worker.index(), cause);
    fail(Why.INTERNAL_ERROR);
  }

  private void fail(Why why) {
    Exchange current = exchange;
    exchange = null;
    boolean begun = state != State.HEAD || parser.hasBegun() || interimStarted;
    close();
    if (current != null) {
      current.onUpstreamFailure(why, begun);
    }
  }

  private void close() {
    boolean wasIdle = state == State.IDLE && pooled;
    state = State.CLOSED;
    reportClosed(wasIdle, false);
    writer().discardHead();
    context().close();
  }

  private void reportClosed(boolean wasIdle, boolean byPeer) {
    if (!closeReported) {
      closeReported = true;
      owner.onClosed(this, wasIdle, byPeer);
    }
  }

  // ---------------------------------------------------------------- Upstream

  @Override
  public void sendHead(RequestHead head, String host, boolean bodiless) {
    toHead = head.method().equals("HEAD");
    parser.reset(toHead);
    interimStarted = false;
    state = State.HEAD;
    boolean chunked = head.contentLength() == RequestHead.UNKNOWN_LENGTH;
    ByteBuf out = writer().beginHead(head.headers().used());
    HeadWriter.requestLine(out, head, host);
    HeadWriter.fields(out, head.headers());
    if (chunked) {
      HeadWriter.chunked(out);
    }
    HeadWriter.end(out);
    writer().chunked(chunked);
  }

  @Override
  public void sendData(ByteBuf data) {
    if (state == State.CLOSED) {
      data.release();
    } else {
      writer().data(data);
    }
  }

  @Override
  public void sendEnd(@Nullable HeaderBlock trailers) {
    requestEnded = true;
    if (state == State.TUNNEL) {
      endTunnel();
    } else if (state != State.CLOSED) {
      writer().end(trailers);
    }
  }

  private void endTunnel() {
    if (tunnelEnd != null) {
      return;
    }
    writer().flush();
    SslHandler secured = context().pipeline().get(SslHandler.class);
    if (secured != null) {
      tunnelEnd = secured.closeOutbound();
      return;
    }
    // Behind everything that is still queued: a shutdown drops what has not been written yet.
    ChannelFuture last = context().writeAndFlush(Unpooled.EMPTY_BUFFER);
    tunnelEnd = last;
    last.addListener(done -> {
      if (done.isSuccess() && context().channel() instanceof DuplexChannel duplex) {
        duplex.shutdownOutput();
      }
    });
  }

  @Override
  public boolean isWritable() {
    // A closed connection takes everything and drops it: nobody must wait for it to become
    // writable.
    return state == State.CLOSED || context().channel().isWritable();
  }

  @Override
  public void readBody(boolean wanted) {
    read(wanted);
  }

  @Override
  public void flush() {
    if (state != State.CLOSED) {
      writer().flush();
    }
  }

  @Override
  public boolean isReused() {
    return served > 1;
  }

  @Override
  public void release(boolean mayReuse) {
    lastServed = exchange;
    exchange = null;
    if (mayReuse && reusable && requestEnded && context().channel().isActive()) {
      state = State.IDLE;
      readBody(true);
      owner.onReusable(this);
    } else if (state == State.TUNNEL && tunnelEnd != null) {
      closeBehind(tunnelEnd);
    } else {
      close();
    }
  }

  /** The tunnel has ended on both sides, but the endpoint may not have taken all of it yet. */
  private void closeBehind(ChannelFuture end) {
    lingers =
        new TimerWheel.Task() {
          @Override
          protected void onDeadline(long nowNanos) {
            reset();
          }
        };
    worker.timers().arm(lingers, System.nanoTime() + LINGER_NANOS);
    end.addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void cancel() {
    exchange = null;
    if (state == State.TUNNEL) {
      reset();
    } else {
      close();
    }
  }

  /**
   * Ends a tunnel so that the endpoint notices: with a reset, which no FIN and no alert precede.
   */
  private void reset() {
    ChannelHandlerContext ctx = context();
    if (ctx.channel().isOpen() && ctx.channel() instanceof SocketChannel socket) {
      socket.config().setSoLinger(0);
    }
    SslHandler secured = ctx.pipeline().get(SslHandler.class);
    ChannelHandlerContext past = secured == null ? null : ctx.pipeline().context(secured);
    if (past != null) {
      past.close();
    }
    close();
  }
}
