package io.expressgateway.xdp.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a VIP is served ({@code struct vip}).
 *
 * @param relayed whether TCP packets without an entry are looked for among the relay's connections
 * @param hasTable whether any endpoint may be used
 * @param hasPrevious whether the table before is still asked
 */
public record VipRecord(
    int id, VipMode mode, HashOn hashOn, boolean relayed, boolean hasTable, boolean hasPrevious) {

  /** {@code struct vip}. */
  public static final RecordLayout LAYOUT =
      RecordLayout.of("vip")
          .u32("id")
          .u8("mode")
          .u8("hash_on")
          .u8("relayed")
          .u8("padding")
          .u32("has_table")
          .u32("has_previous")
          .build();

  private static final int ID = LAYOUT.offset("id");
  private static final int MODE = LAYOUT.offset("mode");
  private static final int HASH_ON = LAYOUT.offset("hash_on");
  private static final int RELAYED = LAYOUT.offset("relayed");
  private static final int HAS_TABLE = LAYOUT.offset("has_table");
  private static final int HAS_PREVIOUS = LAYOUT.offset("has_previous");

  /** The record. */
  public byte[] encode() {
    return RecordLayout.bytes(
        LAYOUT
            .allocate()
            .putInt(ID, id)
            .put(MODE, (byte) mode.code())
            .put(HASH_ON, (byte) hashOn.code())
            .put(RELAYED, (byte) (relayed ? 1 : 0))
            .putInt(HAS_TABLE, hasTable ? 1 : 0)
            .putInt(HAS_PREVIOUS, hasPrevious ? 1 : 0));
  }

  /** Reads a record. */
  public static VipRecord decode(byte[] value) {
    ByteBuffer record = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    return new VipRecord(
        record.getInt(ID),
        VipMode.of(record.get(MODE)),
        HashOn.of(record.get(HASH_ON)),
        record.get(RELAYED) != 0,
        record.getInt(HAS_TABLE) != 0,
        record.getInt(HAS_PREVIOUS) != 0);
  }
}
