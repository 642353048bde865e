package io.expressgateway.http.h2;

import io.expressgateway.http.Why;
import io.expressgateway.http.proxy.ConnectionRegistry;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.HeldBytes;
import io.expressgateway.http.proxy.ListenerContext;
import io.expressgateway.http.proxy.Peer;
import io.expressgateway.http.proxy.ServerConnection;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.http.proxy.WriteStall;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.message.GrpcKind;
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
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.collection.IntObjectHashMap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of HTTP/2 (RFC 9113): a connection whose streams are kept by number, each with
 * an exchange of its own and none with a channel.
 *
 * <p>The codec is Netty's with every limit set here. The connection's window is returned as soon as
 * bytes arrive, a stream's only when its exchange wants body: so a stream that stalls stops itself
 * and no other, and what a client can make us hold is streams times window. Writes are queued and
 * handed to the socket once per turn of the loop. Confined to that loop.
 */
public final class Http2ServerConnection extends Http2ConnectionHandler
    implements ServerConnection, HeldBytes.Holder {

  /** What the client may send ahead over all streams: the delay times bandwidth of a fast link. */
  private static final int CONNECTION_WINDOW_BYTES = 1024 * 1024;

  /** How long requests may cross the first GOAWAY (RFC 9113 section 6.8). */
  private static final long GOAWAY_GAP_NANOS = 1_000_000_000L;

  /** How long what the client still sends is read and dropped behind the end of our output. */
  private static final long LINGER_NANOS = 2_000_000_000L;

  private final InetSocketAddress client;
  private final Worker worker;
  private final ListenerContext listener;
  private final HttpLimits limits;
  private final ConnectionRegistry registry;
  private final FrameGuard guard;
  private final FloodCounts counts;
  private final Priorities priorities;
  private final PriorityDistributor distributor;
  private final FrameBatch batch;
  private final RequestFields requestFields;
  private final IntObjectHashMap<Http2ServerStream> streams = new IntObjectHashMap<>();
  private final List<Http2ServerStream> touched = new ArrayList<>();
  private final RoomQueue rooms = new RoomQueue();
  private final WriteStall stall;
  private final Timer timer = new Timer();
  private final Runnable flushTask = this::flushNow;

  private @Nullable ChannelHandlerContext context;
  private @Nullable Peer peer;
  private String servedAuthority = "";
  private boolean isReading;
  private boolean dirty;
  private boolean flushScheduled;
  private int requests;
  private boolean settled;
  private boolean leaving;
  private boolean lastSaid;
  private boolean inputEnded;
  private boolean lingering;
  private long beganNanos;
  private long idleSinceNanos;
  private long leaveAtNanos = Long.MAX_VALUE;
  private long lastGoAwayAtNanos = Long.MAX_VALUE;
  private long lingerUntilNanos = Long.MAX_VALUE;
  private long armedNanos = Long.MAX_VALUE;

  private Http2ServerConnection(
      Codec codec,
      Worker worker,
      ListenerContext listener,
      ConnectionRegistry registry,
      InetSocketAddress client) {
    super(codec.decoder(), codec.encoder(), codec.settings(), false);
    this.client = client;
    this.worker = worker;
    this.listener = listener;
    this.limits = listener.spec().http();
    this.registry = registry;
    this.guard = codec.guard();
    this.counts = codec.counts();
    this.priorities = codec.priorities();
    this.distributor = codec.distributor();
    this.batch = codec.batch();
    this.stall = new WriteStall(limits);
    this.requestFields =
        new RequestFields(limits, listener.spec().protocol().name().toLowerCase(Locale.ROOT));
    Frames frames = new Frames();
    codec.report().target = this;
    decoder().frameListener(frames);
    connection().addListener(frames);
    gracefulShutdownTimeoutMillis(0);
  }

  /** The codec's parts; made before the handler that needs them. */
  private record Codec(
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings,
      FrameGuard guard,
      FloodCounts counts,
      Priorities priorities,
      PriorityDistributor distributor,
      FrameBatch batch,
      Reports report) {}

  /** Reports for a connection that does not exist yet while its codec is made. */
  private static final class Reports implements FloodCounts.Report {
    private @Nullable Http2ServerConnection target;

    @Override
    public void onFlood(Rule rule, boolean isObserved) {
      if (target != null) {
        target.onSecurity(rule.text(), isObserved ? Rule.OBSERVED : "goaway");
      }
    }
  }

  /**
   * A connection that {@code listener} accepted on {@code worker}'s loop.
   *
   * @param client the connection's peer, or whom that peer has introduced
   */
  public static Http2ServerConnection create(
      Worker worker,
      ListenerContext listener,
      ConnectionRegistry registry,
      InetSocketAddress client) {
    HttpLimits limits = listener.spec().http();
    Reports reports = new Reports();
    Rules rules = listener.rules();
    FloodCounts counts = new FloodCounts(rules, reports);
    DefaultHttp2Connection connection = new DefaultHttp2Connection(true, 0);
    PriorityDistributor distributor = new PriorityDistributor(connection);
    Priorities priorities = new Priorities(connection, distributor, limits.maxStreams());
    FrameGuard guard =
        new FrameGuard(
            connection,
            counts,
            priorities,
            limits.maxHeaderBytes(),
            rules.threshold(Rule.H2_CONTINUATION_FLOOD));
    connection.remote().maxActiveStreams(limits.maxStreams());
    connection
        .local()
        .flowController(
            new DefaultHttp2LocalFlowController(
                connection, DefaultHttp2LocalFlowController.DEFAULT_WINDOW_UPDATE_RATIO, true));
    connection
        .remote()
        .flowController(new DefaultHttp2RemoteFlowController(connection, distributor));
    FrameBatch batch = new FrameBatch(new HpackWriter());
    Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(connection, batch);
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            guard,
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            // Fields are checked as they are decoded, pseudo-headers by RequestFields.
            false,
            false);
    Http2Settings settings =
        new Http2Settings()
            .maxConcurrentStreams(limits.maxStreams())
            .initialWindowSize(limits.windowBytes())
            .maxFrameSize(FrameGuard.MAX_FRAME_BYTES)
            .maxHeaderListSize(limits.maxHeaderBytes());
    if (limits.webSocket().enabled()) {
      // RFC 8441 section 3.
      settings.connectProtocolEnabled(true);
    }
    settings.put(Priorities.NO_RFC7540_PRIORITIES, Long.valueOf(1));
    return new Http2ServerConnection(
        new Codec(
            decoder, encoder, settings, guard, counts, priorities, distributor, batch, reports),
        worker,
        listener,
        registry,
        client);
  }

  // ---------------------------------------------------------------- channel events

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    if (ctx.channel().isActive()) {
      began(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    began(ctx);
  }

  private void began(ChannelHandlerContext ctx) throws Http2Exception {
    peer = new Peer(client, listener, ctx.pipeline().get(SslHandler.class));
    registry.add(this);
    worker.held().register(this);
    beganNanos = System.nanoTime();
    idleSinceNanos = beganNanos;
    decoder()
        .flowController()
        .incrementWindowSize(connection().connectionStream(), CONNECTION_WINDOW_BYTES - 65_535);
    arm(beganNanos + limits.headerTimeout().toNanos());
    leaveAtNanos = worker.endOfLife(beganNanos, limits.maxConnectionAge());
    arm(leaveAtNanos);
    ctx.channel().config().setAutoRead(true);
    flush(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (lingering) {
      ReferenceCountUtil.release(message);
      return;
    }
    isReading = true;
    try {
      super.channelRead(ctx, message);
    } finally {
      isReading = false;
    }
    if (guard.unfinishedSinceNanos() != 0) {
      arm(guard.unfinishedSinceNanos() + limits.headerTimeout().toNanos());
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    flushTouched();
    dirty = false;
    super.channelReadComplete(ctx);
  }

  private void flushTouched() {
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flushUpstream();
    }
    touched.clear();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) throws Exception {
    if (lingering) {
      // Behind the last write all of it must go, not only what is above the mark.
      return;
    }
    if (ctx.channel().isWritable()) {
      stall.end();
    } else if (!stall.isRunning()) {
      stall.begin(System.nanoTime(), takenBytes());
      arm(stall.deadline());
    }
    super.channelWritabilityChanged(ctx);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    // Behind a close_notify nothing comes, and BoringSSL sends nothing any more.
    boolean isEnd =
        event instanceof ChannelInputShutdownEvent
            || (event instanceof SslCloseCompletionEvent closed && closed.isSuccess());
    inputEnded |= isEnd;
    if (lingering) {
      if (isEnd && lingerUntilNanos != Long.MAX_VALUE) {
        ctx.close();
      }
      return;
    }
    super.userEventTriggered(ctx, event);
    if (isEnd) {
      // HTTP/2 has no use for half a connection: the client is gone.
      endAll();
      closeAfterWrites();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    registry.remove(this);
    worker.held().remove(this);
    timers().cancel(timer);
    endAll();
    super.channelInactive(ctx);
  }

  private void endAll() {
    for (Http2ServerStream stream : all()) {
      stream.onClosed();
    }
    streams.clear();
    touched.clear();
    rooms.clear();
  }

  private List<Http2ServerStream> all() {
    return new ArrayList<>(streams.values());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (PeerFault.is(cause)) {
      ctx.close();
    } else {
      onError(ctx, false, cause);
    }
  }

  /** Something of ours threw: the connection ends, the listener goes on. */
  void contain(Throwable cause) {
    OutOfMemory.haltOn(cause);
    worker.metrics().onContainedException(worker.index(), cause);
    context().close();
  }

  // ---------------------------------------------------------------- errors of the client

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception http2Exception) {
    if (http2Exception == null && !(cause instanceof IOException)) {
      OutOfMemory.haltOn(cause);
      worker.metrics().onContainedException(worker.index(), cause);
    } else if (http2Exception != null && http2Exception.error() != Http2Error.ENHANCE_YOUR_CALM) {
      onSecurity("h2-protocol-error", "goaway");
    }
    super.onConnectionError(ctx, outbound, cause, http2Exception);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException failure) {
    if (lingering) {
      // Behind the end of our output.
      return;
    }
    if (!outbound) {
      if (mayCross(failure)
          && guard.wasReset(failure.streamId())
          && !streams.containsKey(failure.streamId())) {
        ignoreCrossing(ctx);
        return;
      }
      if (failure.error() != Http2Error.REFUSED_STREAM) {
        onSecurity("h2-stream-error", "reset");
      } else {
        onSecurity("h2-max-streams", "reset");
      }
      Http2ServerStream stream = streams.get(failure.streamId());
      if (stream != null) {
        stream.onMalformed(Why.BAD_FRAMING, failure.error());
      }
      guard.onResetSent(failure.streamId());
      if (!mayReset(ctx)) {
        return;
      }
    }
    super.onStreamError(ctx, outbound, cause, failure);
  }

  /** Whether a stream that is closed was meant; trailers are read before that is asked. */
  private static boolean mayCross(Http2Exception.StreamException failure) {
    return failure.error() == Http2Error.STREAM_CLOSED
        || failure instanceof Http2Exception.HeaderListSizeException;
  }

  /** A frame that crossed our reset changes nothing (RFC 9113 section 5.1), in bounds. */
  private void ignoreCrossing(ChannelHandlerContext ctx) {
    try {
      counts.crossed();
    } catch (Http2Exception tooMany) {
      onError(ctx, false, tooMany);
    }
  }

  /** Counts a reset that the client makes us send; false when it was one too many. */
  private boolean mayReset(ChannelHandlerContext ctx) {
    try {
      counts.countOdd(Rule.H2_MADE_YOU_RESET);
      return true;
    } catch (Http2Exception tooMany) {
      onError(ctx, false, tooMany);
      return false;
    }
  }

  @Override
  protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
    if (streams.containsKey(stream.id())) {
      // Its trailers: the stream has its exchange, and was reset.
      return;
    }
    onSecurity(Why.HEADER_TOO_LARGE.code(), "reject");
    Http2ServerStream ours = new Http2ServerStream(this, limits, stream);
    ours.refuse(
        exchange(ours, refusedHead(), limits.maxHeaderBytes(), false), Why.HEADER_TOO_LARGE, true);
    flush(ctx);
  }

  /** A head without content: what was decoded so far is not to be shown to anybody. */
  private static RequestHead refusedHead() {
    RequestHead head = new RequestHead(new HeaderBlock(16, 1));
    head.reset("GET", "http", "", "/", null, HttpVersion.HTTP_2);
    return head;
  }

  void onSecurity(String rule, String action) {
    worker.metrics().onSecurity(worker.index(), rule, action);
  }

  /** Counts what a rule found if that is all that is wanted; false when it is to be acted on. */
  boolean onlyObserves(Rule rule) {
    boolean isObserved = listener.rules().isObserved(rule);
    if (isObserved) {
      onSecurity(rule.text(), Rule.OBSERVED);
    }
    return isObserved;
  }

  // ---------------------------------------------------------------- what arrives

  private Exchange exchange(
      Http2ServerStream stream, RequestHead head, long headBytes, boolean upgrade) {
    Peer from = peer;
    if (from == null) {
      throw new IllegalStateException("the connection is not active yet");
    }
    return new Exchange(worker, from, stream, head, headBytes, System.nanoTime(), upgrade);
  }

  private void request(int id, Http2Headers headers, boolean ended) {
    Http2Stream handle = connection().stream(id);
    if (handle == null) {
      return;
    }
    requests++;
    Http2ServerStream stream = new Http2ServerStream(this, limits, handle);
    streams.put(id, stream);
    holds(HeldBytes.STREAM_BYTES);
    touched.add(stream);
    RequestHead head = requestFields.read((FieldBlock) headers, ended);
    Why refusal = requestFields.refusal();
    if (refusal == null && !isRightlyDirected(head.authority())) {
      refusal = Why.MISDIRECTED;
    }
    if (head.headers().contains(HeaderName.PRIORITY) || priorities.isAwaiting()) {
      priorities.onRequest(handle, head.headers().get(HeaderName.PRIORITY));
    }
    if (refusal == null) {
      int bytes = head.headers().used() + head.path().length();
      if (requestFields.isUpgrade()) {
        stream.beginConnect(exchange(stream, head, bytes, true));
      } else {
        stream.begin(exchange(stream, head, bytes, false), ended, System.nanoTime());
      }
    } else {
      refuse(stream, refusal, head, ended);
    }
    if (requests >= limits.maxKeepAliveRequests() || registry.isDraining()) {
      leave();
    }
  }

  /** Asked once per authority: a connection's requests usually name the same one. */
  private boolean isRightlyDirected(String authority) {
    ServerTls certificates = listener.tls();
    SslHandler over = context().pipeline().get(SslHandler.class);
    if (certificates == null || over == null || authority.equals(servedAuthority)) {
      return true;
    }
    if (!certificates.serves(authority, over.engine())) {
      return false;
    }
    servedAuthority = authority;
    return true;
  }

  private void refuse(Http2ServerStream stream, Why why, RequestHead read, boolean ended) {
    RequestHead head = refusedHead();
    GrpcKind kind = GrpcKind.of(read.headers());
    if (kind != GrpcKind.NONE) {
      // Its client wants another kind of answer.
      head.headers().add(HeaderName.CONTENT_TYPE, kind.text());
    }
    Exchange refused = exchange(stream, head, 0, false);
    if (requestFields.isMalformed()) {
      onSecurity(why.code(), "reset");
      stream.refuseMalformed(refused, why);
      mayReset(context());
    } else {
      onSecurity(why.code(), "reject");
      stream.refuse(refused, why, ended);
    }
  }

  private void trailers(int id, Http2ServerStream stream, Http2Headers headers)
      throws Http2Exception {
    if (stream.isConnect()) {
      // RFC 9113 section 8.5.
      throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "HEADERS within CONNECT");
    }
    FieldBlock trailers = (FieldBlock) headers;
    if (trailers.hasPseudo() || trailers.isMalformed() || trailers.block().holdsFraming()) {
      // RFC 9113 section 8.1, RFC 9110 section 6.5.1.
      throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "malformed trailers");
    }
    if (trailers.count() > limits.maxHeaderFields()) {
      throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "too many trailers");
    }
    if (limits.underscoreHeaders() != UnderscoreHeaders.ALLOW) {
      trailers.dropUnderscores();
    }
    stream.onTrailers(trailers.block());
  }

  /** What the codec tells. What is thrown here and is no HTTP/2 error is contained. */
  private final class Frames extends Http2EventAdapter {

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int id,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean ended)
        throws Http2Exception {
      onHeadersRead(ctx, id, headers, padding, ended);
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean ended)
        throws Http2Exception {
      try {
        Http2ServerStream stream = streams.get(id);
        if (stream == null) {
          request(id, headers, ended);
        } else {
          trailers(id, stream, headers);
          touched.add(stream);
        }
      } catch (RuntimeException | Error t) {
        contain(t);
      }
    }

    @Override
    public int onDataRead(
        ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean ended) {
      int flowBytes = data.readableBytes() + padding;
      Http2ServerStream stream = streams.get(id);
      if (stream == null) {
        return flowBytes;
      }
      try {
        touched.add(stream);
        stream.onData(data, flowBytes, ended);
      } catch (RuntimeException | Error t) {
        contain(t);
      }
      return 0;
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error)
        throws Http2Exception {
      Http2ServerStream stream = streams.get(id);
      if (stream != null && stream.isServed()) {
        counts.resetWhileServed();
      }
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
        throws Http2Exception {
      priorities.onSettings(settings);
      if (!settled) {
        settled = true;
        idleSinceNanos = System.nanoTime();
        arm(idleSinceNanos + limits.keepAliveTimeout().toNanos());
        if (registry.isDraining()) {
          leave();
        }
      }
    }

    @Override
    public void onStreamClosed(Http2Stream closed) {
      Http2ServerStream stream = streams.remove(closed.id());
      if (stream == null) {
        return;
      }
      if (stream.isAnswered()) {
        counts.answered();
      }
      try {
        stream.onClosed();
      } catch (RuntimeException | Error t) {
        contain(t);
      }
      if (streams.isEmpty()) {
        idleSinceNanos = System.nanoTime();
        if (lastSaid) {
          closeAfterWrites();
        } else {
          arm(idleSinceNanos + limits.keepAliveTimeout().toNanos());
        }
      }
    }
  }

  // ---------------------------------------------------------------- what streams write

  ChannelFuture writeHeaders(int id, Http2Headers headers, boolean last) {
    dirty = true;
    ChannelHandlerContext ctx = context();
    return encoder().writeHeaders(ctx, id, headers, 0, last, ctx.newPromise());
  }

  ChannelFuture writeData(int id, ByteBuf data, boolean last) {
    dirty = true;
    counts.sent(data.readableBytes());
    ChannelHandlerContext ctx = context();
    return encoder().writeData(ctx, id, data, 0, last, ctx.newPromise());
  }

  void reset(int id, Http2Error error) {
    dirty = true;
    ChannelHandlerContext ctx = context();
    guard.onResetSent(id);
    resetStream(ctx, id, error.code(), ctx.newPromise());
    scheduleFlush();
  }

  /** What the endpoint says about the order of its response. */
  void prioritize(Http2Stream stream, ResponseHead head) {
    String field = head.headers().get(HeaderName.PRIORITY);
    if (field != null) {
      priorities.onResponse(stream, field);
    }
  }

  void returnWindow(Http2Stream stream, int count) {
    try {
      if (decoder().flowController().consumeBytes(stream, count)) {
        dirty = true;
        if (!isReading) {
          scheduleFlush();
        }
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  /** Whether a stream may be given more; see {@link PriorityDistributor#hasRoom}. */
  boolean hasRoom(Http2Stream stream) {
    return context().channel().isWritable() && distributor.hasRoom(stream);
  }

  /** Whether the stream's window and the socket have room for so many bytes now. */
  boolean fits(Http2Stream stream, int bytes) {
    return hasRoom(stream) && encoder().flowController().windowSize(stream) >= bytes;
  }

  /** Streams that wait for it. */
  RoomQueue rooms() {
    return rooms;
  }

  /** Whether the client has opened the stream's own window, whatever the connection's is. */
  boolean hasWindow(Http2Stream stream) {
    return encoder().flowController().windowSize(stream) > 0;
  }

  /** All bytes of its body that were sent on a stream so far. */
  long sentBytes(Http2Stream stream) {
    return distributor.sentBytes(stream);
  }

  /** What the kernel has taken of all bodies; every other frame goes in and out of it again. */
  long takenBytes() {
    return distributor.sentBytes() - pendingBytes();
  }

  boolean isOpen() {
    return context().channel().isActive();
  }

  String date() {
    return worker.date().text();
  }

  TimerWheel timers() {
    return worker.timers();
  }

  /**
   * A stream's exchange wants its bytes out. As long as the stream can take more, the turn's other
   * streams are waited for.
   */
  void flushStream(boolean mayWait) {
    if (!dirty) {
      return;
    }
    if (mayWait) {
      scheduleFlush();
    } else {
      flushNow();
    }
  }

  /** As the codec's own, with what was gathered between its two steps. */
  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (lingering) {
      // Nothing goes behind the end of our output.
      ctx.flush();
      return;
    }
    try {
      encoder().flowController().writePendingBytes();
      batch.drain(ctx);
      ctx.flush();
      rooms.tell();
    } catch (Http2Exception failure) {
      onError(ctx, true, failure);
    } catch (RuntimeException | Error failure) {
      contain(failure);
    }
  }

  private void scheduleFlush() {
    if (!flushScheduled) {
      flushScheduled = true;
      worker.eventLoop().execute(flushTask);
    }
  }

  private void flushNow() {
    flushScheduled = false;
    if (dirty) {
      dirty = false;
      flush(context());
    }
  }

  void exchangeEnded() {
    if (!isReading) {
      scheduleFlush();
    }
  }

  // ---------------------------------------------------------------- memory

  void holds(long bytes) {
    worker.held().add(bytes);
  }

  /** A copy in a buffer of its own size; the original is released. */
  ByteBuf copy(ByteBuf data) {
    try {
      return context().alloc().directBuffer(data.readableBytes()).writeBytes(data);
    } finally {
      data.release();
    }
  }

  @Override
  public Object owner() {
    Peer from = peer;
    return from == null ? this : from.address().getAddress();
  }

  @Override
  public long heldBytes() {
    long held = 0;
    for (Http2ServerStream stream : streams.values()) {
      held += stream.heldBytes();
    }
    return held + pendingBytes();
  }

  /** Bytes that the kernel has not taken yet. */
  private long pendingBytes() {
    ChannelOutboundBuffer out = context().channel().unsafe().outboundBuffer();
    return out == null ? 0 : out.totalPendingWriteBytes();
  }

  @Override
  public void letGo() {
    onSecurity(Rule.HELD_BYTES.text(), "goaway");
    for (Http2ServerStream stream : all()) {
      stream.onLetGo();
    }
    ChannelHandlerContext ctx = context();
    goAway(
        ctx,
        lastStream(),
        Http2Error.ENHANCE_YOUR_CALM.code(),
        Unpooled.EMPTY_BUFFER,
        ctx.newPromise());
    flush(ctx);
    ctx.close();
  }

  // ---------------------------------------------------------------- leaving

  @Override
  public void drain(long spreadNanos) {
    if (!isOpen() || lingering) {
      return;
    }
    if (spreadNanos <= 0) {
      drainNow();
    } else {
      long leaveAt = System.nanoTime() + Math.floorMod(worker.random(), spreadNanos);
      leaveAtNanos = Math.min(leaveAtNanos, leaveAt);
      arm(leaveAtNanos);
    }
  }

  private void drainNow() {
    leave();
    for (Http2ServerStream stream : all()) {
      stream.onDrain();
    }
  }

  /** A WebSocket was opened. */
  void onConnected(Http2ServerStream stream) {
    if (registry.isDraining()) {
      // Not from within the exchange's own step.
      worker.eventLoop().execute(stream::onDrain);
    }
  }

  @Override
  public void shutDown() {
    if (lingering) {
      context().close();
      return;
    }
    for (Http2ServerStream stream : all()) {
      stream.onShutdown();
    }
    goAway(lastStream());
    closeAfterWrites();
  }

  /**
   * Asks the client to go: a GOAWAY that refuses nothing yet, and a second with the last stream
   * when what was under way has had time to arrive (RFC 9113 section 6.8).
   */
  private void leave() {
    if (leaving) {
      return;
    }
    leaving = true;
    goAway(Integer.MAX_VALUE);
    lastGoAwayAtNanos = System.nanoTime() + GOAWAY_GAP_NANOS;
    arm(lastGoAwayAtNanos);
    scheduleFlush();
  }

  private void sayLast() {
    lastGoAwayAtNanos = Long.MAX_VALUE;
    lastSaid = true;
    goAway(lastStream());
    if (streams.isEmpty()) {
      closeAfterWrites();
    } else {
      flushNow();
    }
  }

  private int lastStream() {
    return connection().remote().lastStreamCreated();
  }

  private void goAway(int last) {
    dirty = true;
    ChannelHandlerContext ctx = context();
    goAway(ctx, last, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
  }

  /**
   * Closes so that the client still gets what was written: our side first, then what it was still
   * sending is read and dropped for a while, because a reset would take the responses away (RFC
   * 9112 section 9.6 says it of HTTP/1.1).
   */
  private void closeAfterWrites() {
    ChannelHandlerContext ctx = context();
    if (lingering || !ctx.channel().isActive()) {
      return;
    }
    flush(ctx);
    lingering = true;
    // Until the client has taken everything, this is a write that may stall.
    stall.again(System.nanoTime(), takenBytes());
    arm(stall.deadline());
    if (inputEnded || !(ctx.channel() instanceof DuplexChannel channel)) {
      ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    } else {
      endOutput(ctx, channel);
    }
  }

  /** Our side ends behind what is queued; over TLS with the close_notify that makes it credible. */
  private void endOutput(ChannelHandlerContext ctx, DuplexChannel channel) {
    SslHandler over = ctx.pipeline().get(SslHandler.class);
    ChannelFuture last =
        over != null ? over.closeOutbound() : ctx.writeAndFlush(Unpooled.EMPTY_BUFFER);
    last.addListener(done -> {
      if (!done.isSuccess() || inputEnded) {
        ctx.close();
        return;
      }
      channel.shutdownOutput();
      stall.end();
      lingerUntilNanos = System.nanoTime() + LINGER_NANOS;
      arm(lingerUntilNanos);
    });
  }

  // ---------------------------------------------------------------- timers

  /** Several waits share the timer: the earliest counts, and {@code check} finds the others. */
  private void arm(long deadlineNanos) {
    if (deadlineNanos < armedNanos) {
      armedNanos = deadlineNanos;
      worker.timers().arm(timer, deadlineNanos);
    }
  }

  private final class Timer extends TimerWheel.Task {
    @Override
    protected void onDeadline(long nowNanos) {
      armedNanos = Long.MAX_VALUE;
      try {
        check(nowNanos);
      } catch (Throwable t) {
        contain(t);
      }
    }
  }

  /** Acts on what is over and arms the next deadline. */
  private void check(long now) {
    if (!isOpen()) {
      return;
    }
    if (lingering) {
      checkLinger(now);
      return;
    }
    long next = Math.min(checkHeader(now), checkStall(now));
    if (lastGoAwayAtNanos != Long.MAX_VALUE) {
      if (now - lastGoAwayAtNanos >= 0) {
        sayLast();
      } else {
        next = Math.min(next, lastGoAwayAtNanos);
      }
    }
    if (leaveAtNanos != Long.MAX_VALUE) {
      if (now - leaveAtNanos >= 0) {
        leaveAtNanos = Long.MAX_VALUE;
        if (registry.isDraining()) {
          drainNow();
        } else {
          // Of age: what is open goes on until it ends by itself.
          leave();
        }
        next = Math.min(next, lastGoAwayAtNanos);
      } else {
        next = Math.min(next, leaveAtNanos);
      }
    }
    if (streams.isEmpty() && settled) {
      long idleUntil = idleSinceNanos + limits.keepAliveTimeout().toNanos();
      if (now - idleUntil >= 0) {
        goAway(lastStream());
        closeAfterWrites();
        return;
      }
      next = Math.min(next, idleUntil);
    }
    if (next != Long.MAX_VALUE && isOpen()) {
      arm(next);
    }
  }

  private void checkLinger(long now) {
    if (now - lingerUntilNanos >= 0 && lingerUntilNanos != Long.MAX_VALUE) {
      context().close();
      return;
    }
    long next = Math.min(lingerUntilNanos, checkStall(now));
    if (next != Long.MAX_VALUE && isOpen()) {
      arm(next);
    }
  }

  private long checkHeader(long now) {
    long since = settled ? guard.unfinishedSinceNanos() : beganNanos;
    if (since == 0) {
      return Long.MAX_VALUE;
    }
    long until = since + limits.headerTimeout().toNanos();
    if (now - until < 0) {
      return until;
    }
    if (onlyObserves(Rule.HEADER_TIMEOUT)) {
      guard.forgetUnfinished();
      return Long.MAX_VALUE;
    }
    onSecurity(Why.HEADER_TIMEOUT.code(), "close");
    goAway(lastStream());
    endAll();
    closeAfterWrites();
    return Long.MAX_VALUE;
  }

  private long checkStall(long now) {
    if (!stall.isRunning()) {
      return Long.MAX_VALUE;
    }
    if (now - stall.deadline() < 0) {
      return stall.deadline();
    }
    if (!stall.isTooSlow(takenBytes(), false) || onlyObserves(Rule.WRITE_STALL)) {
      stall.again(now, takenBytes());
      return stall.deadline();
    }
    onSecurity(Why.WRITE_STALL.code(), "close");
    endAll();
    context().close();
    return Long.MAX_VALUE;
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext current = context;
    if (current == null) {
      throw new IllegalStateException("the connection has no channel yet");
    }
    return current;
  }
}
