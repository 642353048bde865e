package io.expressgateway.http.listener;

import io.expressgateway.http.proxy.ConnectionRegistry;
import io.expressgateway.http.proxy.ListenerContext;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.limit.ConnectionCaps;
import io.expressgateway.limit.Place;
import io.expressgateway.limit.Rule;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.loop.ListeningSockets;
import io.expressgateway.plane.DataPlane.BindFailure;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.stream.proxyprotocol.ProxyHeader;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderDecoder;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderPolicy.Expectation;
import io.expressgateway.tls.ServerTls;
import io.expressgateway.tls.TlsAccept;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One http or https listener: connections are counted, capped and given the handlers of their
 * protocol; {@link ListeningSockets} has the sockets.
 */
public final class Listener {

  private final String name;
  private final ListenerSpec spec;
  private final ConnectionCaps caps;
  private final Supplier<ListenerContext> context;
  private final List<ConnectionRegistry> registries = new ArrayList<>();
  private final List<TlsAccept.Handshakes> handshakes = new ArrayList<>();
  private final List<Worker> workers;
  private @Nullable ListeningSockets sockets;

  /**
   * @param context the listener as the snapshot of the moment has it; read once per connection
   */
  public Listener(ListenerSpec spec, List<Worker> workers, Supplier<ListenerContext> context) {
    this.name = spec.name();
    this.spec = spec;
    this.caps = new ConnectionCaps(spec.maxConnections(), spec.maxConnectionsPerIp());
    this.context = context;
    this.workers = workers;
    for (int i = 0; i < workers.size(); i++) {
      registries.add(new ConnectionRegistry());
      handshakes.add(new TlsAccept.Handshakes());
    }
  }

  /**
   * Binds a socket per loop.
   *
   * @param unsent what may wait unsent per connection before the other side is told to stop
   * @throws BindFailure when the address cannot be bound or somebody else listens on it; nothing of
   *     this listener stays bound
   */
  public void bind(EventLoops loops, WriteBufferWaterMark unsent) {
    sockets = ListeningSockets.bind(name, spec.bind(), loops, unsent, this::accept);
  }

  private void accept(Channel channel, int loop) {
    Worker worker = workers.get(loop);
    InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
    ListenerContext listener = context.get();
    Expectation expected = listener.headerPolicy().expectationOf(listener.mayIntroduce(peer));
    boolean isNamedLater = expected == Expectation.REQUIRED || expected == Expectation.OPTIONAL;
    Place place = new Place(caps, listener.rules().isObserved(Rule.CONNECTION_CAPS));
    boolean hasPlace = isNamedLater ? place.takeUnnamed() : place.take(peer.getAddress());
    if (!hasPlace && !isTolerated(place, worker)) {
      channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> place.leave());
    switch (expected) {
      case NONE -> serve(channel.pipeline(), loop, listener, peer);
      case REFUSED -> {
        worker.metrics().onSecurity(loop, Rule.PROXY_PROTOCOL.text(), "close");
        channel.close();
      }
      case OPTIONAL, REQUIRED, FORBIDDEN ->
          channel
              .pipeline()
              .addLast(
                  new ProxyHeaderDecoder(
                      expected,
                      listener.spec().handshakeTimeout(),
                      new Introduction(loop, listener, peer, isNamedLater ? place : null)));
    }
  }

  private void serve(
      ChannelPipeline pipeline, int loop, ListenerContext listener, InetSocketAddress client) {
    Protocols protocols = new Protocols(workers.get(loop), listener, registries.get(loop), client);
    ServerTls tls = listener.tls();
    if (tls == null) {
      pipeline.addLast(new ProtocolDetection(protocols));
    } else {
      pipeline.addLast(tls.newHandler());
      pipeline.addLast(new TlsAccept(tls, handshakes.get(loop), protocols));
    }
  }

  /** Goes on behind the PROXY protocol header of a connection. */
  private final class Introduction implements ProxyHeaderDecoder.Outcome {

    private final int loop;
    private final ListenerContext listener;
    private final InetSocketAddress peer;
    private final @Nullable Place unnamed;

    Introduction(
        int loop, ListenerContext listener, InetSocketAddress peer, @Nullable Place unnamed) {
      this.loop = loop;
      this.listener = listener;
      this.peer = peer;
      this.unnamed = unnamed;
    }

    @Override
    public void onHeader(ChannelPipeline pipeline, @Nullable ProxyHeader header) {
      InetSocketAddress told = header == null ? null : header.source();
      InetSocketAddress client = told == null ? peer : told;
      Worker worker = workers.get(loop);
      if (unnamed != null && !unnamed.take(client.getAddress()) && !isTolerated(unnamed, worker)) {
        pipeline.channel().close();
        return;
      }
      serve(pipeline, loop, listener, client);
    }

    @Override
    public void onRefused(ProxyHeaderDecoder.Refusal refusal, String detail) {
      workers.get(loop).metrics().onSecurity(loop, Rule.PROXY_PROTOCOL.text(), "close");
    }
  }

  /** Counts a connection beyond the caps; whether it may stay because they are only observed. */
  private static boolean isTolerated(Place place, Worker worker) {
    worker
        .metrics()
        .onSecurity(worker.index(), "connection-caps", place.isTaken() ? Rule.OBSERVED : "close");
    return place.isTaken();
  }

  /** The name in the configuration. */
  public String name() {
    return name;
  }

  /** What the listener was bound as. */
  public ListenerSpec spec() {
    return spec;
  }

  /** The address as configured, with its real port. */
  public InetSocketAddress boundAddress() {
    ListeningSockets bound = sockets;
    if (bound == null) {
      throw new IllegalStateException("listener " + name + " is not bound");
    }
    return bound.address();
  }

  /** Connections open now. Any thread. */
  public int connections() {
    return caps.open();
  }

  /** A new snapshot changed the limits. */
  public void limits(ListenerSpec changed) {
    caps.limits(changed.maxConnections(), changed.maxConnectionsPerIp());
  }

  /** Asks connections to leave; see {@link ConnectionRegistry#drain}. */
  public void drain(long spreadNanos) {
    onEachLoop(registry -> registry.drain(spreadNanos));
  }

  /** Stops accepting; open connections live on. */
  public void unbind() {
    if (sockets != null) {
      sockets.unbind();
    }
  }

  /** Ends all connections. */
  public void shutDown() {
    onEachLoop(ConnectionRegistry::shutDown);
  }

  private void onEachLoop(Consumer<ConnectionRegistry> action) {
    for (int i = 0; i < registries.size(); i++) {
      ConnectionRegistry registry = registries.get(i);
      workers.get(i).eventLoop().execute(() -> action.accept(registry));
    }
  }
}
