package io.expressgateway.stream.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * One buffer into which all sockets of a loop read, one batch at a time. A datagram of 65 507 bytes
 * fits, sixteen of them at once ({@code recvmmsg}), and ten thousand sessions need no more memory
 * for it than one. In exchange a handler may not keep what it was given: it copies and releases
 * before it returns. Confined to its event loop.
 *
 * <p>A socket that mostly has one datagram waiting is asked for two at a time, because each place
 * has to be prepared; one whose batches are full is asked for twice as many the next time. One
 * batch is read per event; level-triggered polling tells of the rest.
 */
final class DatagramReads implements RecvByteBufAllocator {

  /** The most that UDP over IPv4 carries: 65 535 without the headers of IP and UDP. */
  static final int MAX_DATAGRAM_BYTES = 65_507;

  private static final int MIN_BATCH = 2;
  private static final int MAX_BATCH = 16;

  private final ByteBuf scratch;
  private final int maxBatch;

  /**
   * @param allocator of the one buffer
   * @param batches whether the transport reads several datagrams with one call
   */
  DatagramReads(ByteBufAllocator allocator, boolean batches) {
    maxBatch = batches ? MAX_BATCH : 1;
    scratch = allocator.directBuffer(maxBatch * MAX_DATAGRAM_BYTES, maxBatch * MAX_DATAGRAM_BYTES);
  }

  /** Gives the buffer back; sockets that still read get one of their own. */
  void close() {
    scratch.release();
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's own channels insist on the extended one
  public Handle newHandle() {
    return new Batch();
  }

  private final class Batch implements ExtendedHandle {

    private int size = Math.min(MIN_BATCH, maxBatch);
    private int read;
    private int attemptedBytes;
    private int lastBytes;

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      int bytes = size * MAX_DATAGRAM_BYTES;
      if (scratch.refCnt() != 1) {
        // Closed, or somebody broke the rule.
        return allocator.directBuffer(bytes, bytes);
      }
      // Netty reads as many datagrams as have room between the writer index and the end.
      int from = scratch.capacity() - bytes;
      return scratch.retain().setIndex(from, from);
    }

    @Override
    public int guess() {
      return size * MAX_DATAGRAM_BYTES;
    }

    @Override
    public void reset(ChannelConfig config) {
      read = 0;
      lastBytes = 0;
    }

    @Override
    public void incMessagesRead(int count) {
      read += count;
    }

    @Override
    public void lastBytesRead(int bytes) {
      lastBytes = bytes;
    }

    @Override
    public int lastBytesRead() {
      return lastBytes;
    }

    @Override
    public void attemptedBytesRead(int bytes) {
      attemptedBytes = bytes;
    }

    @Override
    public int attemptedBytesRead() {
      return attemptedBytes;
    }

    @Override
    public boolean continueReading() {
      return false;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return false;
    }

    @Override
    public void readComplete() {
      if (read >= size) {
        size = Math.min(size * 2, maxBatch);
      } else if (read <= size / 4) {
        size = Math.max(size / 2, Math.min(MIN_BATCH, maxBatch));
      }
    }
  }
}
