package io.expressgateway.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.FaultyEndpoint;
import io.expressgateway.http.fault.RawClient;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUring;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TransportTest {

  private static void assumeAvailable(Transport transport) {
    switch (transport) {
      case EPOLL -> assumeTrue(Epoll.isAvailable(), "epoll: " + Epoll.unavailabilityCause());
      case IO_URING ->
          assumeTrue(IoUring.isAvailable(), "io_uring: " + IoUring.unavailabilityCause());
      case NIO -> {}
    }
  }

  @Test
  void autoIsEpollWhereThereIsOne() {
    assertThat(Transport.of("auto"))
        .isSameAs(Epoll.isAvailable() ? Transport.EPOLL : Transport.NIO);
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsOwnName(Transport transport) {
    assumeAvailable(transport);
    assertThat(Transport.of(transport.text())).isSameAs(transport);
  }

  @Test
  void ioUringIsRefusedWithItsReasonWhereThereIsNone() {
    if (IoUring.isAvailable()) {
      assertThat(Transport.of("io_uring")).isEqualTo(Transport.IO_URING);
      return;
    }
    assertThatThrownBy(() -> Transport.of("io_uring"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("transport io_uring is not available: ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kqueue", "", "EPOLL", "io-uring"})
  void anUnknownNameIsRefusedWithTheKnownOnes(String name) {
    assertThatThrownBy(() -> Transport.of(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("transport '" + name + "' is none of auto, epoll, io_uring, nio");
  }

  @ParameterizedTest
  @EnumSource
  void givesTheChannelClassThatIsAskedFor(Transport transport) {
    assertThat(transport.channelFor(SocketChannel.class)).isSameAs(transport.socketChannel());
    assertThat(transport.channelFor(ServerSocketChannel.class)).isSameAs(transport.serverChannel());
    assertThat(transport.channelFor(DatagramChannel.class)).isSameAs(transport.datagramChannel());
    assertThatThrownBy(() -> transport.channelFor(Channel.class))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource
  void aLoopIsOneNamedDaemonThread(Transport transport) throws Exception {
    assumeAvailable(transport);
    EventLoopGroup group = transport.newLoop("unit-loop");
    try {
      EventLoop loop = group.next();
      assertThat(group.next()).isSameAs(loop);
      Thread thread = loop.submit(Thread::currentThread).get();
      assertThat(thread.getName()).startsWith("unit-loop");
      assertThat(thread.isDaemon()).isTrue();
      SingleLoop resources = new SingleLoop(group, transport);
      assertThat(resources.onServer(true)).isSameAs(group);
      assertThat(resources.onServerSelect(true)).isSameAs(group);
      assertThat(resources.onClient(true)).isSameAs(group);
      Channel channel = resources.onChannel(SocketChannel.class, group);
      assertThat(channel).isInstanceOf(transport.socketChannel());
      channel.unsafe().closeForcibly();
    } finally {
      group.shutdownGracefully();
    }
  }

  @ParameterizedTest
  @EnumSource
  void servesOnTwoLoops(Transport transport) throws Exception {
    assumeAvailable(transport);
    try (FaultyEndpoint endpoint = FaultyEndpoint.start(FaultyEndpoint.WELL_BEHAVED);
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .loops(2)
                .transport(transport.text())
                .start()) {
      assertThat(gateway.engine().transport()).isEqualTo(transport.text());
      for (int i = 0; i < 10; i++) {
        assertThat(RawClient.get(gateway.port(), "/").body()).isEqualTo("ok");
      }
    }
  }
}
