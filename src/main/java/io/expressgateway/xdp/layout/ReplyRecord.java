package io.expressgateway.xdp.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * The endpoints, one for each VIP, that have one address and port ({@code struct reply}).
 *
 * @param endpoints indices, at most {@link Limits#MAX_SHARED}
 */
public record ReplyRecord(List<Integer> endpoints) {

  /** {@code struct reply}. */
  public static final RecordLayout LAYOUT =
      RecordLayout.of("reply").u32("count").bytes("endpoints", 4 * Limits.MAX_SHARED).build();

  private static final int ENDPOINTS = LAYOUT.offset("endpoints");

  /** Copies the list. */
  public ReplyRecord {
    endpoints = List.copyOf(endpoints);
    if (endpoints.size() > Limits.MAX_SHARED) {
      throw new IllegalArgumentException(endpoints.size() + " VIPs share an endpoint");
    }
  }

  /** The record. */
  public byte[] encode() {
    ByteBuffer record = LAYOUT.allocate().putInt(0, endpoints.size());
    for (int i = 0; i < endpoints.size(); i++) {
      record.putInt(ENDPOINTS + 4 * i, endpoints.get(i));
    }
    return RecordLayout.bytes(record);
  }

  /** Reads a record. */
  public static ReplyRecord decode(byte[] value) {
    ByteBuffer record = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    List<Integer> endpoints = new ArrayList<>();
    for (int i = 0; i < record.getInt(0); i++) {
      endpoints.add(record.getInt(ENDPOINTS + 4 * i));
    }
    return new ReplyRecord(endpoints);
  }
}
