package io.expressgateway.stream.udp;

import io.expressgateway.balance.Hash64;
import io.netty.buffer.ByteBuf;

/**
 * Where a QUIC packet has its destination connection ID (RFC 8999 section 5). The first 8 bytes are
 * hashed, under a long and a short header alike, which is what the packet path hashes too
 * (docs/decisions/0022-packet-path.md says what endpoints can make of it).
 */
final class ConnectionId {

  /** Bytes that are hashed. */
  private static final int BYTES = 8;

  /** Set in the first byte of a long header. */
  private static final int LONG_HEADER = 0x80;

  /** Where a long header says how long the ID is: behind the first byte and the version. */
  private static final int LENGTH = 5;

  private ConnectionId() {}

  /**
   * Hashes the ID of a datagram's first packet; its indices stay. Any thread.
   *
   * @param otherwise for a datagram that is too short for QUIC or whose ID is shorter than 8 bytes
   */
  static long hash(ByteBuf datagram, long otherwise) {
    int begin = datagram.readerIndex();
    int readable = datagram.readableBytes();
    if (readable < 1 + BYTES) {
      return otherwise;
    }
    int at = 1;
    if ((datagram.getByte(begin) & LONG_HEADER) != 0) {
      at = LENGTH + 1;
      if (readable < at + BYTES || datagram.getUnsignedByte(begin + LENGTH) < BYTES) {
        return otherwise;
      }
    }
    return Hash64.mix(datagram.getLong(begin + at));
  }
}
