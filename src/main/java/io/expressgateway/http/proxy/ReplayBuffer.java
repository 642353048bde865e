package io.expressgateway.http.proxy;

import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request body sent so far, kept for another try as long as it fits. Holds slices of the
 * buffers that were sent, not copies. Confined to the exchange's event loop.
 */
final class ReplayBuffer {

  private final List<ByteBuf> pieces = new ArrayList<>(0);
  private int room;
  private boolean overflown;
  private boolean ended;
  private @Nullable HeaderBlock trailers;

  ReplayBuffer(int capacity) {
    room = capacity;
  }

  /** Keeps a view of {@code data}; the caller's ownership is untouched. */
  void add(ByteBuf data) {
    if (overflown) {
      return;
    }
    if (data.readableBytes() > room) {
      overflow();
      return;
    }
    room -= data.readableBytes();
    pieces.add(data.retainedSlice());
  }

  void end(@Nullable HeaderBlock trailers) {
    ended = true;
    this.trailers = trailers;
  }

  /** Whether everything sent so far can be sent again. */
  boolean isComplete() {
    return !overflown;
  }

  /** Sends everything again. */
  void replayTo(Upstream upstream) {
    for (ByteBuf piece : pieces) {
      upstream.sendData(piece.retainedDuplicate());
    }
    if (ended) {
      upstream.sendEnd(trailers);
    }
  }

  /** Lets go of the kept bytes: no further try will be made. */
  void release() {
    overflow();
  }

  private void overflow() {
    overflown = true;
    pieces.forEach(ByteBuf::release);
    pieces.clear();
  }
}
