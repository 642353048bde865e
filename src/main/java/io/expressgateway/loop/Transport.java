package io.expressgateway.loop;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.StandardSocketOptions;
import reactor.netty.tcp.TcpServer;

/**
 * The kernel interface that event loops use. Chosen explicitly, because Reactor Netty would prefer
 * io_uring whenever its native library is present.
 */
public enum Transport {
  /** Linux epoll: the default. */
  EPOLL,
  /** Linux io_uring: an option. */
  IO_URING,
  /** The JDK's own: the portable last resort. */
  NIO;

  /** SOL_SOCKET and SO_KEEPALIVE of Linux (asm-generic/socket.h). */
  private static final ChannelOption<Integer> INHERITED_KEEP_ALIVE =
      new IntegerUnixChannelOption("INHERITED_KEEP_ALIVE", 1, 9);

  /**
   * The transport that a configuration names.
   *
   * @param name {@code auto} (epoll, else nio), {@code epoll}, {@code io_uring} or {@code nio}
   * @throws IllegalArgumentException naming why a transport that was asked for cannot be had
   */
  public static Transport of(String name) {
    return switch (name) {
      case "auto" -> Epoll.isAvailable() ? EPOLL : NIO;
      case "epoll" -> {
        require(Epoll.isAvailable(), name, Epoll.unavailabilityCause());
        yield EPOLL;
      }
      case "io_uring" -> {
        require(IoUring.isAvailable(), name, IoUring.unavailabilityCause());
        yield IO_URING;
      }
      case "nio" -> NIO;
      default ->
          throw new IllegalArgumentException(
              "transport '" + name + "' is none of auto, epoll, io_uring, nio");
    };
  }

  private static void require(
      boolean available, String name, @org.jspecify.annotations.Nullable Throwable cause) {
    if (!available) {
      throw new IllegalArgumentException("transport " + name + " is not available: " + cause);
    }
  }

  /** {@code epoll}, {@code io_uring} or {@code nio}. */
  public String text() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** A group of exactly one event loop. */
  public EventLoopGroup newLoop(String threadName) {
    IoHandlerFactory factory =
        switch (this) {
          case EPOLL -> SteadyEpoll.newFactory();
          case IO_URING -> IoUringIoHandler.newFactory();
          case NIO -> NioIoHandler.newFactory();
        };
    return new MultiThreadIoEventLoopGroup(
        1, new DefaultThreadFactory(threadName, true, Thread.MAX_PRIORITY), factory);
  }

  /** The channel class of client sockets. */
  public Class<? extends SocketChannel> socketChannel() {
    return switch (this) {
      case EPOLL -> EpollSocketChannel.class;
      case IO_URING -> IoUringSocketChannel.class;
      case NIO -> NioSocketChannel.class;
    };
  }

  /**
   * A client socket that is neither registered nor connected.
   *
   * @param peer whom it is for: an IPv4 socket costs less than an IPv6 one that speaks to IPv4
   */
  public SocketChannel newSocketChannel(InetAddress peer) {
    return switch (this) {
      case EPOLL ->
          peer instanceof Inet4Address
              ? new EpollSocketChannel(SocketProtocolFamily.INET)
              : new EpollSocketChannel();
      case IO_URING -> new IoUringSocketChannel();
      case NIO -> new NioSocketChannel();
    };
  }

  /** The channel class of listening sockets. */
  public Class<? extends ServerSocketChannel> serverChannel() {
    return switch (this) {
      case EPOLL -> EpollServerSocketChannel.class;
      case IO_URING -> IoUringServerSocketChannel.class;
      case NIO -> NioServerSocketChannel.class;
    };
  }

  /** The channel class of UDP sockets. */
  public Class<? extends DatagramChannel> datagramChannel() {
    return switch (this) {
      case EPOLL -> EpollDatagramChannel.class;
      case IO_URING -> IoUringDatagramChannel.class;
      case NIO -> NioDatagramChannel.class;
    };
  }

  /** The option that lets several sockets listen on one address. */
  ChannelOption<Boolean> reusePort() {
    return this == NIO
        ? NioChannelOption.of(StandardSocketOptions.SO_REUSEPORT)
        : UnixChannelOption.SO_REUSEPORT;
  }

  /**
   * A server whose connections are probed when they are silent. On Linux they inherit that from the
   * listening socket (socket(7)), which costs nothing for each.
   */
  TcpServer keepAlive(TcpServer server) {
    return this == EPOLL
        ? server.option(INHERITED_KEEP_ALIVE, 1)
        : server.childOption(ChannelOption.SO_KEEPALIVE, true);
  }

  /** The class for one of Netty's channel interfaces, as Reactor Netty asks for it. */
  Class<? extends Channel> channelFor(Class<?> type) {
    if (type == SocketChannel.class) {
      return socketChannel();
    }
    if (type == ServerSocketChannel.class) {
      return serverChannel();
    }
    if (type == DatagramChannel.class) {
      return datagramChannel();
    }
    throw new IllegalArgumentException("no channel for " + type);
  }
}
