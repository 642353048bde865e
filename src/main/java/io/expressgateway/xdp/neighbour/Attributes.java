package io.expressgateway.xdp.neighbour;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The attributes of one routing message by their numbers (rtnetlink(7), struct rtattr). */
final class Attributes {

  /** The bits of a type that say how it is encoded and are no part of the number. */
  private static final int TYPE_MASK = 0x3fff;

  private final Map<Integer, byte[]> values;

  private Attributes(Map<Integer, byte[]> values) {
    this.values = values;
  }

  /** Reads from here to the end; what is cut off is left out. */
  static Attributes read(byte[] bytes, int from) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    Map<Integer, byte[]> values = new HashMap<>();
    int at = from;
    while (at + 4 <= bytes.length) {
      int length = Short.toUnsignedInt(in.getShort(at));
      if (length < 4 || at + length > bytes.length) {
        break;
      }
      byte[] value = new byte[length - 4];
      in.get(at + 4, value);
      values.put(in.getShort(at + 2) & TYPE_MASK, value);
      at += (length + 3) & ~3;
    }
    return new Attributes(values);
  }

  byte @Nullable [] bytes(int type) {
    return values.get(type);
  }

  /** The number in 2 or 4 bytes; 0 when it is not there. */
  int number(int type) {
    byte[] value = values.get(type);
    if (value == null) {
      return 0;
    }
    ByteBuffer in = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    return switch (value.length) {
      case 2 -> Short.toUnsignedInt(in.getShort());
      case 4 -> in.getInt();
      default -> 0;
    };
  }

  /** A text that ends with a zero byte; empty when it is not there. */
  String text(int type) {
    byte[] value = values.get(type);
    if (value == null) {
      return "";
    }
    int length = 0;
    while (length < value.length && value[length] != 0) {
      length++;
    }
    return new String(value, 0, length, java.nio.charset.StandardCharsets.UTF_8);
  }

  /** The attributes within one; none when it is not there. */
  Attributes nested(int type) {
    byte[] value = values.get(type);
    return value == null ? new Attributes(Map.of()) : read(value, 0);
  }
}
