package io.expressgateway.xdp;

import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.kernel.Bytes;

/**
 * The map {@code reply_ports}: a bit for each port that replies come from, which spares all other
 * packets a look-up. Confined to the xdp thread.
 */
final class ReplyPorts {

  private static final int BITS = 64;

  private final BpfMap words;
  private final int[] users = new int[1 << 16];

  ReplyPorts(BpfMap words) {
    this.words = words;
  }

  /** One more endpoint answers from this port. */
  void add(int port) {
    if (users[port]++ == 0) {
      write(port / BITS);
    }
  }

  /** One less does. */
  void remove(int port) {
    if (--users[port] == 0) {
      write(port / BITS);
    }
  }

  /** Clears the bits that an earlier process has set and nobody has added since. */
  void removeUnknown() {
    for (int word = 0; word < words.maxEntries(); word++) {
      write(word);
    }
  }

  private void write(int word) {
    long bits = 0;
    for (int bit = 0; bit < BITS; bit++) {
      bits |= users[word * BITS + bit] > 0 ? 1L << bit : 0;
    }
    words.put(Bytes.ofInt(word), Bytes.ofLong(bits));
  }
}
