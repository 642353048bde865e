package io.expressgateway.stream;

import io.expressgateway.balance.Hash64;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.cluster.PickRequest;
import io.expressgateway.loop.OwnLack;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.net.OutOfMemory;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.stream.proxyprotocol.ProxyHeader;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderEncoder;
import io.expressgateway.tls.ClientTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One client connection from its acceptance to its end: it opens (TLS, a name to wait for), it
 * connects to an endpoint and to the next one if that fails, it relays, it has ended.
 *
 * <p>Bytes pass as they come. A side whose peer is behind is not read; at most {@link
 * Buffers#UNSENT} and one read wait in each direction. A FIN is passed on behind the bytes that
 * came before it, and the other direction goes on; a reset is passed on as a reset. The flow has
 * ended when both connections are closed. Confined to one event loop, timer included.
 */
final class Flow extends TimerWheel.Task implements FlowRecord, PickRequest {

  /** What a client may send before there is an endpoint; more waits in the kernel. */
  private static final int MAX_HELD_BYTES = 64 * 1024;

  private enum Phase {
    OPENING,
    CONNECTING,
    RELAYING,
    ENDED
  }

  private final StreamLoop loop;
  private final RelayContext context;
  private final Runnable onClientClosed;
  private final Side client;
  private final long startNanos = System.nanoTime();

  private Phase phase = Phase.OPENING;
  private InetSocketAddress clientAddress;
  private @Nullable InetSocketAddress destination;
  private String serverName = "";
  private @Nullable Target target;
  private @Nullable Endpoint endpoint;
  private @Nullable Side upstream;
  private @Nullable List<Endpoint> tried;
  private @Nullable ByteBuf held;
  private @Nullable FlowEnd end;
  private int attempts;
  private long hash;

  /** Bytes that both peers had yet to take when the flow was last found idle. */
  private long waitingBefore;

  private boolean isHashed;
  private long connectStartNanos;
  private long connectNanos;
  private long lastMoveNanos = startNanos;
  private long endNanos;

  /**
   * A flow of a connection that was just accepted.
   *
   * @param onClientClosed called once, when the client's connection is closed
   */
  Flow(StreamLoop loop, RelayContext context, SocketChannel channel, Runnable onClientClosed) {
    this.loop = loop;
    this.context = context;
    this.onClientClosed = onClientClosed;
    this.clientAddress = channel.remoteAddress();
    this.client = new Side(this, loop.pipes(), true);
    loop.began(this);
    client.attach(channel);
    armNext(startNanos);
  }

  /** The client's side, to be the last handler of its channel. */
  Side clientSide() {
    return client;
  }

  /** A PROXY protocol header has said who the client is. */
  void clientIs(InetSocketAddress address) {
    clientAddress = address;
  }

  /** A PROXY protocol header has said where the client connected to; null when it has not. */
  void destinationIs(@Nullable InetSocketAddress address) {
    destination = address;
  }

  /** The client's TLS has asked for this name. */
  void serverName(String name) {
    serverName = name;
  }

  // ---------------------------------------------------------------- opening

  /** Ends the flow before there is an endpoint; a no-op when it is ending. */
  void refuse(FlowEnd why) {
    if (decide(why)) {
      client.close();
      finishIfClosed();
    }
  }

  /** As {@link #refuse}, when somebody else closes the connection. */
  void refuseClosing(FlowEnd why) {
    decide(why);
  }

  /** Everything that comes before bytes is done: they go to this cluster. */
  void connectTo(Target chosen) {
    if (end == null && !client.isClosed()) {
      target = chosen;
      chosen.cluster().retryBudget().onRequest();
      phase = Phase.CONNECTING;
      connect(chosen, FlowEnd.NO_HEALTHY_ENDPOINT);
    }
  }

  private void connect(Target to, FlowEnd whenNobodyIsLeft) {
    Endpoint next = to.cluster().pick(this);
    if (next == null || isTried(next)) {
      refuse(whenNobodyIsLeft);
      return;
    }
    endpoint = next;
    attempts++;
    connectStartNanos = System.nanoTime();
    next.started();
    next.connectionOpened();
    Side side = new Side(this, loop.pipes(), false);
    upstream = side;
    loop.timers().arm(this, connectStartNanos + to.connectNanos());
    try {
      loop.connector()
          .connect(next, side, context.needsKeepAlive())
          .addListener(done -> onConnect(side, (ChannelFuture) done));
    } catch (ChannelException noSocket) {
      lack(OwnLack.SOCKET);
    }
  }

  private void onConnect(Side side, ChannelFuture done) {
    if (side != upstream || phase != Phase.CONNECTING) {
      done.channel().close();
      return;
    }
    OwnLack lack = OwnLack.of(done.cause());
    if (lack != null) {
      lack(lack);
    } else if (!done.isSuccess()) {
      tryAnother(FlowEnd.CONNECT_FAILED);
    } else {
      try {
        onConnected(side);
      } catch (Throwable t) {
        // Netty would tell the log, and nobody else.
        OutOfMemory.haltOn(t);
        onContained(t);
      }
    }
  }

  private void onConnected(Side side) {
    introduce(side);
    ClientTls tls = target == null ? null : target.tls();
    if (tls == null) {
      relay(side);
    } else {
      secure(side, tls);
    }
  }

  /** A PROXY protocol header comes before everything, TLS included. */
  private void introduce(Side side) {
    ByteBuf introduction = introduction(side);
    if (introduction != null) {
      side.write(introduction);
      if (held == null) {
        side.flush();
      }
    }
  }

  private void secure(Side side, ClientTls tls) {
    Endpoint to = endpoint;
    Target through = target;
    if (to == null || through == null) {
      throw new IllegalStateException("nothing is connected");
    }
    side.flush();
    SslHandler handshake =
        tls.newHandler(
            side.channel().alloc(), to.address(), Duration.ofNanos(through.connectNanos()));
    side.channel().pipeline().addFirst(handshake);
    handshake
        .handshakeFuture()
        .addListener(secured -> {
          if (side == upstream && phase == Phase.CONNECTING) {
            if (secured.isSuccess()) {
              relay(side);
            } else {
              tryAnother(FlowEnd.UPSTREAM_TLS);
            }
          }
        });
  }

  /** This machine lacks what the connection takes; the endpoint is not to blame. */
  private void lack(OwnLack what) {
    Endpoint unreached = endpoint;
    if (!letGo(Endpoint.Outcome.CANCELLED)) {
      return;
    }
    if (what == OwnLack.PORT && attempts < context.limits().connectAttempts()) {
      // Nothing was sent, so that the retry budget need not protect anybody.
      connectToAnother(unreached, FlowEnd.NO_SOCKET);
    } else {
      refuse(FlowEnd.NO_SOCKET);
    }
  }

  /** The connection to an endpoint has failed. */
  private void tryAnother(FlowEnd why) {
    Endpoint failed = endpoint;
    if (!letGo(Endpoint.Outcome.FAILURE)) {
      return;
    }
    Target to = target;
    if (to != null
        && attempts < context.limits().connectAttempts()
        && to.cluster().retryBudget().tryRetry()) {
      connectToAnother(failed, why);
    } else {
      refuse(why);
    }
  }

  /**
   * Closes the connection that was tried.
   *
   * @return false when there is no need of another one: the flow is ending
   */
  private boolean letGo(Endpoint.Outcome outcome) {
    Endpoint used = endpoint;
    Side side = upstream;
    if (used == null || side == null) {
      throw new IllegalStateException("no connection was tried");
    }
    upstream = null;
    // A flow that is ending has closed the connection itself.
    endpointDone(used, end == null ? outcome : Endpoint.Outcome.CANCELLED);
    side.close();
    if (end != null) {
      finishIfClosed();
    }
    return end == null;
  }

  private void connectToAnother(@Nullable Endpoint failed, FlowEnd why) {
    Target to = target;
    if (to == null || failed == null) {
      throw new IllegalStateException("no connection was tried");
    }
    if (tried == null) {
      tried = new ArrayList<>();
    }
    tried.add(failed);
    loop.metrics().onRetry(loop.index(), to.spec().name(), why.code());
    connect(to, why);
  }

  private void endpointDone(Endpoint used, Endpoint.Outcome outcome) {
    used.connectionClosed();
    used.finished(
        outcome, connectNanos == 0 ? System.nanoTime() - connectStartNanos : connectNanos);
  }

  // ---------------------------------------------------------------- relaying

  private void relay(Side side) {
    long now = System.nanoTime();
    connectNanos = now - connectStartNanos;
    lastMoveNanos = now;
    phase = Phase.RELAYING;
    ByteBuf first = held;
    if (first != null) {
      held = null;
      side.write(first);
      side.flush();
    }
    client.resume();
    if (client.isInputEnded()) {
      side.endOutput(client.isCut());
    }
    armNext(now);
  }

  /** The PROXY protocol header that the endpoint gets first; null for none. */
  private @Nullable ByteBuf introduction(Side side) {
    Target to = target;
    if (to == null || to.spec().proxyProtocol() == ClusterSpec.ProxyProtocol.OFF) {
      return null;
    }
    InetSocketAddress told = destination;
    ProxyHeader header =
        ProxyHeader.stream(clientAddress, told == null ? client.channel().localAddress() : told);
    return to.spec().proxyProtocol() == ClusterSpec.ProxyProtocol.V1
        ? ProxyHeaderEncoder.version1(side.channel().alloc(), header)
        : ProxyHeaderEncoder.version2(side.channel().alloc(), header, false);
  }

  private @Nullable Side other(Side side) {
    return side.isClient() ? upstream : client;
  }

  /** Takes ownership. */
  void onData(Side from, ByteBuf data) {
    Side to = other(from);
    if (phase == Phase.RELAYING && to != null) {
      to.write(data);
      onMoved(from, to);
    } else if (from.isClient() && phase != Phase.ENDED && end == null) {
      hold(data);
    } else {
      data.release();
    }
  }

  private void onMoved(Side from, Side to) {
    lastMoveNanos = System.nanoTime();
    if (!to.isWritable()) {
      from.pause();
      to.stalls(lastMoveNanos);
      if (context.stallNanos() > 0) {
        armNext(lastMoveNanos);
      }
    }
  }

  /** Where bytes of this side go now; null when they do not pass. */
  @Nullable Side receiverFrom(Side from) {
    return phase == Phase.RELAYING && end == null ? other(from) : null;
  }

  /** Bytes have passed from this side within the kernel. */
  void onSpliced(Side from) {
    Side to = receiverFrom(from);
    if (to != null) {
      onMoved(from, to);
    }
  }

  /** Pieces are copied together: a client chooses how many there are. */
  private void hold(ByteBuf data) {
    ByteBuf before = held;
    held =
        before == null
            ? data
            : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(client.channel().alloc(), before, data);
    if (held.readableBytes() >= MAX_HELD_BYTES) {
      client.pause();
    }
  }

  void onDataComplete(Side from) {
    Side to = other(from);
    if (phase == Phase.RELAYING && to != null) {
      to.flush();
    }
  }

  void onWritability(Side to) {
    if (phase == Phase.RELAYING && to.isWritable()) {
      to.stallsNoMore();
      Side from = other(to);
      if (from != null) {
        from.resume();
      }
    }
  }

  // ---------------------------------------------------------------- ends

  /** A peer sends nothing more. */
  void onInputEnd(Side from) {
    Side to = other(from);
    if (phase == Phase.RELAYING && to != null) {
      to.endOutput(from.isCut());
      from.closeIfEnded();
    } else if (phase == Phase.CONNECTING && from == upstream) {
      // The endpoint will not say what is missing of its handshake.
      tryAnother(FlowEnd.UPSTREAM_TLS);
    }
  }

  /** A peer has reset its connection. */
  void onReset(Side from) {
    if (phase == Phase.RELAYING) {
      cut(from.isClient() ? FlowEnd.CLIENT_RESET : FlowEnd.ENDPOINT_RESET);
    } else if (from.isClient()) {
      cut(FlowEnd.CLIENT_GONE);
    }
  }

  /** Something of ours threw on one of the connections. */
  void onContained(Throwable cause) {
    loop.metrics().onContainedException(loop.index(), cause);
    cut(FlowEnd.INTERNAL_ERROR);
  }

  /**
   * Ends the flow now, for a reason of ours; a no-op when it is ending. While bytes are relayed a
   * side is reset unless it has got everything and the end behind it, so that nobody takes half a
   * message for all of it. Where nothing has moved for long it is a FIN, but no end of TLS.
   */
  void cut(FlowEnd why) {
    if (decide(why)) {
      endBoth();
    }
  }

  private void endBoth() {
    end(client, upstream);
    if (upstream != null) {
      end(upstream, client);
    }
  }

  private void end(Side side, @Nullable Side sender) {
    boolean hasGotAll =
        sender != null && sender.isInputEnded() && !sender.isCut() && !side.isAnythingWaiting();
    if (!end().isReset() && (phase != Phase.RELAYING || hasGotAll)) {
      side.close();
    } else if (end == FlowEnd.IDLE && !side.isAnythingWaiting()) {
      side.closeAsItIs();
    } else {
      side.reset();
    }
  }

  private boolean decide(FlowEnd why) {
    if (end != null) {
      return false;
    }
    end = why;
    return true;
  }

  /** One of the connections is closed, by whomever. */
  void onClosed(Side side) {
    if (side.isClient()) {
      onClientClosed.run();
    } else if (side != upstream) {
      return;
    }
    if (end == null && !side.isDone()) {
      // Neither of us closed it: a write has failed.
      onReset(side);
      if (end == null) {
        return;
      }
    }
    Side other = other(side);
    if (end == null && other != null) {
      other.endOutput(side.isCut());
    }
    if (finishIfClosed()) {
      return;
    }
    if (end != null && end != FlowEnd.DONE) {
      endBoth();
    }
  }

  private boolean finishIfClosed() {
    boolean isClosed = client.isClosed() && (upstream == null || upstream.isClosed());
    if (isClosed) {
      finish();
    }
    return isClosed;
  }

  private void finish() {
    if (phase == Phase.ENDED) {
      return;
    }
    phase = Phase.ENDED;
    decide(FlowEnd.DONE);
    endNanos = System.nanoTime();
    loop.timers().cancel(this);
    if (held != null) {
      held.release();
      held = null;
    }
    if (upstream != null && endpoint != null) {
      endpointDone(endpoint, outcome(upstream));
    }
    reportBytes();
    loop.ended(this);
    loop.metrics().onFlowEnd(this);
    if (!end().code().isEmpty()) {
      loop.metrics().onFailure(loop.index(), end().code());
    }
    context.log().log(this);
  }

  /** What the flow says of the endpoint: a reset before its first byte is a failure. */
  private Endpoint.Outcome outcome(Side used) {
    if (connectNanos == 0) {
      return Endpoint.Outcome.CANCELLED;
    }
    return end == FlowEnd.ENDPOINT_RESET && used.received() == 0
        ? Endpoint.Outcome.FAILURE
        : Endpoint.Outcome.SUCCESS;
  }

  /** Tells what has passed since the last time. */
  void reportBytes() {
    long in = client.unreported();
    long out = upstream == null ? 0 : upstream.unreported();
    if (in + out > 0) {
      loop.metrics().onBytes(loop.index(), listener(), cluster(), in, out);
    }
  }

  // ---------------------------------------------------------------- time

  @Override
  protected void onDeadline(long nowNanos) {
    if (isOver(context.lifetimeNanos(), startNanos, nowNanos)) {
      cut(FlowEnd.LIFETIME);
    } else if (phase == Phase.CONNECTING) {
      if (target != null && nowNanos - connectStartNanos >= target.connectNanos()) {
        tryAnother(FlowEnd.CONNECT_TIMEOUT);
      } else {
        armNext(nowNanos);
      }
    } else if (phase == Phase.RELAYING) {
      long stall = context.stallNanos();
      if (isOver(context.idleNanos(), lastMoveNanos, nowNanos)) {
        endIfNothingIsTaken(nowNanos);
      } else if (stall > 0 && client.stallEnds(nowNanos, stall) <= nowNanos) {
        cut(FlowEnd.CLIENT_STALLED);
      } else if (stall > 0 && upstream != null && upstream.stallEnds(nowNanos, stall) <= nowNanos) {
        cut(FlowEnd.ENDPOINT_STALLED);
      } else {
        armNext(nowNanos);
      }
    }
  }

  /** Nothing was read for as long as a flow may be idle; but somebody may be taking what was. */
  private void endIfNothingIsTaken(long nowNanos) {
    long waiting = client.waitingBytes() + (upstream == null ? 0 : upstream.waitingBytes());
    if (waiting > 0 && waiting != waitingBefore) {
      waitingBefore = waiting;
      lastMoveNanos = nowNanos;
      armNext(nowNanos);
    } else {
      cut(FlowEnd.IDLE);
    }
  }

  private static boolean isOver(long limit, long sinceNanos, long nowNanos) {
    return limit > 0 && nowNanos - sinceNanos >= limit;
  }

  private void armNext(long nowNanos) {
    long next = Long.MAX_VALUE;
    if (context.lifetimeNanos() > 0) {
      next = startNanos + context.lifetimeNanos();
    }
    if (phase == Phase.CONNECTING && target != null) {
      next = Math.min(next, connectStartNanos + target.connectNanos());
    }
    if (phase == Phase.RELAYING) {
      if (context.idleNanos() > 0) {
        next = Math.min(next, lastMoveNanos + context.idleNanos());
      }
      long stall = context.stallNanos();
      if (stall > 0) {
        next = Math.min(next, client.stallEnds(nowNanos, stall));
        next = upstream == null ? next : Math.min(next, upstream.stallEnds(nowNanos, stall));
      }
    }
    if (next != Long.MAX_VALUE) {
      loop.timers().arm(this, next);
    } else {
      loop.timers().cancel(this);
    }
  }

  // ---------------------------------------------------------------- what the balancer asks

  @Override
  public long hash() {
    if (!isHashed) {
      hash = Hash64.of(clientAddress.getAddress().getAddress());
      isHashed = true;
    }
    return hash;
  }

  @Override
  public @Nullable String affinity() {
    return null;
  }

  @Override
  public boolean isTried(Endpoint candidate) {
    return tried != null && tried.contains(candidate);
  }

  // ---------------------------------------------------------------- what is known at the end

  @Override
  public int loop() {
    return loop.index();
  }

  @Override
  public String listener() {
    return context.spec().name();
  }

  @Override
  public ListenerSpec.Protocol protocol() {
    return context.spec().protocol();
  }

  @Override
  public InetSocketAddress client() {
    return clientAddress;
  }

  @Override
  public String serverName() {
    return serverName;
  }

  @Override
  public String cluster() {
    return target == null ? "" : target.spec().name();
  }

  @Override
  public String endpoint() {
    return endpoint == null ? "" : endpoint.label();
  }

  @Override
  public int attempts() {
    return attempts;
  }

  @Override
  public FlowEnd end() {
    return end == null ? FlowEnd.DONE : end;
  }

  @Override
  public long bytesIn() {
    return client.received();
  }

  @Override
  public long bytesOut() {
    return upstream == null ? 0 : upstream.received();
  }

  @Override
  public long startNanos() {
    return startNanos;
  }

  @Override
  public long endNanos() {
    return endNanos;
  }
}
