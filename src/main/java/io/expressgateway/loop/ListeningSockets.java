package io.expressgateway.loop;

import io.expressgateway.net.HostPort;
import io.expressgateway.plane.DataPlane.BindFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.tcp.TcpServer;

/**
 * One TCP address to listen on: a socket per event loop ({@code SO_REUSEPORT}), each hosted by a
 * Reactor Netty {@code TcpServer} that runs on that loop only. The kernel spreads connections over
 * the sockets; a connection stays on its loop. Bound and unbound by one thread at a time.
 */
public final class ListeningSockets {

  private static final int BACKLOG = 4096;

  private final BindAddress bind;
  private final List<DisposableServer> servers = new ArrayList<>();

  private ListeningSockets(BindAddress bind) {
    this.bind = bind;
  }

  /** Takes a new connection over. */
  @FunctionalInterface
  public interface Acceptor {

    /**
     * A connection has come: its pipeline is empty, reads begin when somebody asks for them. On its
     * event loop.
     *
     * @param loop the place of the loop
     */
    void accept(Channel channel, int loop);
  }

  /**
   * Binds a socket per loop.
   *
   * @param listener whose name a failure carries
   * @param bind port 0 for any free one, the same on each loop
   * @param unsent what may wait unsent in a connection before it says that it is not writable
   * @throws BindFailure when the address cannot be bound or somebody else listens on it; nothing
   *     stays bound
   */
  public static ListeningSockets bind(
      String listener,
      HostPort bind,
      EventLoops loops,
      WriteBufferWaterMark unsent,
      Acceptor acceptor) {
    ListeningSockets sockets = new ListeningSockets(new BindAddress(listener, bind));
    sockets.bind(loops, unsent, acceptor);
    return sockets;
  }

  private void bind(EventLoops loops, WriteBufferWaterMark unsent, Acceptor acceptor) {
    bind.refuseIfTaken(ListeningSockets::tryToBind);
    InetSocketAddress address = bind.address();
    try {
      for (int i = 0; i < loops.size(); i++) {
        DisposableServer server = server(loops, i, address, unsent, acceptor);
        servers.add(server);
        address = (InetSocketAddress) server.address();
      }
    } catch (RuntimeException e) {
      unbind();
      throw bind.failure(e);
    }
  }

  private static void tryToBind(InetSocketAddress address) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address, 1);
    }
  }

  private static DisposableServer server(
      EventLoops loops,
      int index,
      InetSocketAddress address,
      WriteBufferWaterMark unsent,
      Acceptor acceptor) {
    Transport transport = loops.transport();
    TcpServer server =
        TcpServer.create()
            .runOn(new SingleLoop(loops.group(index), transport), transport != Transport.NIO)
            .bindAddress(() -> address)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(transport.reusePort(), true)
            // Netty sets it on every channel; Reactor Netty would set it once more.
            .childOption(ChannelOption.TCP_NODELAY, null)
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, unsent)
            .doOnChannelInit((observer, channel, remote) -> {
              // Reactor's bridge would hand every buffer to its own operations.
              channel.pipeline().remove(NettyPipeline.ReactiveBridge);
              acceptor.accept(channel, index);
            });
    return transport.keepAlive(server).bindNow(Duration.ofSeconds(10));
  }

  /** The address as asked for, with its real port. */
  public InetSocketAddress address() {
    return bind.withPortOf((InetSocketAddress) servers.getFirst().address());
  }

  /** Stops accepting; open connections live on. A no-op when it has stopped. */
  public void unbind() {
    for (DisposableServer server : servers) {
      server.channel().close().syncUninterruptibly();
    }
  }
}
