package io.expressgateway.stream.udp;

import io.expressgateway.cluster.Endpoint;
import io.expressgateway.loop.OwnLack;
import io.expressgateway.net.OutOfMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import org.jspecify.annotations.Nullable;

/**
 * A session's socket towards one endpoint, and what the endpoint is told about it: a try from the
 * first datagram to the last, whose latency is that of the first answer. Confined to its event
 * loop.
 */
final class UdpUpstream extends ChannelInboundHandlerAdapter {

  private final UdpLoop loop;
  private final UdpSession session;
  private final Endpoint endpoint;
  private final byte[] header;
  private final int mostBytes;
  private final DatagramReads.@Nullable Reads reads;
  private final long askedNanos;
  private @Nullable Channel channel;
  private long answeredNanos;
  private boolean isAnswered;
  private boolean isConnected;

  private UdpUpstream(
      UdpLoop loop,
      UdpSession session,
      Endpoint endpoint,
      InetSocketAddress address,
      byte[] header) {
    this.loop = loop;
    this.session = session;
    this.endpoint = endpoint;
    this.header = header;
    this.mostBytes =
        address.getAddress() instanceof Inet6Address
            ? DatagramReads.MAX_DATAGRAM_BYTES
            : DatagramReads.MAX_IPV4_BYTES;
    this.reads = loop.newReads();
    this.askedNanos = loop.nanos();
  }

  /**
   * A socket that is connected, or about to be: connecting UDP sends nothing, but with io_uring it
   * takes a turn of the loop. Null when none can be had.
   *
   * @param header that goes before each datagram; empty for none
   */
  static @Nullable UdpUpstream connect(
      UdpLoop loop,
      UdpSession session,
      Endpoint endpoint,
      InetSocketAddress address,
      byte[] header) {
    UdpUpstream upstream = new UdpUpstream(loop, session, endpoint, address, header);
    Channel opened = loop.open(upstream.reads, upstream);
    if (opened == null) {
      return null;
    }
    upstream.channel = opened;
    endpoint.started();
    endpoint.connectionOpened();
    ChannelFuture connecting = opened.connect(address);
    if (connecting.cause() != null) {
      // No route, or a rule of the kernel's: nobody can be there. Or no port is left here.
      upstream.close(
          OwnLack.of(connecting.cause()) == null
              ? Endpoint.Outcome.FAILURE
              : Endpoint.Outcome.CANCELLED);
      return null;
    }
    connecting.addListener(done -> upstream.onConnect(done.cause()));
    return upstream;
  }

  private void onConnect(@Nullable Throwable failure) {
    Channel open = channel;
    if (open == null) {
      return;
    }
    if (failure == null) {
      isConnected = true;
      open.config().setAutoRead(true);
      open.flush();
    } else {
      session.refused();
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** Copies a datagram, to be sent at the next flush; counts it when it cannot be. */
  boolean write(ByteBuf payload) {
    int length = header.length + payload.readableBytes();
    if (length > mostBytes) {
      loop.dropped(UdpDrop.TOO_LARGE);
      return false;
    }
    Channel open = channel();
    if (length == 0) {
      return writeEmpty(open);
    }
    if (!open.isWritable()) {
      loop.dropped(UdpDrop.SEND_BUFFER_FULL);
      return false;
    }
    ByteBuf copy = open.alloc().directBuffer(length, length);
    copy.writeBytes(header).writeBytes(payload, payload.readerIndex(), payload.readableBytes());
    open.write(copy, open.voidPromise());
    return true;
  }

  private boolean writeEmpty(Channel open) {
    try {
      open.flush();
      if (EmptyDatagram.send(open, null)) {
        return true;
      }
      loop.dropped(UdpDrop.SEND_FAILED);
    } catch (IOException e) {
      failed(e);
    }
    return false;
  }

  /** Sends what was written; before the socket is connected it waits for that. */
  void flush() {
    if (isConnected) {
      channel().flush();
    }
  }

  /** Ends the try: well when it was answered, else without a verdict. */
  void close() {
    close(isAnswered ? Endpoint.Outcome.SUCCESS : Endpoint.Outcome.CANCELLED);
  }

  /** Ends the try. Once. */
  void close(Endpoint.Outcome outcome) {
    Channel open = channel();
    channel = null;
    endpoint.finished(outcome, (isAnswered ? answeredNanos : loop.nanos()) - askedNanos);
    endpoint.connectionClosed();
    open.close();
  }

  private Channel channel() {
    Channel open = channel;
    if (open == null) {
      throw new IllegalStateException("the socket to " + endpoint + " is closed");
    }
    return open;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    DatagramPacket packet = (DatagramPacket) message;
    try {
      if (channel != null) {
        answered();
        session.fromEndpoint(packet.content());
      }
    } finally {
      packet.release();
    }
  }

  private void answered() {
    if (!isAnswered) {
      isAnswered = true;
      answeredNanos = loop.nanos();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (reads != null && reads.takeEmpty() && channel != null) {
      answered();
      session.fromEndpoint(Unpooled.EMPTY_BUFFER);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OutOfMemory.haltOn(cause);
    if (channel == null) {
      return;
    }
    if (cause instanceof IOException failure) {
      failed(failure);
    } else {
      loop.metrics().onContainedException(loop.index(), cause);
    }
  }

  private void failed(IOException cause) {
    if (isNobodyThere(cause)) {
      session.refused();
    } else {
      loop.dropped(UdpDrop.SEND_FAILED);
    }
  }

  /** ICMP's "port unreachable" (RFC 792), which the kernel tells at the next call. */
  private static boolean isNobodyThere(IOException cause) {
    return cause instanceof PortUnreachableException
        || cause instanceof ConnectException
        || (cause instanceof Errors.NativeIoException refused
            && refused.expectedErr() == Errors.ERROR_ECONNREFUSED_NEGATIVE);
  }
}
