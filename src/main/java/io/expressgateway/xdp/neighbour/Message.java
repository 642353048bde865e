package io.expressgateway.xdp.neighbour;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One message of the routing socket (struct nlmsghdr). */
final class Message {

  /** The header: length, type, flags, sequence, sender. */
  static final int HEADER = 16;

  static final int ERROR = 2;
  static final int DONE = 3;

  /** This is a request. */
  static final int REQUEST = 1;

  /** An acknowledgement is wanted. */
  static final int ACKNOWLEDGE = 4;

  /** All of them. */
  static final int DUMP = 0x300;

  /** Made if it is not there. */
  static final int CREATE = 0x400;

  private final int type;
  private final int sequence;
  private final byte[] body;

  Message(int type, int sequence, byte[] body) {
    this.type = type;
    this.sequence = sequence;
    this.body = body;
  }

  /** {@code RTM_} or {@code NLMSG_} number. */
  int type() {
    return type;
  }

  /** Of the request that it answers; 0 for events. */
  int sequence() {
    return sequence;
  }

  /** What is behind the header. */
  byte[] body() {
    return body;
  }

  /** The messages of a datagram. */
  static List<Message> split(byte[] datagram) {
    ByteBuffer in = ByteBuffer.wrap(datagram).order(ByteOrder.nativeOrder());
    List<Message> messages = new ArrayList<>();
    int at = 0;
    while (at + HEADER <= datagram.length) {
      int length = in.getInt(at);
      if (length < HEADER || length > datagram.length - at) {
        break;
      }
      messages.add(
          new Message(
              Short.toUnsignedInt(in.getShort(at + 4)),
              in.getInt(at + 8),
              Arrays.copyOfRange(datagram, at + HEADER, at + length)));
      at += (length + 3) & ~3;
    }
    return messages;
  }

  /** A request as it is sent. */
  static byte[] request(int type, int flags, int sequence, byte[] body) {
    return ByteBuffer.allocate(HEADER + body.length)
        .order(ByteOrder.nativeOrder())
        .putInt(HEADER + body.length)
        .putShort((short) type)
        .putShort((short) (REQUEST | flags))
        .putInt(sequence)
        .putInt(0)
        .put(body)
        .array();
  }
}
