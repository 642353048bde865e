package io.expressgateway.xdp.layout;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What became of a VIP's packets beside those forwarded ({@code struct vip_count}).
 *
 * @param stateless forwarded without an entry
 * @param flows entered
 */
public record VipCount(long passed, long dropped, long stateless, long flows) {

  /** {@code struct vip_count}. */
  public static final RecordLayout LAYOUT =
      RecordLayout.of("vip_count")
          .u64("passed")
          .u64("dropped")
          .u64("stateless")
          .u64("flows")
          .build();

  /** The sum over the CPUs' parts of a value. */
  public static VipCount sum(byte[] perCpu) {
    ByteBuffer all = ByteBuffer.wrap(perCpu).order(ByteOrder.nativeOrder());
    long passed = 0;
    long dropped = 0;
    long stateless = 0;
    long flows = 0;
    while (all.remaining() >= LAYOUT.size()) {
      passed += all.getLong();
      dropped += all.getLong();
      stateless += all.getLong();
      flows += all.getLong();
    }
    return new VipCount(passed, dropped, stateless, flows);
  }
}
