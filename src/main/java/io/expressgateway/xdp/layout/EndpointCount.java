package io.expressgateway.xdp.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What an endpoint was sent and sent ({@code struct endpoint_count}).
 *
 * @param packets from clients
 * @param replyPackets to clients; none with direct server return
 * @param flows entered
 */
public record EndpointCount(
    long packets, long bytes, long replyPackets, long replyBytes, long flows) {

  /** {@code struct endpoint_count}. */
  public static final RecordLayout LAYOUT =
      RecordLayout.of("endpoint_count")
          .u64("packets")
          .u64("bytes")
          .u64("reply_packets")
          .u64("reply_bytes")
          .u64("flows")
          .u64("reserved")
          .build();

  /** Nothing yet. */
  public static final EndpointCount NONE = new EndpointCount(0, 0, 0, 0, 0);

  /** Both together. */
  public EndpointCount plus(EndpointCount other) {
    return new EndpointCount(
        packets + other.packets,
        bytes + other.bytes,
        replyPackets + other.replyPackets,
        replyBytes + other.replyBytes,
        flows + other.flows);
  }

  /** The sum over the CPUs' parts of a value. */
  public static EndpointCount sum(byte[] perCpu) {
    ByteBuffer all = ByteBuffer.wrap(perCpu).order(ByteOrder.nativeOrder());
    EndpointCount sum = NONE;
    while (all.remaining() >= LAYOUT.size()) {
      EndpointCount part =
          new EndpointCount(
              all.getLong(), all.getLong(), all.getLong(), all.getLong(), all.getLong());
      all.getLong();
      sum = sum.plus(part);
    }
    return sum;
  }
}
