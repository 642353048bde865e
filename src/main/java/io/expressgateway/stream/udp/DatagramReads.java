package io.expressgateway.stream.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * One buffer into which all sockets of a loop read, one batch at a time. A datagram of 65 527 bytes
 * fits, sixteen of them at once ({@code recvmmsg}), and ten thousand sessions need no more memory
 * for it than one. In exchange a handler may not keep what it was given: it copies and releases
 * before it returns. Confined to its event loop.
 *
 * <p>How many datagrams a socket is asked for follows what it had before, because each place has to
 * be prepared: twice as many after a full batch, and a connected socket that has one at a time is
 * read without a batch, which spares two system calls in three. One batch is read per event;
 * level-triggered polling tells of the rest.
 */
final class DatagramReads {

  /** The most that UDP carries: 65 535 without its header. */
  static final int MAX_DATAGRAM_BYTES = 65_527;

  /** The same over IPv4, where the header of IP counts too. */
  static final int MAX_IPV4_BYTES = 65_507;

  private static final int MAX_BATCH = 16;

  /** A socket that is read without batches is asked for a second datagram this often. */
  private static final int PROBE_EVENTS = 16;

  /** Batches of one after which a connected socket is read without batches. */
  private static final int LONELY_BATCHES = 4;

  private final ByteBuf scratch;
  private final boolean batches;

  /**
   * @param allocator of the one buffer
   * @param batches whether the transport reads several datagrams with one call
   */
  DatagramReads(ByteBufAllocator allocator, boolean batches) {
    this.batches = batches;
    int bytes = (batches ? MAX_BATCH : 1) * MAX_DATAGRAM_BYTES;
    this.scratch = allocator.directBuffer(bytes, bytes);
  }

  /** Gives the buffer back; sockets that still read get one of their own. */
  void close() {
    scratch.release();
  }

  /** Reads of one socket. */
  Reads of(boolean connected) {
    return new Reads(batches && connected, batches ? MAX_BATCH : 1);
  }

  /** How one socket is read. */
  final class Reads implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {

    private final boolean mayBeSingle;
    private final int most;
    private int size;
    private int read;
    private int events;
    private int lonely;
    private int attemptedBytes;
    private int lastBytes;
    private boolean sawEmpty;

    private Reads(boolean mayBeSingle, int most) {
      this.mayBeSingle = mayBeSingle;
      this.most = most;
      this.size = mayBeSingle ? 1 : Math.min(2, most);
    }

    /** Whether an empty datagram has come, of which Netty tells nothing; asked once. */
    boolean takeEmpty() {
      boolean saw = sawEmpty;
      sawEmpty = false;
      return saw;
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's own channels insist on the extended one
    public Handle newHandle() {
      return this;
    }

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
      // Of a connected socket that is read without batches Netty says -1 for a datagram of no bytes
      // and 0 for none.
      sawEmpty |= bytes < 0 && mayBeSingle && size == 1;
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
      return mayBeSingle && size == 1 && read == 1 && events % PROBE_EVENTS == 0;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
      return continueReading();
    }

    @Override
    public void readComplete() {
      events++;
      if (size == 1) {
        size = read > 1 ? Math.min(4, most) : 1;
      } else if (read >= size) {
        size = Math.min(size * 2, most);
        lonely = 0;
      } else if (read > 1) {
        lonely = 0;
      } else if (++lonely >= LONELY_BATCHES) {
        size = mayBeSingle ? 1 : Math.min(2, most);
        lonely = 0;
      }
    }
  }
}
