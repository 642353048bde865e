package io.expressgateway.http.h1;

import io.expressgateway.http.Why;
import io.expressgateway.http.proxy.ConnectionRegistry;
import io.expressgateway.http.proxy.Downstream;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.HeldBytes;
import io.expressgateway.http.proxy.ListenerContext;
import io.expressgateway.http.proxy.Peer;
import io.expressgateway.http.proxy.ServerConnection;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.http.proxy.WriteStall;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.RuleCount;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.net.OutOfMemory;
import io.expressgateway.net.PeerFault;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import io.expressgateway.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of HTTP/1.1: one connection, one exchange at a time (RFC 9112 section 9).
 *
 * <p>Requests that arrive while one is answered (pipelining) stay unparsed in the buffer they were
 * read into; when more of them wait than the listener allows, reading stops, so the queue is the
 * client's own socket.
 *
 * <p>Longer than most files because it is one state machine: what is read, written, waited for and
 * closed are steps over the same state, and each of them asks where the others are. Parsing and
 * writing bytes is done elsewhere ({@link RequestParser}, {@link ChunkParser}, {@link
 * MessageWriter}). Confined to the connection's event loop.
 */
public final class Http1ServerConnection extends Http1Connection
    implements Downstream, ServerConnection, HeldBytes.Holder {

  private enum State {
    HEAD,
    BODY_LENGTH,
    BODY_CHUNKED,
    RESPONDING,
    TUNNEL,
    CLOSING
  }

  /** How often a body's rate is looked at; a slower body than the floor is seen after two looks. */
  private static final long RATE_WINDOW_NANOS = 5_000_000_000L;

  /** After an early answer the rest of the request is read and dropped for this long. */
  private static final long LINGER_NANOS = 2_000_000_000L;

  private final Worker worker;
  private final ListenerContext listener;
  private final HttpLimits limits;
  private final ConnectionRegistry registry;
  private final RequestParser parser;
  private final ChunkParser chunks;
  private final WriteStall stall;
  private final Timer timer = new Timer();

  private @Nullable Peer peer;
  private @Nullable SslHandler tls;
  private String servedAuthority = "";
  private @Nullable Exchange exchange;
  private State state = State.HEAD;
  private long remaining;
  private @Nullable ByteBuf held;
  private boolean processing;
  private boolean keepAlive = true;
  private boolean bodyWanted = true;
  private boolean takesTrailers;
  private @Nullable RuleCount glitches;
  private int requests;
  private boolean inputEnded;

  private long headStartNanos;
  private long idleSinceNanos;
  private long bodyByteNanos;
  private long windowStartNanos;
  private long windowBytes;
  private boolean windowPaused;
  private final InetSocketAddress client;
  private long lingerUntilNanos;
  private long leaveAtNanos = Long.MAX_VALUE;

  /** Whether a close_notify has ended both directions. */
  private boolean isTlsEnded;

  /** When the timer is due; {@link Long#MAX_VALUE} while it is not armed. */
  private long armedNanos = Long.MAX_VALUE;

  private long endOfLifeNanos = Long.MAX_VALUE;
  private boolean keepsBody;
  private boolean closeAfterFlush;
  private @Nullable ChannelFuture outputEnd;

  /**
   * A connection that {@code listener} accepted on {@code worker}'s loop.
   *
   * @param client the connection's peer, or whom that peer has introduced
   */
  public Http1ServerConnection(
      Worker worker,
      ListenerContext listener,
      ConnectionRegistry registry,
      InetSocketAddress client) {
    // Reactor Netty's listeners leave reading off; channelActive switches it on.
    super(false);
    this.client = client;
    this.worker = worker;
    this.listener = listener;
    this.limits = listener.spec().http();
    this.registry = registry;
    this.stall = new WriteStall(limits);
    this.parser = new RequestParser(limits, listener.spec().protocol().text());
    this.chunks =
        new ChunkParser(
            limits.maxHeaderBytes(),
            limits.maxHeaderFields(),
            limits.underscoreHeaders() == UnderscoreHeaders.ALLOW);
    parser.reset();
  }

  // ---------------------------------------------------------------- channel events

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    this.tls = ctx.pipeline().get(SslHandler.class);
    this.peer = new Peer(client, listener, tls);
    registry.add(this);
    idleSinceNanos = System.nanoTime();
    endOfLifeNanos = worker.endOfLife(idleSinceNanos, limits.maxConnectionAge());
    armIdle();
    read(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      ByteBuf in = (ByteBuf) message;
      if (held != null) {
        in = joinHeld(in);
      }
      process(in);
    } catch (Throwable t) {
      contain(t);
    }
  }

  private ByteBuf joinHeld(ByteBuf more) {
    ByteBuf before = held;
    held = null;
    if (before == null) {
      return more;
    }
    ByteBuf both = context().alloc().directBuffer(before.readableBytes() + more.readableBytes());
    both.writeBytes(before).writeBytes(more);
    before.release();
    more.release();
    return both;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (current != null) {
      current.flushUpstream();
    }
    flush();
    if (!isReading() && ctx.channel().config().isAutoRead()) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    Exchange current = exchange;
    if (ctx.channel().isWritable()) {
      stall.end();
      worker.held().remove(this);
      if (current != null) {
        current.onDownstreamWritable();
      }
    } else if (!stall.isRunning()) {
      stall.begin(System.nanoTime(), takenBytes());
      armSooner(stall.deadline());
    }
    if (!ctx.channel().isWritable()) {
      worker.held().register(this);
      worker.held().add(pendingBytes());
    }
  }

  @Override
  public Object owner() {
    return peer().address().getAddress();
  }

  @Override
  public long heldBytes() {
    Exchange current = exchange;
    return pendingBytes() + (current == null ? 0 : current.keptBytes());
  }

  /** Request body that is kept for another try counts while it is. */
  private void holds(Exchange current, int bytes) {
    if (current.keptBytes() > 0) {
      keepsBody = true;
      worker.held().register(this);
      worker.held().add(bytes);
    }
  }

  @Override
  public void letGo() {
    worker.metrics().onSecurity(worker.index(), Rule.HELD_BYTES.text(), "close");
    Exchange current = exchange;
    if (current != null) {
      current.onDownstreamFailure(Why.HELD_BYTES);
    } else {
      abort();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    // Over TLS the end is what the close_notify says; a FIN without one follows it or cuts it off.
    boolean isNotified = event instanceof SslCloseCompletionEvent closed && closed.isSuccess();
    if (inputEnded || !(isNotified || event instanceof ChannelInputShutdownEvent)) {
      return;
    }
    Exchange current = exchange;
    if (state == State.TUNNEL && tls != null && !isNotified && current != null) {
      // Whoever cut the connection could have cut the tunnel (RFC 8446 section 6.1).
      inputEnded = true;
      current.onDownstreamGone();
      close();
    } else {
      isTlsEnded = isNotified;
      onInputEnd();
    }
  }

  /**
   * The client sent its FIN. Whether it still reads cannot be known: a client that said {@code
   * Connection: close} or has pipelined more, and has sent all it had, is answered; one that meant
   * to go on and closes before its response has gone away, and the endpoint need not work for it.
   * So has one that says the end of TLS, behind which BoringSSL sends nothing either.
   */
  private void onInputEnd() {
    inputEnded = true;
    keepAlive = keepAlive && held != null;
    Exchange current = exchange;
    if (current == null) {
      state = State.CLOSING;
      // Not at once: the last response may still wait for the client to take it.
      closeGracefully();
    } else if (state == State.TUNNEL) {
      current.onRequestEnd(null);
    } else if (isTlsEnded || !current.isRequestEnded() || (parser.isKeepAlive() && held == null)) {
      current.onDownstreamGone();
      close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    state = State.CLOSING;
    registry.remove(this);
    worker.held().remove(this);
    worker.timers().cancel(timer);
    releaseHeld();
    writer().discardHead();
    Exchange current = exchange;
    if (current != null) {
      current.onDownstreamGone();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    releaseHeld();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (PeerFault.is(cause)) {
      ctx.close();
    } else {
      contain(cause);
    }
  }

  /** Something of ours threw: the connection ends, the listener goes on. */
  private void contain(Throwable cause) {
    OutOfMemory.haltOn(cause);
    worker.metrics().onContainedException(worker.index(), cause);
    context().close();
  }

  // ---------------------------------------------------------------- reading requests

  /** Takes ownership of {@code in}. */
  private void process(ByteBuf in) {
    processing = true;
    try {
      while (in.isReadable() && step(in)) {}
      if (state == State.RESPONDING && in.isReadable()) {
        hold(in);
        in = null;
      }
    } finally {
      processing = false;
      if (in != null) {
        in.release();
      }
    }
  }

  /** Reads one step on; false when what is left must wait. */
  private boolean step(ByteBuf in) {
    switch (state) {
      case HEAD -> head(in);
      case BODY_LENGTH -> bodyOfLength(in);
      case BODY_CHUNKED -> bodyOfChunks(in);
      case RESPONDING -> {
        return false;
      }
      case TUNNEL -> {
        Exchange current = exchange;
        if (current != null) {
          current.onRequestData(in.readRetainedSlice(in.readableBytes()));
        }
      }
      case CLOSING -> in.skipBytes(in.readableBytes());
    }
    return true;
  }

  private void head(ByteBuf in) {
    boolean first = !parser.hasBegun();
    HeadParser.Progress progress = parser.parse(in);
    if (first) {
      headStartNanos = System.nanoTime();
    }
    switch (progress) {
      case COMPLETE -> request();
      case FAILED -> refuse(why(parser.failure()));
      case INCOMPLETE -> {
        if (!parser.hasBegun()) {
          // An empty line, as old clients send one behind a body (RFC 9112 section 2.2).
          armIdle();
        } else if (first) {
          arm(headStartNanos + limits.headerTimeout().toNanos());
        }
      }
    }
  }

  private static Why why(HeadParser.Fault fault) {
    return switch (fault) {
      case START_LINE -> Why.BAD_REQUEST_LINE;
      case VERSION -> Why.VERSION_NOT_SUPPORTED;
      case HEADER -> Why.BAD_HEADER;
      case HOST -> Why.BAD_HOST;
      case FRAMING -> Why.BAD_FRAMING;
      case CODING -> Why.CODING_NOT_SUPPORTED;
      case UNDERSCORE -> Why.UNDERSCORE_HEADER;
      case UPGRADE_WITH_BODY -> Why.UPGRADE_WITH_BODY;
      case TOO_LARGE -> Why.HEADER_TOO_LARGE;
      case START_LINE_TOO_LARGE -> Why.URI_TOO_LONG;
      case EXPECTATION -> Why.EXPECTATION_FAILED;
    };
  }

  /** Answers a request that cannot be trusted any further, and closes (RFC 9112 section 9.6). */
  private void refuse(Why why) {
    worker.metrics().onSecurity(worker.index(), why.code(), "reject");
    keepAlive = false;
    state = State.RESPONDING;
    Exchange refused =
        new Exchange(worker, peer(), this, refusedHead(), parser.size(), headStartNanos, false);
    exchange = refused;
    refused.refuse(why);
  }

  /** A head without content: what was parsed so far is not to be shown to anybody. */
  private RequestHead refusedHead() {
    return new RequestHead(new HeaderBlock(16, 1));
  }

  private void request() {
    RequestHead head = parser.head();
    requests++;
    keepAlive =
        parser.isKeepAlive() && !registry.isDraining() && requests < limits.maxKeepAliveRequests();
    if (head.method().equals("CONNECT")) {
      refuse(Why.CONNECT_REFUSED);
      return;
    }
    if (tls != null && !isRightlyDirected(tls, head.authority())) {
      refuse(Why.MISDIRECTED);
      return;
    }
    if (parser.isUpgradeToHttp2()) {
      worker.metrics().onSecurity(worker.index(), "upgrade-h2c", "strip");
    }
    if ((parser.isUpgradeToHttp2() || parser.hadEmptyLine()) && isTooOdd(1)) {
      refuse(Why.GLITCHES);
      return;
    }
    // Before anybody strips it: what the client said about its own connection.
    takesTrailers =
        head.headers().contains(HeaderName.TE)
            && head.headers().listContains(HeaderName.TE, "trailers");
    Exchange begun =
        new Exchange(worker, peer(), this, head, parser.size(), headStartNanos, parser.isUpgrade());
    exchange = begun;
    bodyWanted = true;
    long length = head.contentLength();
    if (length == 0) {
      state = State.RESPONDING;
      begun.begin();
      begun.onRequestEnd(null);
      return;
    }
    if (length == RequestHead.UNKNOWN_LENGTH) {
      state = State.BODY_CHUNKED;
      chunks.reset();
    } else {
      state = State.BODY_LENGTH;
      remaining = length;
    }
    bodyByteNanos = headStartNanos;
    windowStartNanos = headStartNanos;
    windowBytes = 0;
    windowPaused = false;
    arm(headStartNanos + Math.min(RATE_WINDOW_NANOS, limits.bodyIdleTimeout().toNanos()));
    begun.begin();
  }

  /** Asked once per authority: a connection's requests usually name the same one. */
  private boolean isRightlyDirected(SslHandler over, String authority) {
    ServerTls certificates = listener.tls();
    if (certificates == null || authority.equals(servedAuthority)) {
      return true;
    }
    if (!certificates.serves(authority, over.engine())) {
      return false;
    }
    servedAuthority = authority;
    return true;
  }

  /** Counts what is odd, cheap for the client and let pass; whether that was too often. */
  private boolean isTooOdd(int times) {
    RuleCount count = glitches;
    if (count == null) {
      count = new RuleCount(Rule.GLITCHES, listener.rules(), headStartNanos);
      glitches = count;
    }
    for (int i = 0; i < times; i++) {
      switch (count.count()) {
        case ALLOWED -> {}
        case OBSERVED ->
            worker.metrics().onSecurity(worker.index(), Why.GLITCHES.code(), Rule.OBSERVED);
        case REFUSED -> {
          return true;
        }
      }
    }
    return false;
  }

  private void bodyOfLength(ByteBuf in) {
    int count = (int) Math.min(remaining, in.readableBytes());
    remaining -= count;
    ByteBuf data = in.readRetainedSlice(count);
    body(data, remaining == 0, null);
  }

  private void bodyOfChunks(ByteBuf in) {
    int from = in.readerIndex();
    int payload = chunks.parse(in);
    if (payload < 0) {
      in.skipBytes(in.readableBytes());
      badChunk();
      return;
    }
    int extensions = chunks.takeExtensions();
    Exchange current = exchange;
    if (extensions > 0 && current != null && isTooOdd(extensions)) {
      in.skipBytes(in.readableBytes());
      failBody(current, Why.GLITCHES);
      return;
    }
    boolean done = chunks.isDone();
    ByteBuf data = in.retainedSlice(from, payload);
    body(data, done, done && chunks.trailers().size() > 0 ? chunks.trailers() : null);
  }

  private void badChunk() {
    worker.metrics().onSecurity(worker.index(), Why.BAD_CHUNK.code(), "reject");
    keepAlive = false;
    Exchange current = exchange;
    if (current != null) {
      current.onDownstreamFailure(Why.BAD_CHUNK);
    }
  }

  private void body(ByteBuf data, boolean last, @Nullable HeaderBlock trailers) {
    int count = data.readableBytes();
    bodyByteNanos = System.nanoTime();
    windowBytes += count;
    Exchange current = exchange;
    if (current == null) {
      data.release();
      return;
    }
    if (last) {
      state = State.RESPONDING;
    }
    if (count > 0) {
      current.onRequestData(data);
      holds(current, count);
    } else {
      data.release();
    }
    if (last) {
      read(true);
      current.onRequestEnd(trailers);
    }
  }

  /** Keeps what came behind the current request; takes ownership. */
  private void hold(ByteBuf in) {
    held = in;
    if (waitingRequests(in) >= limits.maxPipelined()
        || in.readableBytes() > limits.maxHeaderBytes()) {
      worker.metrics().onSecurity(worker.index(), "pipelining", "pause");
      read(false);
    }
  }

  /** How many heads may have begun in the bytes that wait: one more than there are empty lines. */
  private static int waitingRequests(ByteBuf in) {
    int count = 1;
    int end = in.writerIndex() - 3;
    for (int i = in.readerIndex(); i < end; i++) {
      if (in.getByte(i) == '\r'
          && in.getByte(i + 1) == '\n'
          && in.getByte(i + 2) == '\r'
          && in.getByte(i + 3) == '\n') {
        count++;
        i += 3;
      }
    }
    return count;
  }

  // ---------------------------------------------------------------- writing responses

  @Override
  public void sendInformational(ResponseHead head) {
    ByteBuf out = beginHead(head);
    HeadWriter.fields(out, head.headers());
    HeadWriter.end(out);
  }

  @Override
  public void sendHead(ResponseHead head, boolean bodiless) {
    HeaderBlock headers = head.headers();
    boolean http10 = parser.head().version() == HttpVersion.HTTP_1_0;
    boolean chunked = !bodiless && head.contentLength() == ResponseHead.UNKNOWN_LENGTH && !http10;
    if (!isRequestEnded() || (!bodiless && !chunked && unknownLength(head))) {
      keepAlive = false;
    }
    if (registry.isDraining() || isOld()) {
      keepAlive = false;
    }
    headers.remove(HeaderName.CONNECTION);
    ByteBuf out = beginHead(head);
    HeadWriter.fields(out, headers);
    if (!headers.contains(HeaderName.DATE)) {
      out.writeBytes(worker.date().line());
    }
    if (chunked) {
      HeadWriter.chunked(out);
    }
    if (!keepAlive) {
      HeadWriter.close(out);
    } else if (http10) {
      HeadWriter.keepAlive(out);
    }
    HeadWriter.end(out);
    writer().chunked(chunked);
  }

  private boolean isOld() {
    return endOfLifeNanos != Long.MAX_VALUE && System.nanoTime() - endOfLifeNanos >= 0;
  }

  private static boolean unknownLength(ResponseHead head) {
    return head.contentLength() == ResponseHead.UNKNOWN_LENGTH;
  }

  private ByteBuf beginHead(ResponseHead head) {
    ByteBuf out = writer().beginHead(head.headers().used());
    out.writeBytes(Statuses.line(head.status(), head.reason(), isUsualReason(head)));
    return out;
  }

  private static boolean isUsualReason(ResponseHead head) {
    return head.reason().isEmpty() || head.reason().equals(Statuses.reason(head.status()));
  }

  private boolean isRequestEnded() {
    return state == State.RESPONDING;
  }

  @Override
  public void sendUpgrade(ResponseHead head) {
    ByteBuf out = beginHead(head);
    HeadWriter.fields(out, head.headers());
    HeadWriter.end(out);
    MessageWriter to = writer();
    to.chunked(false);
    keepAlive = false;
    state = State.TUNNEL;
    to.flush();
    if (registry.isDraining()) {
      // Not from within the exchange's own step.
      worker.eventLoop().execute(this::drainTunnel);
    }
    ByteBuf early = held;
    held = null;
    if (early != null) {
      process(early);
    }
  }

  private void drainTunnel() {
    Exchange current = exchange;
    if (current != null && state == State.TUNNEL) {
      current.onDrain();
    }
  }

  @Override
  public void sendData(ByteBuf data) {
    writer().data(data);
  }

  @Override
  public void sendEnd(@Nullable HeaderBlock trailers) {
    // RFC 9110 section 6.5.1: a client that does not ask for trailers may merge or drop them.
    writer().end(takesTrailers ? trailers : null);
    if (state == State.TUNNEL && outputEnd == null) {
      writer().flush();
      endOutput();
    }
  }

  private void linger() {
    read(true);
    lingerUntilNanos = System.nanoTime() + LINGER_NANOS;
    arm(lingerUntilNanos);
  }

  /** Our side ends behind what is queued; over TLS with the close_notify that makes it credible. */
  private void endOutput() {
    Channel channel = context().channel();
    ChannelFuture last =
        tls != null
            ? tls.closeOutbound()
            : context().writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER);
    outputEnd = last;
    last.addListener(done -> {
      if (done.isSuccess() && channel instanceof io.netty.channel.socket.DuplexChannel duplex) {
        duplex.shutdownOutput();
        if (state == State.CLOSING) {
          linger();
        }
      } else {
        channel.close();
      }
    });
  }

  @Override
  public void abort() {
    writer().discardHead();
    // A reset, not a FIN: a client that reads until close must not take this for the end.
    ChannelHandlerContext context = context();
    // A socket that is closed already takes no options.
    if (context.channel().isOpen()
        && context.channel() instanceof io.netty.channel.socket.SocketChannel socket) {
      socket.config().setSoLinger(0);
    }
    state = State.CLOSING;
    SslHandler over = tls;
    if (over != null && context.pipeline().context(over) != null) {
      // Past the TLS handler: its close_notify would say that this was the whole truth.
      context.pipeline().context(over).close();
    } else {
      context.close();
    }
  }

  @Override
  public boolean isWritable() {
    return context().channel().isWritable();
  }

  @Override
  public boolean isOpen() {
    return context().channel().isActive();
  }

  @Override
  public void readBody(boolean wanted) {
    bodyWanted = wanted;
    if (state == State.BODY_LENGTH || state == State.BODY_CHUNKED || state == State.TUNNEL) {
      read(wanted);
      if (wanted) {
        bodyByteNanos = System.nanoTime();
      } else {
        windowPaused = true;
      }
    }
  }

  @Override
  public void flush() {
    writer().flush();
    if (closeAfterFlush) {
      closeAfterFlush = false;
      closeGracefully();
    }
  }

  @Override
  public void exchangeEnded() {
    exchange = null;
    if (keepsBody) {
      keepsBody = false;
      worker.held().remove(this);
    }
    if (state == State.CLOSING || !isOpen()) {
      return;
    }
    boolean readAll = state == State.RESPONDING;
    if (state == State.TUNNEL || !keepAlive || !readAll) {
      state = State.CLOSING;
      closeAfterFlush = true;
      if (!processing) {
        flush();
      }
      return;
    }
    parser.reset();
    state = State.HEAD;
    idleSinceNanos = System.nanoTime();
    armIdle();
    // Before what waits is looked at: when too much of it still waits, hold() stops reading again.
    read(true);
    ByteBuf next = held;
    held = null;
    if (next != null) {
      if (processing) {
        throw new IllegalStateException("a request was held while its bytes are being processed");
      }
      process(next);
      Exchange begun = exchange;
      if (begun != null) {
        begun.flushUpstream();
      }
      flush();
      if (inputEnded) {
        onInputEnd();
      }
    }
  }

  /**
   * Closes so that the client still gets the response: our side first, then what it was still
   * sending is read and dropped for a while, because a reset would take the response away (RFC 9112
   * section 9.6).
   */
  private void closeGracefully() {
    Channel channel = context().channel();
    ChannelFuture ending = outputEnd;
    if (inputEnded || !(channel instanceof io.netty.channel.socket.DuplexChannel)) {
      ChannelFuture last =
          ending != null ? ending : context().writeAndFlush(io.netty.buffer.Unpooled.EMPTY_BUFFER);
      last.addListener(ChannelFutureListener.CLOSE);
      return;
    }
    releaseHeld();
    // Until the client has taken everything, this is a write that may stall.
    lingerUntilNanos = System.nanoTime() + LINGER_NANOS;
    arm(lingerUntilNanos);
    if (ending == null) {
      endOutput();
    } else if (ending.isDone()) {
      linger();
    }
  }

  private void close() {
    state = State.CLOSING;
    context().close();
  }

  private void releaseHeld() {
    if (held != null) {
      ReferenceCountUtil.release(held);
      held = null;
    }
  }

  // ---------------------------------------------------------------- drain

  @Override
  public void drain(long spreadNanos) {
    keepAlive = false;
    if (state == State.TUNNEL) {
      if (spreadNanos <= 0) {
        drainTunnel();
      } else {
        leaveAtNanos = System.nanoTime() + Math.floorMod(worker.random(), spreadNanos);
        arm(leaveAtNanos);
      }
      return;
    }
    if (exchange != null || parser.hasBegun() || !isOpen()) {
      return;
    }
    if (spreadNanos <= 0 && pendingBytes() > 0) {
      state = State.CLOSING;
      closeGracefully();
    } else if (spreadNanos <= 0) {
      close();
    } else {
      leaveAtNanos = System.nanoTime() + Math.floorMod(worker.random(), spreadNanos);
      arm(leaveAtNanos);
    }
  }

  @Override
  public void shutDown() {
    Exchange current = exchange;
    if (current != null) {
      current.onShutdown();
    } else if (isOpen() && pendingBytes() > 0) {
      // What is lost here must not look like the end of a response.
      abort();
    }
    context().close();
  }

  // ---------------------------------------------------------------- timers

  private void arm(long deadlineNanos) {
    armedNanos = deadlineNanos;
    worker.timers().arm(timer, deadlineNanos);
  }

  /** One more wait: the earlier counts, and its end finds the other. */
  private void armSooner(long deadlineNanos) {
    if (deadlineNanos < armedNanos) {
      arm(deadlineNanos);
    }
  }

  private void armIdle() {
    arm(Math.min(idleSinceNanos + limits.keepAliveTimeout().toNanos(), leaveAtNanos));
  }

  /** One timer for all of the connection's waits; which of them is over depends on the state. */
  private final class Timer extends TimerWheel.Task {
    @Override
    protected void onDeadline(long nowNanos) {
      armedNanos = Long.MAX_VALUE;
      try {
        long next = check(nowNanos);
        if (next != 0) {
          arm(next);
        }
      } catch (Throwable t) {
        contain(t);
      }
    }
  }

  /** Acts on what is over; the next deadline, or 0 for none. */
  private long check(long now) {
    if (!isOpen()) {
      return 0;
    }
    if (state == State.TUNNEL && leaveAtNanos <= now) {
      leaveAtNanos = Long.MAX_VALUE;
      drainTunnel();
    }
    if (waitsForClient()) {
      stall.begin(now, takenBytes());
      long next = checkStall(now);
      return state == State.TUNNEL && next != 0 ? Math.min(next, leaveAtNanos) : next;
    }
    stall.end();
    return switch (state) {
      case HEAD -> checkHead(now);
      case BODY_LENGTH, BODY_CHUNKED -> checkBody(now);
      case CLOSING -> checkLinger(now);
      case RESPONDING -> 0;
      case TUNNEL -> leaveAtNanos == Long.MAX_VALUE ? 0 : leaveAtNanos;
    };
  }

  private long checkHead(long now) {
    long start = parser.hasBegun() ? headStartNanos : idleSinceNanos;
    long limit = (parser.hasBegun() ? limits.headerTimeout() : limits.keepAliveTimeout()).toNanos();
    boolean leaves = !parser.hasBegun() && leaveAtNanos != Long.MAX_VALUE;
    if (leaves && now - leaveAtNanos < 0) {
      return leaveAtNanos;
    }
    if (!leaves && now - start < limit) {
      return start + limit;
    }
    if (parser.hasBegun() && onlyObserves(Rule.HEADER_TIMEOUT)) {
      return 0;
    }
    if (parser.hasBegun()) {
      refuse(Why.HEADER_TIMEOUT);
      flush();
    } else {
      close();
    }
    return 0;
  }

  private long checkLinger(long now) {
    if (now < lingerUntilNanos) {
      return lingerUntilNanos;
    }
    context().close();
    return 0;
  }

  private long checkBody(long now) {
    Exchange current = exchange;
    if (current == null || current.isPatient()) {
      return 0;
    }
    long idleLimit = limits.bodyIdleTimeout().toNanos();
    if (bodyWanted && now - bodyByteNanos >= idleLimit) {
      if (!onlyObserves(Rule.BODY_IDLE_TIMEOUT)) {
        failBody(current, Why.BODY_IDLE_TIMEOUT);
        return 0;
      }
      bodyByteNanos = now;
    }
    if (now - windowStartNanos >= RATE_WINDOW_NANOS) {
      // Only a window in which the client could have sent all the time says anything about it.
      if (!windowPaused
          && bodyWanted
          && windowBytes * 1_000_000_000L < limits.minBodyRate() * (now - windowStartNanos)
          && !onlyObserves(Rule.BODY_TOO_SLOW)) {
        failBody(current, Why.BODY_TOO_SLOW);
        return 0;
      }
      windowStartNanos = now;
      windowBytes = 0;
      windowPaused = !bodyWanted;
    }
    return Math.min(
        windowStartNanos + RATE_WINDOW_NANOS,
        bodyWanted ? bodyByteNanos + idleLimit : Long.MAX_VALUE);
  }

  /** Counts what a rule found if that is all that is wanted; false when it is to be acted on. */
  private boolean onlyObserves(Rule rule) {
    boolean isObserved = listener.rules().isObserved(rule);
    if (isObserved) {
      worker.metrics().onSecurity(worker.index(), rule.text(), Rule.OBSERVED);
    }
    return isObserved;
  }

  private void failBody(Exchange current, Why why) {
    worker.metrics().onSecurity(worker.index(), why.code(), "reject");
    keepAlive = false;
    current.onDownstreamFailure(why);
  }

  /** Whether the client must take something before anything else can be over. */
  private boolean waitsForClient() {
    return !context().channel().isWritable() || (exchange == null && pendingBytes() > 0);
  }

  /** Bytes that the kernel has not taken yet. */
  private long pendingBytes() {
    ChannelOutboundBuffer out = context().channel().unsafe().outboundBuffer();
    return out == null ? 0 : out.totalPendingWriteBytes();
  }

  /** What the kernel has taken so far; what TLS adds goes in and out of it again. */
  private long takenBytes() {
    return writer().writtenBytes() - pendingBytes();
  }

  private long checkStall(long now) {
    if (now - stall.deadline() < 0) {
      return stall.deadline();
    }
    Exchange current = exchange;
    boolean isPatient = current != null && current.isPatient();
    if (!stall.isTooSlow(takenBytes(), isPatient) || onlyObserves(Rule.WRITE_STALL)) {
      stall.again(now, takenBytes());
      return stall.deadline();
    }
    worker.metrics().onSecurity(worker.index(), Why.WRITE_STALL.code(), "close");
    if (current != null) {
      current.onDownstreamFailure(Why.WRITE_STALL);
    } else {
      abort();
    }
    return 0;
  }

  private Peer peer() {
    Peer current = peer;
    if (current == null) {
      throw new IllegalStateException("the connection is not active yet");
    }
    return current;
  }
}
