package io.expressgateway.xdp.kernel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Numbers in byte arrays, in the machine's order. */
public final class Bytes {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private Bytes() {}

  /** Four bytes. */
  public static byte[] ofInt(int value) {
    byte[] bytes = new byte[4];
    INT.set(bytes, 0, value);
    return bytes;
  }

  /** Eight bytes. */
  public static byte[] ofLong(long value) {
    byte[] bytes = new byte[8];
    LONG.set(bytes, 0, value);
    return bytes;
  }

  /** The four bytes at this offset. */
  public static int intAt(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  /** The eight bytes at this offset. */
  public static long longAt(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset);
  }
}
