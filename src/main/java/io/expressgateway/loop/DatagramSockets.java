package io.expressgateway.loop;

import io.expressgateway.net.HostPort;
import io.expressgateway.plane.DataPlane.BindFailure;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.udp.UdpServer;

/**
 * One UDP address to receive at: a socket per event loop ({@code SO_REUSEPORT}), each hosted by a
 * Reactor Netty {@code UdpServer} that runs on that loop only. The kernel chooses the socket by a
 * hash of both addresses and ports, so a client stays on its loop. Bound and unbound by one thread
 * at a time.
 *
 * <p>A wildcard address has such sockets for each address that the machine has, besides those of
 * the wildcard itself: a datagram leaves from the address of its socket, and a client takes answers
 * from no other address than the one that it wrote to.
 */
public final class DatagramSockets {

  /** Beyond this many addresses the rest is served by the wildcard's sockets alone. */
  private static final int MAX_ADDRESSES = 64;

  /** What may wait for the loop; the kernel grants what {@code net.core.rmem_max} allows. */
  private static final int RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

  private final BindAddress bind;
  private final List<Connection> sockets = new ArrayList<>();

  private DatagramSockets(BindAddress bind) {
    this.bind = bind;
  }

  /** Takes a new socket over. */
  @FunctionalInterface
  public interface Acceptor {

    /**
     * A socket is bound: its pipeline is empty, reads begin when somebody asks for them. On its
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
   * @throws BindFailure when the address cannot be bound or somebody else has it; nothing stays
   *     bound
   */
  public static DatagramSockets bind(
      String listener, HostPort bind, EventLoops loops, Acceptor acceptor) {
    DatagramSockets sockets = new DatagramSockets(new BindAddress(listener, bind));
    sockets.bind(loops, acceptor);
    return sockets;
  }

  private void bind(EventLoops loops, Acceptor acceptor) {
    bind.refuseIfTaken(DatagramSockets::tryToBind);
    InetSocketAddress address = bind.address();
    try {
      bindOnEachLoop(loops, address, acceptor);
    } catch (RuntimeException e) {
      unbind();
      throw bind.failure(e);
    }
    if (address.getAddress().isAnyLocalAddress()) {
      for (InetAddress own : ownAddresses(address.getAddress())) {
        bindOwn(loops, new InetSocketAddress(own, address().getPort()), acceptor);
      }
    }
  }

  private void bindOnEachLoop(EventLoops loops, InetSocketAddress wanted, Acceptor acceptor) {
    InetSocketAddress address = wanted;
    for (int i = 0; i < loops.size(); i++) {
      Connection socket = socket(loops, i, address, acceptor);
      sockets.add(socket);
      address = (InetSocketAddress) socket.channel().localAddress();
    }
  }

  /** An address that cannot be bound, because it is leaving say, is the wildcard's to serve. */
  private void bindOwn(EventLoops loops, InetSocketAddress address, Acceptor acceptor) {
    int before = sockets.size();
    try {
      bindOnEachLoop(loops, address, acceptor);
    } catch (RuntimeException e) {
      List<Connection> some = sockets.subList(before, sockets.size());
      some.forEach(socket -> socket.channel().close().syncUninterruptibly());
      some.clear();
    }
  }

  /** The machine's addresses that a wildcard stands for; IPv4 ones only for IPv4's wildcard. */
  private static List<InetAddress> ownAddresses(InetAddress wildcard) {
    boolean both = wildcard.getAddress().length == 16;
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(own -> both || own.getAddress().length == 4)
          .distinct()
          .limit(MAX_ADDRESSES)
          .toList();
    } catch (SocketException e) {
      return List.of();
    }
  }

  private static void tryToBind(InetSocketAddress address) throws IOException {
    try (DatagramSocket probe = new DatagramSocket(null)) {
      probe.bind(address);
    }
  }

  private static Connection socket(
      EventLoops loops, int index, InetSocketAddress address, Acceptor acceptor) {
    Transport transport = loops.transport();
    Connection socket =
        UdpServer.create()
            .runOn(new SingleLoop(loops.group(index), transport), transport != Transport.NIO)
            .bindAddress(() -> address)
            .option(transport.reusePort(), true)
            .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            .option(ChannelOption.AUTO_CLOSE, false)
            .bindNow(Duration.ofSeconds(10));
    Channel channel = socket.channel();
    channel
        .eventLoop()
        .submit(() -> {
          // Reactor's bridge, which has said that the socket is bound, would hand every datagram to
          // its own operations. Nothing was read so far: its channels begin without automatic
          // reads.
          channel.pipeline().remove(NettyPipeline.ReactiveBridge);
          acceptor.accept(channel, index);
        })
        .syncUninterruptibly();
    return socket;
  }

  /** The address as asked for, with its real port. */
  public InetSocketAddress address() {
    return bind.withPortOf((InetSocketAddress) sockets.getFirst().channel().localAddress());
  }

  /** Closes the sockets. A no-op when they are closed. */
  public void unbind() {
    for (Connection socket : sockets) {
      socket.channel().close().syncUninterruptibly();
    }
  }
}
