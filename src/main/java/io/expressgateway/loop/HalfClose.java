package io.expressgateway.loop;

import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/** The end of one direction of a connection. */
public final class HalfClose {

  private HalfClose() {}

  /**
   * Says that nothing more will be sent. To be called when everything was sent, on the channel's
   * event loop; whoever calls writes nothing more. With epoll the socket is told directly: Netty
   * fails its queue of writes with an exception, stack trace and all, even when that is empty (3 %
   * of a relayed connection's CPU).
   */
  public static void shutdownOutput(SocketChannel channel) {
    if (channel instanceof EpollSocketChannel epoll && epoll.fd() instanceof Socket socket) {
      try {
        socket.shutdown(false, true);
      } catch (IOException gone) {
        // The peer has reset it: reading says so.
      }
    } else {
      channel.shutdownOutput();
    }
  }
}
