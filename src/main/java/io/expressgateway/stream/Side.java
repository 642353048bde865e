package io.expressgateway.stream;

import io.expressgateway.loop.HalfClose;
import io.expressgateway.net.OutOfMemory;
import io.expressgateway.net.PeerFault;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import io.netty.channel.unix.FileDescriptor;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * One of the two connections of a flow: the last handler of its channel, and what is known of its
 * ends. Tells everything to the {@link Flow}, which decides. Confined to the event loop.
 */
final class Side extends ChannelInboundHandlerAdapter {

  /** What one connection may pass on before the loop turns to the next. */
  private static final int MOST_SPLICED = 1024 * 1024;

  private final Flow flow;
  private final boolean isClient;
  private final Pipes pipes;
  private @Nullable SocketChannel channel;
  private @Nullable Pipe piped;
  private long received;
  private long reported;
  private boolean inputEnded;
  private boolean isCut;
  private boolean isOutputCut;
  private boolean outputEnding;
  private boolean outputEnded;
  private boolean closed;
  private boolean isEndedByUs;
  private boolean paused;

  // While it is not writable: since when nothing was taken, and what waited then.
  private long stalledNanos;
  private long waiting;

  /**
   * @param pipes those of the event loop
   */
  Side(Flow flow, Pipes pipes, boolean isClient) {
    this.flow = flow;
    this.pipes = pipes;
    this.isClient = isClient;
  }

  /** Gives the side its channel, once. */
  void attach(SocketChannel made) {
    channel = made;
    SocketChannelConfig config = made.config();
    config.setRecvByteBufAllocator(
        made instanceof EpollSocketChannel
            ? () -> new Reads(this, Buffers.newReads())
            : Buffers::newReads);
    config.setWriteBufferWaterMark(Buffers.UNSENT);
    config.setAllowHalfClosure(true);
    made.closeFuture()
        .addListener(done -> {
          closed = true;
          if (outputEnded && !inputEnded && !isEndedByUs) {
            // Behind our FIN the channel closes by itself when the peer's comes.
            inputEnded = true;
            isCut = isOutputCut && tls() != null;
          }
          flow.onClosed(this);
        });
  }

  SocketChannel channel() {
    SocketChannel known = channel;
    if (known == null) {
      throw new IllegalStateException("a side without a channel");
    }
    return known;
  }

  boolean isClient() {
    return isClient;
  }

