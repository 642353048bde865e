package io.expressgateway.stream;

import io.expressgateway.limit.ConnectionCaps;
import io.expressgateway.limit.Rule;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.loop.ListeningSockets;
import io.expressgateway.plane.DataPlane.BindFailure;
import io.expressgateway.plane.DataPlane.BoundListener;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.tls.ServerNameReader;
import io.expressgateway.tls.ServerTls;
import io.expressgateway.tls.TlsAccept;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One tcp, tls or tls-passthrough listener: connections are counted and capped, and each becomes a
 * {@link Flow}.
 */
final class RelayListener {

  private final ListenerSpec spec;
  private final ConnectionCaps caps;
  private final List<StreamLoop> loops;
  private final Supplier<RelayContext> context;
  private final List<TlsAccept.Handshakes> handshakes = new ArrayList<>();
  private @Nullable ListeningSockets sockets;

  /**
   * @param context the listener as the snapshot of the moment has it; read once per connection
   */
  RelayListener(ListenerSpec spec, List<StreamLoop> loops, Supplier<RelayContext> context) {
    this.spec = spec;
    this.caps = new ConnectionCaps(spec.maxConnections(), spec.maxConnectionsPerIp());
    this.loops = loops;
    this.context = context;
    loops.forEach(loop -> handshakes.add(new TlsAccept.Handshakes()));
  }

  /**
   * Binds a socket per loop.
   *
   * @throws BindFailure when the address cannot be bound or somebody else listens on it
   */
  void bind(EventLoops on) {
    sockets = ListeningSockets.bind(spec.name(), spec.bind(), on, Buffers.UNSENT, this::accept);
  }

  private void accept(Channel accepted, int index) {
    SocketChannel channel = (SocketChannel) accepted;
    StreamLoop loop = loops.get(index);
    RelayContext listener = context.get();
    InetAddress peer = channel.remoteAddress().getAddress();
    if (!admits(peer, loop, listener)) {
      channel.close();
      return;
    }
    Buffers.set(channel.config());
    Flow flow = new Flow(loop, listener, channel, () -> caps.release(peer));
    open(flow, channel, listener, loop);
    channel.config().setAutoRead(true);
  }

  private boolean admits(InetAddress peer, StreamLoop loop, RelayContext listener) {
    if (caps.acquire(peer) == ConnectionCaps.Admission.ADMITTED) {
      return true;
    }
    boolean isObserved = listener.rules().isObserved(Rule.CONNECTION_CAPS);
    loop.metrics()
        .onSecurity(
            loop.index(), Rule.CONNECTION_CAPS.text(), isObserved ? Rule.OBSERVED : "close");
    if (isObserved) {
      caps.acquireBeyond(peer);
    }
    return isObserved;
  }

  private void open(Flow flow, SocketChannel channel, RelayContext listener, StreamLoop loop) {
    ChannelPipeline pipeline = channel.pipeline();
    switch (listener.spec().protocol()) {
      case TCP -> {
        pipeline.addLast(flow.clientSide());
        connect(flow, listener.target(), loop);
      }
      case TLS -> {
        ServerTls tls = listener.tls();
        if (tls == null) {
          throw new IllegalStateException(spec.name() + " has no certificate");
        }
        pipeline.addLast(tls.newHandler());
        pipeline.addLast(
            new TlsAccept(
                tls, handshakes.get(loop.index()), new Secured(flow, listener, loop)));
      }
      case TLS_PASSTHROUGH -> {
        pipeline.addLast(
            new ServerNameReader(
                listener.spec().handshakeTimeout(), new Named(flow, listener, loop)));
        pipeline.addLast(flow.clientSide());
      }
      case HTTP, HTTPS, UDP ->
          throw new IllegalStateException(spec.name() + " relays no connections");
    }
  }

  private static void connect(Flow flow, @Nullable Target target, StreamLoop loop) {
    if (target == null) {
      flow.refuse(FlowEnd.NO_SNI_MATCH);
    } else {
      flow.connectTo(target);
    }
  }

  /** Goes on behind the client's handshake. */
  private record Secured(Flow flow, RelayContext listener, StreamLoop loop)
      implements TlsAccept.Outcome {

    @Override
    public void onSecured(ChannelPipeline pipeline, @Nullable String protocol) {
      pipeline.addLast(flow.clientSide());
      connect(flow, listener.target(), loop);
    }

    @Override
    public void onRefused(String rule) {
      loop.metrics().onSecurity(loop.index(), rule, "close");
      flow.refuse(FlowEnd.TLS_HANDSHAKE);
    }

    @Override
    public void onContained(Throwable cause) {
      loop.metrics().onContainedException(loop.index(), cause);
    }
  }

  /** Goes on behind the client's ClientHello. */
  private record Named(Flow flow, RelayContext listener, StreamLoop loop)
      implements ServerNameReader.Outcome {

    @Override
    public void onName(String name) {
      flow.serverName(name);
      connect(flow, listener.target(name), loop);
    }

    @Override
    public void onRefused(boolean isLate) {
      loop.metrics().onSecurity(loop.index(), Rule.CLIENT_HELLO.text(), "close");
      flow.refuse(isLate ? FlowEnd.CLIENT_HELLO_TIMEOUT : FlowEnd.BAD_CLIENT_HELLO);
    }
  }

  /** The listener as it shows in the admin API. */
  BoundListener bound() {
    ListeningSockets open = sockets;
    if (open == null) {
      throw new IllegalStateException("listener " + spec.name() + " is not bound");
    }
    return new BoundListener(spec.name(), spec.protocol().text(), open.address(), caps.open());
  }

  String name() {
    return spec.name();
  }

  /** A new snapshot changed the limits. */
  void limits(ListenerSpec changed) {
    caps.limits(changed.maxConnections(), changed.maxConnectionsPerIp());
  }

  int connections() {
    return caps.open();
  }

  /** Stops accepting; running flows go on. */
  void unbind() {
    if (sockets != null) {
      sockets.unbind();
    }
  }
}
