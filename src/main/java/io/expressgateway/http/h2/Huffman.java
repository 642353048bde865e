package io.expressgateway.http.h2;

import java.util.Arrays;

/**
 * The Huffman code of HPACK (RFC 7541 appendix B), read four bits at a time.
 *
 * <p>The code is canonical: within a length codes count upwards in the order of their symbols, and
 * each length begins where the one before it stopped. So the lengths alone define it. Reading walks
 * the code's tree, whose inner nodes are numbered; a table holds for each node and four bits where
 * they lead and which symbol, at most one because the shortest code has five bits, they complete.
 */
final class Huffman {

  private static final int EOS = 256;

  /** Bits of each symbol's code, RFC 7541 appendix B; the last is EOS. */
  private static final byte[] LENGTHS = {
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
    28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
    6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
    5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
    13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
    7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
    15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
    6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
    20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
    24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
    22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
    21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
    19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
    20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
    26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
    30
  };

  private static final int INNER_NODES = EOS;

  // What four bits lead to from a node: the next node, with a symbol or a failure above it.
  private static final int NODE = 0xff;
  private static final int EMITS = 0x100;
  private static final int FAILS = 0x200;
  private static final int SYMBOL_SHIFT = 16;

  private static final int[] STEPS = new int[INNER_NODES * 16];

  /** Nodes in which an encoded string may end: less than a byte of ones (RFC 7541 section 5.2). */
  private static final boolean[] IS_PADDING = new boolean[INNER_NODES];

  static {
    build();
  }

  private Huffman() {}

  private static void build() {
    // Children of inner nodes: another inner node, or the complement of a symbol.
    int[][] tree = new int[INNER_NODES][2];
    for (int[] node : tree) {
      Arrays.fill(node, Integer.MAX_VALUE);
    }
    int nodes = 1;
    int code = 0;
    for (int length = 1; length <= 30; length++) {
      code <<= 1;
      for (int symbol = 0; symbol <= EOS; symbol++) {
        if (LENGTHS[symbol] == length) {
          nodes = insert(tree, nodes, code, length, symbol);
          code++;
        }
      }
    }
    for (int node = 0; node < INNER_NODES; node++) {
      for (int bits = 0; bits < 16; bits++) {
        STEPS[node * 16 + bits] = walk(tree, node, bits);
      }
    }
    int node = 0;
    for (int depth = 0; depth < 8; depth++) {
      IS_PADDING[node] = true;
      node = tree[node][1];
    }
  }

  private static int insert(int[][] tree, int nodes, int code, int length, int symbol) {
    int count = nodes;
    int node = 0;
    for (int bit = length - 1; bit > 0; bit--) {
      int side = code >>> bit & 1;
      if (tree[node][side] == Integer.MAX_VALUE) {
        tree[node][side] = count++;
      }
      node = tree[node][side];
    }
    tree[node][code & 1] = ~symbol;
    return count;
  }

  private static int walk(int[][] tree, int from, int bits) {
    int node = from;
    int emitted = 0;
    for (int bit = 3; bit >= 0; bit--) {
      int next = tree[node][bits >>> bit & 1];
      if (next < 0) {
        int symbol = ~next;
        if (symbol == EOS) {
          return FAILS;
        }
        emitted = EMITS | symbol << SYMBOL_SHIFT;
        next = 0;
      }
      node = next;
    }
    return emitted | node;
  }

  /** The most bytes that {@code length} coded bytes can stand for. */
  static int longest(int length) {
    return length * 8 / 5 + 1;
  }

  /**
   * Decodes a string.
   *
   * @param to has room for {@link #longest} bytes from {@code at} on
   * @return the offset behind the decoded bytes, or -1 when the code is malformed
   */
  static int decode(byte[] from, int begin, int length, byte[] to, int at) {
    int node = 0;
    int out = at;
    for (int i = begin; i < begin + length; i++) {
      int b = from[i];
      int step = STEPS[node << 4 | (b >>> 4 & 0xf)];
      if ((step & EMITS) != 0) {
        to[out++] = (byte) (step >>> SYMBOL_SHIFT);
      }
      int second = STEPS[(step & NODE) << 4 | (b & 0xf)];
      if ((second & EMITS) != 0) {
        to[out++] = (byte) (second >>> SYMBOL_SHIFT);
      }
      if (((step | second) & FAILS) != 0) {
        return -1;
      }
      node = second & NODE;
    }
    return IS_PADDING[node] ? out : -1;
  }
}
