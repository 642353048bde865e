package io.expressgateway.stream.udp;

import io.netty.channel.Channel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A datagram without a byte, which is one all the same (RFC 768). Netty's channels take a write of
 * nothing for done, so this one goes past them. On the channel's event loop.
 */
final class EmptyDatagram {

  private static final ByteBuffer NOTHING = ByteBuffer.allocateDirect(1);

  private EmptyDatagram() {}

  /**
   * Sends it at once.
   *
   * @param recipient null on a connected channel
   * @return whether the transport can: epoll can, others cannot
   * @throws IOException when the kernel refuses
   */
  static boolean send(Channel channel, @Nullable InetSocketAddress recipient) throws IOException {
    if (!(channel instanceof UnixChannel unix) || !(unix.fd() instanceof Socket socket)) {
      return false;
    }
    if (recipient == null) {
      socket.send(NOTHING, 0, 0);
    } else {
      socket.sendTo(NOTHING, 0, 0, recipient.getAddress(), recipient.getPort());
    }
    return true;
  }
}
