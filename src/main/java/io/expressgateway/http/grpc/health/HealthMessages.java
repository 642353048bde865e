package io.expressgateway.http.grpc.health;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The messages of {@code grpc.health.v1.Health} by hand: a string and an enum are no reason for a
 * protobuf library. Each is wrapped as gRPC does: a byte that says whether it is compressed, four
 * bytes of length, the message (PROTOCOL-HTTP2, rule Length-Prefixed-Message).
 */
public final class HealthMessages {

  /** Bytes before a message. */
  public static final int PREFIX = 5;

  /** Field 1 and field 2 of wire type 2 (length and bytes), field 1 of wire type 0 (varint). */
  private static final int FIRST_BYTES = 0x0a;

  private static final int SECOND_BYTES = 0x12;
  private static final int FIRST_VARINT = 0x08;

  private HealthMessages() {}

  /** {@code HealthCheckRequest} for this service. */
  public static ByteBuf request(String service) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    if (!service.isEmpty()) {
      bytes(message, FIRST_BYTES, service.getBytes(StandardCharsets.UTF_8));
    }
    return framed(message);
  }

  /** {@code HealthCheckResponse} with this status. */
  static ByteBuf response(ServingStatus status) {
    return framed(statusMessage(status));
  }

  private static ByteArrayOutputStream statusMessage(ServingStatus status) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    if (status != ServingStatus.UNKNOWN) {
      message.write(FIRST_VARINT);
      message.write(status.ordinal());
    }
    return message;
  }

  /** {@code HealthListResponse}: each service with its status. */
  static ByteBuf list(Map<String, ServingStatus> statuses) {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    statuses.forEach((service, status) -> {
      ByteArrayOutputStream entry = new ByteArrayOutputStream();
      bytes(entry, FIRST_BYTES, service.getBytes(StandardCharsets.UTF_8));
      bytes(entry, SECOND_BYTES, statusMessage(status).toByteArray());
      bytes(message, FIRST_BYTES, entry.toByteArray());
    });
    return framed(message);
  }

  private static void bytes(ByteArrayOutputStream to, int tag, byte[] value) {
    to.write(tag);
    int left = value.length;
    while (left > 0x7f) {
      to.write((left & 0x7f) | 0x80);
      left >>>= 7;
    }
    to.write(left);
    to.writeBytes(value);
  }

  private static ByteBuf framed(ByteArrayOutputStream message) {
    ByteBuf frame = Unpooled.buffer(PREFIX + message.size());
    frame.writeByte(0).writeInt(message.size()).writeBytes(message.toByteArray());
    return frame;
  }

  /**
   * The service that a request asks for; null when the message is none. {@code message} is without
   * its prefix and stays the caller's.
   */
  static @Nullable String service(ByteBuf message) {
    Fields fields = new Fields(message);
    String service = "";
    while (fields.next()) {
      if (fields.tag == FIRST_BYTES) {
        service = fields.value.toString(StandardCharsets.UTF_8);
      }
    }
    return fields.malformed ? null : service;
  }

  /**
   * Whether a response says SERVING; false also when it is no message. {@code message} is without
   * its prefix and stays the caller's.
   */
  public static boolean isServing(ByteBuf message) {
    Fields fields = new Fields(message);
    boolean serving = false;
    while (fields.next()) {
      if (fields.tag == FIRST_VARINT) {
        serving = fields.number == ServingStatus.SERVING.ordinal();
      }
    }
    return serving && !fields.malformed;
  }

  /** The fields of a message, one after the other; the last of a number counts. */
  private static final class Fields {
    private final ByteBuf from;
    private long tag;
    private long number;
    private ByteBuf value = Unpooled.EMPTY_BUFFER;
    private boolean malformed;

    Fields(ByteBuf message) {
      from = message.slice();
    }

    boolean next() {
      if (malformed || !from.isReadable()) {
        return false;
      }
      tag = varint();
      switch ((int) tag & 7) {
        case 0 -> number = varint();
        case 1 -> skip(8);
        case 2 -> skip(varint());
        case 5 -> skip(4);
        default -> malformed = true;
      }
      return !malformed;
    }

    private void skip(long count) {
      if (count < 0 || count > from.readableBytes()) {
        malformed = true;
      } else {
        value = from.readSlice((int) count);
      }
    }

    private long varint() {
      long read = 0;
      for (int shift = 0; shift < 64 && from.isReadable(); shift += 7) {
        byte b = from.readByte();
        read |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return read;
        }
      }
      malformed = true;
      return -1;
    }
  }
}
