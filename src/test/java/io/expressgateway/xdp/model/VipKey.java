package io.expressgateway.xdp.model;

/** An address that packets are sent to, or replies come from. The address is hex, 32 digits. */
public record VipKey(String address, int port, int protocol) {

  private static final String MAPPED = "00000000000000000000ffff";

  /** An address as 16 bytes: IPv4 ones mapped. */
  public static String wide(String address) {
    return address.length() == 8 ? MAPPED + address : address;
  }

  /** The other way round. */
  public static String narrow(String address) {
    return address.startsWith(MAPPED) ? address.substring(24) : address;
  }
}
