package io.expressgateway.xdp.layout;

import io.expressgateway.net.Cidr;

/**
 * A network as the longest-prefix tries take it ({@code struct network_v4}, {@code network_v6}).
 */
public final class NetworkKey {

  /** {@code struct network_v4}. */
  public static final RecordLayout V4 =
      RecordLayout.of("network_v4").u32("prefix").bytes("address", 4).build();

  /** {@code struct network_v6}. */
  public static final RecordLayout V6 =
      RecordLayout.of("network_v6").u32("prefix").bytes("address", 16).build();

  private NetworkKey() {}

  /** The record of its family. */
  public static byte[] encode(Cidr network) {
    return RecordLayout.bytes(
        (network.isIpv4() ? V4 : V6)
            .allocate()
            .putInt(0, network.prefix())
            .put(4, network.address()));
  }
}
