package io.expressgateway.stream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * How one connection is read by epoll: into buffers that grow with what comes, and in bulk not at
 * all. Netty asks for a buffer right before it reads; once much has come, what the socket has is
 * spliced to the other connection first, and the read that follows finds nothing, what came in
 * between, or the end. Ends, errors and events so stay Netty's. Confined to the event loop.
 */
final class Reads extends RecvByteBufAllocator.DelegatingHandle
    implements RecvByteBufAllocator.ExtendedHandle {

  /** Splicing begins in a turn behind this much... */
  private static final long ENOUGH = 256 * 1024;

  /** ...when one turn has brought this much, from where it costs less than copying... */
  private static final int BULK_TURN = 32 * 1024;

  /** ...and ends when this many turns in a row have brought less. */
  private static final int MOST_SMALL_TURNS = 8;

  /** What is read behind a splice: most often nothing. */
  private static final int REST = 1024;

  private final Side side;
  private final RecvByteBufAllocator.ExtendedHandle sizes;
  private boolean isBulk;
  private int smallTurns;
  private long before;
  private boolean hasSpliced;

  Reads(Side side, RecvByteBufAllocator.ExtendedHandle sizes) {
    super(sizes);
    this.side = side;
    this.sizes = sizes;
  }

  @Override
  public ByteBuf allocate(ByteBufAllocator allocator) {
    if (isBulk && side.splice()) {
      hasSpliced = true;
      return allocator.directBuffer(REST, REST);
    }
    return super.allocate(allocator);
  }

  /** What is left after a splice, more than a turn's share, is for the next turn. */
  @Override
  public boolean continueReading() {
    return !hasSpliced && super.continueReading();
  }

  @Override
  public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
    return !hasSpliced && sizes.continueReading(maybeMoreData);
  }

  @Override
  public void readComplete() {
    super.readComplete();
    hasSpliced = false;
    long received = side.received();
    boolean isSmall = received - before < BULK_TURN;
    before = received;
    if (!isBulk) {
      isBulk = !isSmall && received >= ENOUGH && side.canSplice();
      smallTurns = 0;
    } else if (!isSmall) {
      smallTurns = 0;
    } else if (++smallTurns == MOST_SMALL_TURNS) {
      isBulk = false;
    }
  }
}
