package io.expressgateway.http.listener;

import io.expressgateway.http.HttpDataPlane.BindFailure;
import io.expressgateway.http.proxy.ConnectionRegistry;
import io.expressgateway.http.proxy.ListenerContext;
import io.expressgateway.http.proxy.Worker;
import io.expressgateway.limit.ConnectionCaps;
import io.expressgateway.limit.Rule;
import io.expressgateway.net.HostPort;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.tls.ServerTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.tcp.TcpServer;

/**
 * One listener: a listening socket per event loop on the same address ({@code SO_REUSEPORT}), each
 * hosted by a Reactor Netty {@code TcpServer} that runs on that loop only. The kernel spreads
 * connections over the sockets; a connection stays on its loop.
 */
public final class Listener {

  private static final int BACKLOG = 4096;

  /** What may wait unsent per connection before the other side is told to stop. */
  private static final WriteBufferWaterMark WATER_MARK =
      new WriteBufferWaterMark(32 * 1024, 64 * 1024);

  private final String name;
  private final ListenerSpec spec;
  private final ConnectionCaps caps;
  private final Supplier<ListenerContext> context;
  private final List<DisposableServer> servers = new ArrayList<>();
  private final List<ConnectionRegistry> registries = new ArrayList<>();
  private final List<Worker> workers;

  /**
   * @param context the listener as the snapshot of the moment has it; read once per connection
   */
  public Listener(ListenerSpec spec, List<Worker> workers, Supplier<ListenerContext> context) {
    this.name = spec.name();
    this.spec = spec;
    this.caps = new ConnectionCaps(spec.maxConnections(), spec.maxConnectionsPerIp());
    this.context = context;
    this.workers = workers;
  }

  /**
   * Binds a socket per loop.
   *
   * @throws BindFailure when the address cannot be bound or somebody else listens on it; nothing of
   *     this listener stays bound
   */
  public void bind(List<EventLoopGroup> loops, Transport transport) {
    InetSocketAddress address = address(spec.bind());
    refuseIfTaken(address);
    try {
      for (int i = 0; i < loops.size(); i++) {
        ConnectionRegistry registry = new ConnectionRegistry();
        registries.add(registry);
        Worker worker = workers.get(i);
        TlsAccept.Handshakes handshakes = new TlsAccept.Handshakes();
        DisposableServer server =
            server(
                loops.get(i),
                transport,
                address,
                channel -> accept(channel, worker, registry, handshakes));
        servers.add(server);
        address = (InetSocketAddress) server.address();
      }
    } catch (RuntimeException e) {
      unbind();
      throw new BindFailure(name, reason(e), e);
    }
  }

  private static InetSocketAddress address(HostPort bind) {
    return new InetSocketAddress(bind.host(), bind.port());
  }

  /**
   * {@code SO_REUSEPORT} lets a second gateway of the same user share the port without a word; a
   * bind without it finds out.
   */
  private void refuseIfTaken(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new BindFailure(
          name, "cannot resolve " + spec.bind().host(), new IOException("unresolved"));
    }
    if (address.getPort() == 0) {
      return;
    }
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address, 1);
    } catch (IOException e) {
      throw new BindFailure(name, reason(e), e);
    }
  }

  private static String reason(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.toString() : message;
  }

  private DisposableServer server(
      EventLoopGroup loop,
      Transport transport,
      InetSocketAddress address,
      Consumer<Channel> accept) {
    return TcpServer.create()
        .runOn(new SingleLoop(loop, transport), transport != Transport.NIO)
        .bindAddress(() -> address)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(transport.reusePort(), true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
        .doOnChannelInit((observer, channel, remote) -> accept.accept(channel))
        .bindNow(Duration.ofSeconds(10));
  }

  /**
   * Makes our handler the pipeline; Reactor's bridge would hand every buffer to its own operations.
   */
  private void accept(
      Channel channel,
      Worker worker,
      ConnectionRegistry registry,
      TlsAccept.Handshakes handshakes) {
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.remove(NettyPipeline.ReactiveBridge);
    InetAddress peer = ((InetSocketAddress) channel.remoteAddress()).getAddress();
    ListenerContext listener = context.get();
    if (!admits(peer, worker, listener)) {
      channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> caps.release(peer));
    Protocols protocols = new Protocols(worker, listener, registry);
    ServerTls tls = protocols.listener().tls();
    if (tls == null) {
      pipeline.addLast(new ProtocolDetection(protocols));
    } else {
      pipeline.addLast(tls.newHandler());
      pipeline.addLast(new TlsAccept(protocols, handshakes));
    }
  }

  private boolean admits(InetAddress peer, Worker worker, ListenerContext listener) {
    if (caps.acquire(peer) == ConnectionCaps.Admission.ADMITTED) {
      return true;
    }
    boolean isObserved = listener.rules().isObserved(Rule.CONNECTION_CAPS);
    worker
        .metrics()
        .onSecurity(worker.index(), "connection-caps", isObserved ? Rule.OBSERVED : "close");
    if (isObserved) {
      caps.acquireBeyond(peer);
    }
    return isObserved;
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
    // A dual-stack socket calls the IPv4 wildcard [::], which is not what was asked for.
    int port = ((InetSocketAddress) servers.getFirst().address()).getPort();
    return new InetSocketAddress(address(spec.bind()).getAddress(), port);
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
    for (DisposableServer server : servers) {
      server.channel().close().syncUninterruptibly();
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