  // ---------------------------------------------------------------- what it hears

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf data = (ByteBuf) message;
    received += data.readableBytes();
    flow.onData(this, data);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    flow.onDataComplete(this);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    flow.onWritability(this);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent closing && closing.isSuccess()) {
      endInput();
    } else if (event instanceof ChannelInputShutdownEvent) {
      isCut |= !inputEnded && tls() != null;
      endInput();
    }
  }

  private @Nullable SslHandler tls() {
    return channel().pipeline().get(SslHandler.class);
  }

  private void endInput() {
    if (!inputEnded && !closed) {
      inputEnded = true;
      // Netty would read once more to find the same end.
      channel().config().setAutoRead(false);
      flow.onInputEnd(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    OutOfMemory.haltOn(cause);
    if (PeerFault.is(cause)) {
      flow.onReset(this);
    } else {
      flow.onContained(cause);
    }
  }

  // ---------------------------------------------------------------- what it is told

  /** Takes ownership; {@link #flush} sends it. */
  void write(ByteBuf data) {
    if (closed || outputEnding) {
      data.release();
      return;
    }
    SocketChannel to = channel();
    to.write(data, to.voidPromise());
  }

  void flush() {
    if (!closed) {
      channel().flush();
    }
  }

  /** Whether more may be written: neither much waits in the queue nor anything in a pipe. */
  boolean isWritable() {
    return piped == null && channel().isWritable();
  }

  /** Whether bytes between this connection and its socket are nobody's to change. */
  private boolean isPlain() {
    return channel instanceof EpollSocketChannel epoll && epoll.pipeline().first() == this;
  }

  // ---------------------------------------------------------------- splicing

  /** Whether bytes of this side may pass to the other one within the kernel. */
  boolean canSplice() {
    Side to = flow.receiverFrom(this);
    return to != null && isPlain() && to.isPlain();
  }

  /**
   * Passes what has come on to the other side within the kernel; {@link #canSplice} has said yes.
   *
   * @return false when nothing was passed on: the receiver is behind, the flow is ending, or there
   *     is no splicing here
   */
  boolean splice() {
    Side to = flow.receiverFrom(this);
    if (to == null
        || to.outputEnding
        || to.closed
        || !to.channel().isActive()
        || to.pending() > 0) {
      return false;
    }
    Pipe pipe = pipes.take();
    if (pipe == null) {
      return false;
    }
    long before = received;
    try {
      splice(pipe, to);
    } catch (IOException failed) {
      if (pipes.isRefusal(failed)) {
        return false;
      }
      // Netty hands it to exceptionCaught.
      throw new UncheckedIOException(failed);
    } finally {
      if (pipe.waiting() > 0) {
        to.write(pipe);
      } else {
        pipes.giveBack(pipe);
      }
      if (received > before) {
        flow.onSpliced(this);
      }
    }
    return true;
  }

  private void splice(Pipe pipe, Side to) throws IOException {
    FileDescriptor in = ((EpollSocketChannel) channel()).fd();
    FileDescriptor out = ((EpollSocketChannel) to.channel()).fd();
    long most = received + MOST_SPLICED;
    boolean isMoreLikely = true;
    while (isMoreLikely && pipe.waiting() == 0 && received < most && pipe.fill(in) > 0) {
      received += pipe.waiting();
      isMoreLikely = pipe.wasFull();
      try {
        pipe.drain(out);
      } catch (IOException failed) {
        // The flush finds it again, where a failed write is dealt with.
        return;
      }
    }
  }

  /** Queues what waits in the pipe; {@link #flush} sends it. */
  private void write(Pipe pipe) {
    piped = pipe;
    SocketChannel to = channel();
    to.write(new PipedBytes(pipe, ((EpollSocketChannel) to).fd(), this::onPiped), to.voidPromise());
  }

  private void onPiped(Pipe pipe) {
    boolean isSent = pipe.waiting() == 0;
    piped = null;
    pipes.giveBack(pipe);
    if (isSent) {
      flow.onWritability(this);
    }
  }

  /** Reads nothing more until {@link #resume}. */
  void pause() {
    if (!paused) {
      paused = true;
      channel().config().setAutoRead(false);
    }
  }

  void resume() {
    if (paused && !inputEnded) {
      paused = false;
      channel().config().setAutoRead(true);
    }
  }

  /**
   * Says its FIN behind everything that was written; closes if the peer has said its own.
   *
   * @param isCut whether the other peer's end was not said under TLS: it is not vouched for here
   *     either, and no close_notify goes before the FIN (RFC 8446 section 6.1)
   */
  void endOutput(boolean isCut) {
    if (outputEnding || closed) {
      return;
    }
    outputEnding = true;
    isOutputCut = isCut;
    SocketChannel to = channel();
    if (tls() != null || isAnythingWaiting()) {
      to.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> outputDelivered());
    } else {
      outputDelivered();
    }
  }

  private void outputDelivered() {
    if (closed) {
      return;
    }
    outputEnded = true;
    SocketChannel to = channel();
    if (inputEnded) {
      if (isOutputCut) {
        closeAsItIs();
      } else {
        to.close();
      }
      return;
    }
    // Netty closes at the peer's FIN then, without the steps of a half-closed channel.
    to.config().setAllowHalfClosure(false);
    SslHandler tls = tls();
    if (tls == null || isOutputCut) {
      HalfClose.shutdownOutput(to);
    } else {
      tls.closeOutbound().addListener(done -> to.shutdownOutput());
    }
  }

  /** Closes once both directions have ended. */
  void closeIfEnded() {
    if (inputEnded && outputEnded && !closed) {
      channel().close();
    }
  }

  /** Closes now; what waits is dropped. */
  void close() {
    if (channel != null && !closed) {
      isEndedByUs = true;
      channel().close();
    }
  }

  /** Closes now with a FIN, and without a word of TLS. */
  void closeAsItIs() {
    if (channel != null && !closed) {
      isEndedByUs = true;
      channel.unsafe().close(channel.newPromise());
    }
  }

  /**
   * Closes with a reset instead of an end, and under TLS without a close_notify, which would say
   * that all was well. What the kernel takes at once is still sent.
   */
  void reset() {
    if (channel != null && !closed) {
      SocketChannel from = channel();
      from.flush();
      try {
        from.config().setOption(ChannelOption.SO_LINGER, 0);
      } catch (ChannelException alreadyReset) {
        // Its peer was first; there is nobody left to tell.
      }
      closeAsItIs();
    }
  }

  // ---------------------------------------------------------------- what is known

  /** Whether the peer has ended without the close_notify that TLS wants (RFC 8446 section 6.1). */
  boolean isCut() {
    return isCut;
  }

  /** Whether the peer has said its FIN. */
  boolean isInputEnded() {
    return inputEnded;
  }

  /** Whether both peers' ends are through here. */
  boolean isDone() {
    return inputEnded && outputEnded;
  }

  boolean isClosed() {
    return closed;
  }

  long received() {
    return received;
  }

  /** What has been received since the last call. */
  long unreported() {
    long more = received - reported;
    reported = received;
    return more;
  }

  /** Whether anything was written that the peer's socket has not been given yet. */
  boolean isAnythingWaiting() {
    return waitingBytes() > 0;
  }

  /** How much that is; 0 without a connection. */
  long waitingBytes() {
    return channel == null || closed ? 0 : pending();
  }

  private long pending() {
    Channel of = channel();
    long queued = Buffers.UNSENT.high() - of.bytesBeforeUnwritable() + of.bytesBeforeWritable();
    return piped == null ? queued : queued + piped.waiting();
  }

  /** Begins to watch whether the peer takes anything. */
  void stalls(long nowNanos) {
    if (stalledNanos == 0) {
      stalledNanos = nowNanos;
      waiting = pending();
    }
  }

  void stallsNoMore() {
    stalledNanos = 0;
  }

  /**
   * When the peer will have taken nothing for {@code limit}; {@link Long#MAX_VALUE} when it is not
   * behind.
   */
  long stallEnds(long nowNanos, long limit) {
    if (stalledNanos == 0) {
      return Long.MAX_VALUE;
    }
    long now = pending();
    if (now != waiting) {
      waiting = now;
      stalledNanos = nowNanos;
    }
    return stalledNanos + limit;
  }
}
