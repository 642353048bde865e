package io.expressgateway.http.h2;

import io.expressgateway.http.Why;
import io.expressgateway.http.proxy.Exchange;
import io.expressgateway.http.proxy.Upstream;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.net.OutOfMemory;
import io.expressgateway.net.PeerFault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint's side of HTTP/2, by prior knowledge or behind a handshake that agreed on it (RFC
 * 9113 sections 3.2 and 3.3): one connection, many exchanges. Netty's codec does frames, HPACK and
 * windows; the streams are ours. What an endpoint does wrong on one stream ends that stream, what
 * it does wrong on the connection ends the connection and fails the exchanges on it. Confined to
 * its event loop.
 *
 * <p>Windows: the connection's window is given back as bytes arrive, a stream's only when its
 * exchange takes body. So a client that does not read stops its own stream and no other, and one
 * connection holds at most {@link #MAX_STREAMS} times {@link #STREAM_WINDOW} unread bytes.
 *
 * <p>Longer than most files because it is one thing: a connection's life as the codec tells it.
 */
public final class Http2ClientConnection extends Http2ConnectionHandler {

  /** Before the endpoint's SETTINGS: the least that RFC 9113 section 6.5.2 recommends to allow. */
  private static final int ASSUMED_STREAMS = 100;

  /** With the stream window the bound on what one connection's slow clients may leave unread. */
  static final int MAX_STREAMS = 256;

  /** Four times the protocol's default: 256 MB/s to a client at a round trip of a millisecond. */
  static final int STREAM_WINDOW = 256 * 1024;

  /** The connection's window; returned at once, so it bounds a round trip and no memory. */
  private static final int CONNECTION_WINDOW = 4 * 1024 * 1024;

  /** Response heads have the limits of the HTTP/1.1 side. */
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  /** RFC 9113 section 6.5.2: the default and the least that may be set. */
  private static final int MAX_FRAME_BYTES = 16_384;

  private static final int MAX_SMALL_CONTINUATIONS = 16;

  /** SETTINGS, PING, PRIORITY, empty and unknown frames in a second: endpoints need a handful. */
  private static final int MAX_CONTROL_FRAMES = 1_000;

  private static final long SECOND_NANOS = 1_000_000_000L;

  /** TCP_ESTABLISHED of include/net/tcp_states.h. */
  private static final int TCP_ESTABLISHED = 1;

  /** Idle for less than this, a connection is trusted without asking the kernel. */
  private static final long TRUSTED_IDLE_NANOS = 100_000_000L;

  private final Worker worker;
  private final StreamOwner owner;
  private final String scheme;
  private final FrameBatch batch;
  private final PriorityDistributor distributor;
  private final RoomQueue rooms = new RoomQueue();
  private final long openedNanos = System.nanoTime();
  private final IntObjectHashMap<Http2ClientStream> streams = new IntObjectHashMap<>(32);
  private final List<Exchange> touched = new ArrayList<>();
  // CONNECTs that wait for the endpoint's SETTINGS.
  private final List<Waiting> waiting = new ArrayList<>();

  private @Nullable ChannelHandlerContext context;
  private boolean open;
  private boolean draining;
  private boolean settingsSeen;
  private boolean offersConnect;
  private boolean inRead;
  private boolean unflushed;
  private int served;
  private long idleSinceNanos = openedNanos;
  private long controlSinceNanos = openedNanos;
  private int controlFrames;

  private Http2ClientConnection(
      Worker worker,
      StreamOwner owner,
      String scheme,
      FrameBatch batch,
      PriorityDistributor distributor,
      Http2ConnectionDecoder decoder,
      Http2ConnectionEncoder encoder,
      Http2Settings settings) {
    super(decoder, encoder, settings);
    this.worker = worker;
    this.owner = owner;
    this.scheme = scheme;
    this.batch = batch;
    this.distributor = distributor;
    decoder.frameListener(new Frames());
    connection().addListener(new Lives());
    gracefulShutdownTimeoutMillis(0);
  }

  /**
   * A connection of {@code owner} on {@code worker}'s loop; it is the channel's last handler. Every
   * limit of the codec is said here.
   *
   * @param scheme of all its requests, {@code https} behind a handshake (RFC 9113 section 8.3.1)
   */
  public static Http2ClientConnection create(Worker worker, StreamOwner owner, String scheme) {
    DefaultHttp2Connection streams = new DefaultHttp2Connection(false, 0);
    streams.local().flowController(new DefaultHttp2LocalFlowController(streams, 0.5f, true));
    PriorityDistributor distributor = new PriorityDistributor(streams);
    streams.remote().flowController(new DefaultHttp2RemoteFlowController(streams, distributor));
    FrameBatch batch = new FrameBatch(new HpackWriter());
    Http2ConnectionEncoder encoder = new DefaultHttp2ConnectionEncoder(streams, batch);
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            streams,
            encoder,
            new DefaultHttp2FrameReader(new HpackReader(MAX_HEADER_BYTES), MAX_SMALL_CONTINUATIONS),
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            // Fields are checked as they are decoded, pseudo-headers by the stream.
            false,
            false);
    Http2Settings settings =
        new Http2Settings()
            .pushEnabled(false)
            .initialWindowSize(STREAM_WINDOW)
            .maxFrameSize(MAX_FRAME_BYTES)
            .maxHeaderListSize(MAX_HEADER_BYTES);
    return new Http2ClientConnection(
        worker, owner, scheme, batch, distributor, decoder, encoder, settings);
  }

  String scheme() {
    return scheme;
  }

  // ---------------------------------------------------------------- pool

  /** Opens a stream for an exchange; only when {@link #hasRoom}. */
  public Upstream lease(Exchange exchange) {
    return new Http2ClientStream(this, exchange, served++ > 0);
  }

  /** Whether another stream may be opened now. */
  public boolean hasRoom() {
    Http2Connection.Endpoint<?> local = connection().local();
    int limit = settingsSeen ? Math.min(local.maxActiveStreams(), MAX_STREAMS) : ASSUMED_STREAMS;
    return open
        && !draining
        && local.numActiveStreams() + waiting.size() < limit
        && local.lastStreamCreated() < Integer.MAX_VALUE - 2;
  }

  /** Whether exchanges are on it. */
  public boolean isActive() {
    return !streams.isEmpty() || !waiting.isEmpty() || connection().local().numActiveStreams() > 0;
  }

  /**
   * Whether the connection can carry a request: when nothing was on it for a while, still
   * established in the kernel's eyes, which may know of a FIN that the loop has not read yet.
   */
  public boolean isAlive(long nowNanos) {
    Channel channel = context().channel();
    if (!open || !channel.isActive()) {
      return false;
    }
    return isActive()
        || nowNanos - idleSinceNanos < TRUSTED_IDLE_NANOS
        || !(channel instanceof EpollSocketChannel epoll)
        || epoll.tcpInfo().state() == TCP_ESTABLISHED;
  }

  /** When its last stream ended. */
  public long idleSinceNanos() {
    return idleSinceNanos;
  }

  /** When it was opened. */
  public long openedNanos() {
    return openedNanos;
  }

  /** Takes no further streams and closes when those that run have ended. */
  public void drain() {
    draining = true;
    closeWhenDrained();
  }

  /** Closes a drained connection without streams; called when one has ended. */
  public void closeWhenDrained() {
    if (draining && !isActive()) {
      context().channel().close();
    }
  }

  // ---------------------------------------------------------------- channel events

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    if (ctx.channel().isActive()) {
      // Behind a handshake: the codec has just sent the preface.
      began(ctx);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) throws Exception {
    super.channelActive(ctx);
    began(ctx);
  }

  private void began(ChannelHandlerContext ctx) throws Http2Exception {
    decoder()
        .flowController()
        .incrementWindowSize(
            connection().connectionStream(),
            CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
    open = true;
    owner.onOpened(this);
    flush(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    inRead = true;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    inRead = false;
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flushDownstream();
    }
    touched.clear();
    // Flushes what is queued, also what the exchanges have just queued.
    super.channelReadComplete(ctx);
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    do {
      unflushed = false;
      flushCodec(ctx);
      rooms.tell();
    } while (unflushed && !inRead);
  }

  /** As the codec's own, with what was gathered between its two steps. */
  private void flushCodec(ChannelHandlerContext ctx) {
    try {
      encoder().flowController().writePendingBytes();
      batch.drain(ctx);
      ctx.flush();
    } catch (Http2Exception failure) {
      onError(ctx, true, failure);
    }
  }

  /** Behind a close_notify nothing comes, whether or not the endpoint closes its socket. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    super.userEventTriggered(ctx, event);
    if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
      ctx.close();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    boolean wasOpen = open;
    open = false;
    draining = true;
    if (wasOpen) {
      owner.onClosed(this);
    }
    for (Http2ClientStream stream : running()) {
      stream.onLost();
    }
    serveWaiting();
    for (int i = 0; i < touched.size(); i++) {
      touched.get(i).flushDownstream();
    }
    touched.clear();
    rooms.clear();
    super.channelInactive(ctx);
  }

  private Http2ClientStream[] running() {
    return streams.values().toArray(new Http2ClientStream[0]);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (Http2CodecUtil.getEmbeddedHttp2Exception(cause) != null) {
      super.exceptionCaught(ctx, cause);
    } else if (PeerFault.is(cause)) {
      ctx.close();
    } else {
      contain(cause);
      failAll(Why.INTERNAL_ERROR);
      ctx.close();
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception protocol) {
    draining = true;
    if (protocol == null && PeerFault.is(cause)) {
      // A write that found the connection closed: the endpoint's doing, and no fault of ours.
      failAll(Why.UPSTREAM_CLOSED);
    } else if (protocol == null) {
      contain(cause);
      failAll(Why.INTERNAL_ERROR);
    } else {
      worker.metrics().onSecurity(worker.index(), Why.UPSTREAM_MALFORMED.code(), "goaway");
      failAll(Why.UPSTREAM_MALFORMED);
    }
    super.onConnectionError(ctx, outbound, cause, protocol);
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException protocol) {
    if ((protocol.streamId() & 1) == 0) {
      // The codec refuses a pushed stream alone; RFC 9113 section 8.4 wants the connection ended.
      onConnectionError(
          ctx,
          outbound,
          cause,
          Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "push is disabled"));
      return;
    }
    Http2ClientStream stream = streams.get(protocol.streamId());
    super.onStreamError(ctx, outbound, cause, protocol);
    if (stream != null) {
      boolean tooLarge = protocol instanceof Http2Exception.HeaderListSizeException;
      stream.fail(tooLarge ? Why.UPSTREAM_HEADER_TOO_LARGE : Why.UPSTREAM_MALFORMED);
    }
  }

  private void failAll(Why why) {
    for (Http2ClientStream stream : running()) {
      stream.fail(why);
    }
  }

  private void contain(Throwable cause) {
    OutOfMemory.haltOn(cause);
    worker.metrics().onContainedException(worker.index(), cause);
  }

  /** Something of ours threw while a stream's frame was handled: that stream ends. */
  private void contain(Throwable cause, Http2ClientStream stream) {
    contain(cause);
    reset(stream.id(), Http2Error.INTERNAL_ERROR);
    stream.fail(Why.INTERNAL_ERROR);
  }

  // ---------------------------------------------------------------- what streams ask for

  /** Opens the stream on the wire; it is told through {@code onLost} when that fails. */
  void sendHead(Http2ClientStream stream, Http2Headers headers, boolean end) {
    int id = connection().local().incrementAndGetNextStreamId();
    stream.id(id);
    streams.put(id, stream);
    ChannelHandlerContext ctx = context();
    ChannelFuture written = encoder().writeHeaders(ctx, id, headers, 0, end, ctx.newPromise());
    unflushed = true;
    if (!written.isSuccess()) {
      written.addListener(done -> {
        if (!done.isSuccess()) {
          // Not here: the exchange may be in the middle of handing over its request.
          worker.eventLoop().execute(() -> abandoned(stream));
        }
      });
    }
  }

  private record Waiting(Http2ClientStream stream, Http2Headers headers) {}

  /** Opens a stream for a WebSocket once the endpoint's SETTINGS have said that it may be. */
  void sendConnect(Http2ClientStream stream, Http2Headers headers) {
    if (settingsSeen && offersConnect) {
      sendHead(stream, headers, false);
      return;
    }
    waiting.add(new Waiting(stream, headers));
    if (settingsSeen) {
      // Not here: the exchange is in the middle of handing over its request.
      worker.eventLoop().execute(this::serveWaiting);
    }
  }

  /** A stream that is not open yet is not needed any more. */
  void forget(Http2ClientStream stream) {
    waiting.removeIf(next -> next.stream() == stream);
  }

  private void serveWaiting() {
    List<Waiting> all = List.copyOf(waiting);
    waiting.clear();
    for (Waiting next : all) {
      Http2ClientStream stream = next.stream();
      if (stream.exchange() == null) {
        continue;
      }
      if (open && settingsSeen && !offersConnect) {
        stream.onNotOffered();
      } else if (open && hasRoom()) {
        sendHead(stream, next.headers(), false);
      } else if (open) {
        stream.onRefused();
      } else {
        stream.onLost();
      }
    }
    flushUnlessReading();
    owner.onRoom(this);
  }

  private void abandoned(Http2ClientStream stream) {
    if (connection().stream(stream.id()) == null) {
      streams.remove(stream.id());
    }
    stream.onLost();
  }

  void sendTrailers(int id, Http2Headers trailers) {
    ChannelHandlerContext ctx = context();
    encoder().writeHeaders(ctx, id, trailers, 0, true, ctx.newPromise());
    unflushed = true;
  }

  /** Queues body; takes ownership. */
  void sendData(int id, ByteBuf data, boolean end) {
    ChannelHandlerContext ctx = context();
    encoder().writeData(ctx, id, data, 0, end, ctx.newPromise());
    unflushed = true;
  }

  void sendEnd(int id) {
    sendData(id, Unpooled.EMPTY_BUFFER, true);
  }

  /** Whether a stream may be given more; one that is gone takes everything and drops it. */
  boolean hasRoom(int id) {
    Http2Stream stream = connection().stream(id);
    return stream == null || (context().channel().isWritable() && distributor.hasRoom(stream));
  }

  /** Streams that wait for it. */
  RoomQueue rooms() {
    return rooms;
  }

  /** Gives a stream's bytes back to its window. */
  void returnWindow(int id, int bytes) {
    Http2Stream stream = connection().stream(id);
    if (stream == null) {
      return;
    }
    try {
      if (decoder().flowController().consumeBytes(stream, bytes)) {
        unflushed = true;
        flushUnlessReading();
      }
    } catch (Http2Exception e) {
      onError(context(), false, e);
    }
  }

  /** Resets a stream that the codec still knows. */
  void reset(int id, Http2Error error) {
    Http2Stream stream = connection().stream(id);
    if (stream != null) {
      ChannelHandlerContext ctx = context();
      resetStream(ctx, id, error.code(), ctx.newPromise());
      unflushed = true;
      flushUnlessReading();
    }
  }

  void flushQueued() {
    if (unflushed) {
      flush(context());
    }
  }

  private void flushUnlessReading() {
    if (!inRead) {
      flushQueued();
    }
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext current = context;
    if (current == null) {
      throw new IllegalStateException("the connection has no channel yet");
    }
    return current;
  }

  // ---------------------------------------------------------------- frames

  /** What the endpoint sends. */
  private final class Frames extends Http2FrameAdapter {

    private @Nullable Http2ClientStream touch(int id) {
      Http2ClientStream stream = streams.get(id);
      if (stream != null) {
        Exchange exchange = stream.exchange();
        if (exchange != null
            && (touched.isEmpty() || touched.get(touched.size() - 1) != exchange)) {
          touched.add(exchange);
        }
      }
      return stream;
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) {
      Http2ClientStream stream = touch(id);
      if (stream == null) {
        return;
      }
      try {
        stream.onHeaders((FieldBlock) headers, end);
      } catch (Throwable t) {
        contain(t, stream);
      }
    }

    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx,
        int id,
        Http2Headers headers,
        int dependency,
        short weight,
        boolean exclusive,
        int padding,
        boolean end) {
      onHeadersRead(ctx, id, headers, padding, end);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end)
        throws Http2Exception {
      Http2ClientStream stream = touch(id);
      int bytes = data.readableBytes() + padding;
      if (!data.isReadable() && !end) {
        countControl();
      }
      if (stream == null) {
        return bytes;
      }
      try {
        return stream.onData(data, padding, end);
      } catch (Throwable t) {
        contain(t, stream);
        return bytes;
      }
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error)
        throws Http2Exception {
      Http2ClientStream stream = touch(id);
      if (stream == null) {
        countControl();
        return;
      }
      try {
        stream.onReset(error);
      } catch (Throwable t) {
        contain(t, stream);
      }
    }

    @Override
    public void onGoAwayRead(ChannelHandlerContext ctx, int last, long error, ByteBuf debug) {
      draining = true;
      for (Http2ClientStream stream : running()) {
        if (stream.id() > last) {
          touch(stream.id());
          try {
            stream.onRefused();
          } catch (Throwable t) {
            contain(t, stream);
          }
        }
      }
      owner.onRoom(Http2ClientConnection.this);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
        throws Http2Exception {
      countControl();
      if (!settingsSeen) {
        settingsSeen = true;
        offersConnect = Boolean.TRUE.equals(settings.connectProtocolEnabled());
      }
      if (!waiting.isEmpty()) {
        worker.eventLoop().execute(Http2ClientConnection.this::serveWaiting);
      }
      owner.onRoom(Http2ClientConnection.this);
    }

    @Override
    public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
      countControl();
    }

    @Override
    public void onPriorityRead(
        ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
        throws Http2Exception {
      countControl();
    }

    @Override
    public void onUnknownFrame(
        ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload) {
      try {
        countControl();
      } catch (Http2Exception e) {
        onError(ctx, false, e);
      }
    }

    @Override
    public void onPushPromiseRead(
        ChannelHandlerContext ctx, int id, int promised, Http2Headers headers, int padding)
        throws Http2Exception {
      // RFC 9113 section 8.4: our SETTINGS say that push is off.
      throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "push is disabled");
    }

    private void countControl() throws Http2Exception {
      long now = System.nanoTime();
      if (now - controlSinceNanos >= SECOND_NANOS) {
        controlSinceNanos = now;
        controlFrames = 0;
      }
      if (++controlFrames > MAX_CONTROL_FRAMES) {
        throw Http2Exception.connectionError(
            Http2Error.ENHANCE_YOUR_CALM, "too many control frames");
      }
    }
  }

  /** When the codec lets go of a stream. */
  private final class Lives extends Http2ConnectionAdapter {

    @Override
    public void onStreamClosed(Http2Stream closed) {
      Http2ClientStream stream = streams.remove(closed.id());
      if (stream != null && stream.exchange() != null) {
        worker.eventLoop().execute(stream::onLost);
      }
      if (streams.isEmpty()) {
        idleSinceNanos = System.nanoTime();
      }
      owner.onRoom(Http2ClientConnection.this);
    }
  }
}
