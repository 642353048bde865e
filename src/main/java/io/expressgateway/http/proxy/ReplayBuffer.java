package io.expressgateway.http.proxy;

import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The request body sent so far, kept for another try as long as it fits. Holds a copy: a slice
 * would keep the whole buffer that it was read into, sixty-four KiB for a byte. Confined to the
 * exchange's event loop.
 */
final class ReplayBuffer {

  private final int capacity;
  private @Nullable ByteBuf kept;
  private boolean overflown;
  private boolean ended;
  private @Nullable HeaderBlock trailers;

  ReplayBuffer(int capacity) {
    this.capacity = capacity;
  }

  /** Keeps a copy of {@code data}, which stays the caller's. */
  void add(ByteBuf data) {
    int count = data.readableBytes();
    if (overflown || count == 0) {
      return;
    }
    if (count > capacity - bytes()) {
      overflow();
      return;
    }
    ByteBuf own = kept;
    if (own == null) {
      own = data.alloc().directBuffer(count, capacity);
      kept = own;
    }
    own.writeBytes(data, data.readerIndex(), count);
  }

  /** How many bytes are kept. */
  int bytes() {
    ByteBuf own = kept;
    return own == null ? 0 : own.readableBytes();
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
    ByteBuf own = kept;
    if (own != null) {
      // A copy again: what is added later must not move bytes that are on their way.
      upstream.sendData(own.copy());
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
    ByteBuf own = kept;
    if (own != null) {
      kept = null;
      own.release();
    }
  }
}
