package io.expressgateway.xdp.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** MurmurHash3_x86_32 with seed 0 (Austin Appleby) of whole words, as its author describes it. */
final class Murmur {

  private Murmur() {}

  static int of(byte[] bytes) {
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int hash = 0;
    while (words.hasRemaining()) {
      int word = words.getInt() * 0xcc9e2d51;
      hash ^= Integer.rotateLeft(word, 15) * 0x1b873593;
      hash = Integer.rotateLeft(hash, 13) * 5 + 0xe6546b64;
    }
    hash ^= bytes.length;
    hash ^= hash >>> 16;
    hash *= 0x85ebca6b;
    hash ^= hash >>> 13;
    hash *= 0xc2b2ae35;
    return hash ^ hash >>> 16;
  }
}
