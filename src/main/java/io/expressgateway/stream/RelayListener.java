package io.expressgateway.stream;

import io.expressgateway.limit.ConnectionCaps;
import io.expressgateway.limit.Place;
import io.expressgateway.limit.Rule;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.loop.ListeningSockets;
import io.expressgateway.plane.DataPlane.BindFailure;
import io.expressgateway.plane.DataPlane.BoundListener;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderDecoder;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderPolicy.Expectation;
import io.expressgateway.tls.TlsAccept;
import io.netty.channel.Channel;
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
    Expectation expected = listener.headerPolicy().expectationOf(listener.trusts(peer));
    boolean isNamedLater = expected == Expectation.REQUIRED || expected == Expectation.OPTIONAL;
    Place place = new Place(caps, listener.rules().isObserved(Rule.CONNECTION_CAPS));
    if (!(isNamedLater ? place.takeUnnamed() : place.take(peer)) && !isTolerated(place, loop)) {
      channel.close();
      return;
    }
    Flow flow = new Flow(loop, listener, channel, place::leave);
    Opening opening =
        new Opening(
            flow,
            listener,
            loop,
            channel,
            handshakes.get(index),
            client -> !isNamedLater || place.take(client.getAddress()) || isTolerated(place, loop));
    switch (expected) {
      case NONE -> opening.open(channel.pipeline());
      case REFUSED -> opening.onRefused(ProxyHeaderDecoder.Refusal.UNTRUSTED, "");
      case OPTIONAL, REQUIRED, FORBIDDEN ->
          channel
              .pipeline()
              .addLast(
                  new ProxyHeaderDecoder(expected, listener.spec().handshakeTimeout(), opening));
    }
  }

  /** Counts a connection beyond the caps; whether it may stay because they are only observed. */
  private static boolean isTolerated(Place place, StreamLoop loop) {
    loop.metrics()
        .onSecurity(
            loop.index(), Rule.CONNECTION_CAPS.text(), place.isTaken() ? Rule.OBSERVED : "close");
    return place.isTaken();
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
