package io.expressgateway.stream.udp;

import io.expressgateway.net.OutOfMemory;
import io.expressgateway.stream.FlowEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A socket that clients write to, with the sessions of these clients. What a batch of datagrams
 * brings is sent to the endpoints once behind the batch, and what endpoints answer in one turn of
 * the loop is sent to the clients once at its end. Confined to its event loop.
 */
final class UdpFront extends ChannelInboundHandlerAdapter {

  private final UdpLoop loop;
  private final Map<InetSocketAddress, UdpSession> sessions = new HashMap<>();
  private final List<UdpSession> written = new ArrayList<>();
  private final Runnable flush = this::flush;
  private @Nullable Channel channel;
  private boolean isFlushDue;

  UdpFront(UdpLoop loop) {
    this.loop = loop;
  }

  /** The socket is bound; datagrams may come. */
  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    ctx.channel().config().setAutoRead(true);
  }

  // ---------------------------------------------------------------- from clients

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    try {
      UdpSession session = sessions.get(packet.sender());
      if (session == null) {
        session = begin(packet.sender(), packet.content());
      }
      if (session != null) {
        session.fromClient(packet.content());
      }
    } finally {
      packet.release();
    }
  }

  /** A session for a client that has none; null when it gets none. */
  private @Nullable UdpSession begin(InetSocketAddress client, ByteBuf first) {
    // Port 0 stands for "no answer wanted" (RFC 768), and no answer could be sent.
    if (client.getPort() == 0 || !loop.admits(client.getAddress())) {
      return null;
    }
    UdpSession session = new UdpSession(loop, this, client, first);
    if (!session.begin()) {
      loop.release(client.getAddress());
      return null;
    }
    sessions.put(client, session);
    return session;
  }

  /** The session has something unsent for its endpoint. */
  void written(UdpSession session) {
    written.add(session);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    for (int i = 0; i < written.size(); i++) {
      written.get(i).flush();
    }
    written.clear();
  }

  // ---------------------------------------------------------------- to clients

  /** Copies a datagram and sends it to a client at the end of the turn; whether it will be sent. */
  boolean toClient(InetSocketAddress client, ByteBuf payload) {
    Channel open = channel();
    if (!payload.isReadable()) {
      return sendEmpty(open, client);
    }
    if (!open.isWritable()) {
      loop.dropped(UdpDrop.SEND_BUFFER_FULL);
      return false;
    }
    int length = payload.readableBytes();
    ByteBuf copy =
        open.alloc()
            .directBuffer(length, length)
            .writeBytes(payload, payload.readerIndex(), length);
    open.write(new DatagramPacket(copy, client), open.voidPromise());
    if (!isFlushDue) {
      isFlushDue = true;
      loop.eventLoop().execute(flush);
    }
    return true;
  }

  private boolean sendEmpty(Channel open, InetSocketAddress client) {
    try {
      open.flush();
      if (EmptyDatagram.send(open, client)) {
        return true;
      }
    } catch (IOException e) {
      // Counted like any other that the kernel refuses.
    }
    loop.dropped(UdpDrop.SEND_FAILED);
    return false;
  }

  private void flush() {
    isFlushDue = false;
    channel().flush();
  }

  /** Where clients write to. */
  InetSocketAddress local() {
    return (InetSocketAddress) channel().localAddress();
  }

  private Channel channel() {
    Channel known = channel;
    if (known == null) {
      throw new IllegalStateException("no socket yet");
    }
    return known;
  }

  /** A datagram that the kernel would not take, or a fault of ours: the socket serves on. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OutOfMemory.haltOn(cause);
    if (cause instanceof IOException) {
      loop.dropped(UdpDrop.SEND_FAILED);
    } else {
      loop.metrics().onContainedException(loop.index(), cause);
    }
  }

  // ---------------------------------------------------------------- sessions

  void leaveRemovedEndpoints() {
    sessions.values().forEach(UdpSession::leaveRemovedEndpoint);
  }

  void list(Consumer<LiveSession> found) {
    sessions.values().forEach(session -> found.accept(session.live()));
  }

  /** Ends all sessions. */
  void end(FlowEnd reason) {
    for (UdpSession session : List.copyOf(sessions.values())) {
      session.end(reason);
    }
  }

  /** The session is over. */
  void ended(UdpSession session) {
    sessions.remove(session.client());
    loop.release(session.client().getAddress());
  }
}
