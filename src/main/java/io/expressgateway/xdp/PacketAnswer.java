package io.expressgateway.xdp;

import io.expressgateway.net.IpLiteral;
import io.expressgateway.xdp.kernel.BpfProgram;
import io.expressgateway.xdp.layout.Reason;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What would become of a packet. Immutable, but for the packet's bytes, which nobody changes. */
public final class PacketAnswer {

  private static final int ETHERNET = 14;

  private final String verdict;
  private final @Nullable Reason reason;
  private final byte[] packet;

  private PacketAnswer(String verdict, @Nullable Reason reason, byte[] packet) {
    this.verdict = verdict;
    this.reason = reason;
    this.packet = packet;
  }

  /** Reads what the program {@code explain} returned: the reason above the verdict. */
  static PacketAnswer of(BpfProgram.TestRun run) {
    return new PacketAnswer(
        switch (run.verdict() & 0xff) {
          case BpfProgram.XDP_DROP -> "dropped";
          case BpfProgram.XDP_PASS -> "passed";
          case BpfProgram.XDP_TX, BpfProgram.XDP_REDIRECT -> "forwarded";
          default -> "aborted";
        },
        Reason.of(run.verdict() >>> 8),
        run.packet());
  }

  /** {@code forwarded}, {@code passed}, {@code dropped} or {@code aborted}. */
  public String verdict() {
    return verdict;
  }

  /** Why; null for a number that this version does not know. */
  public @Nullable Reason reason() {
    return reason;
  }

  /** As it would leave, from its Ethernet header. */
  public byte[] packet() {
    return packet;
  }

  /** Where the packet would go, by its outermost IP header; null when it has none. */
  public @Nullable InetAddress destination() {
    if (packet.length < ETHERNET + 20) {
      return null;
    }
    int from = ETHERNET + (isIpv4() ? 16 : 24);
    int length = isIpv4() ? 4 : 16;
    return packet.length < from + length
        ? null
        : IpLiteral.address(Arrays.copyOfRange(packet, from, from + length));
  }

  boolean isIpv4() {
    return ByteBuffer.wrap(packet).getShort(12) == 0x0800;
  }
}
