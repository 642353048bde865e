package io.expressgateway.xdp.packet;

/** Numbers of the IP protocol field and of Ethernet's type field (IANA). */
public final class Protocol {

  public static final int HOP_BY_HOP = 0;
  public static final int ICMP = 1;
  public static final int IPIP = 4;
  public static final int TCP = 6;
  public static final int UDP = 17;
  public static final int IPV6 = 41;
  public static final int ROUTING = 43;
  public static final int FRAGMENT = 44;
  public static final int AUTHENTICATION = 51;
  public static final int ICMPV6 = 58;
  public static final int NO_NEXT = 59;
  public static final int DESTINATION_OPTIONS = 60;

  public static final int ETHER_IPV4 = 0x0800;
  public static final int ETHER_ARP = 0x0806;
  public static final int ETHER_IPV6 = 0x86dd;
  public static final int ETHER_VLAN = 0x8100;
  public static final int ETHER_QINQ = 0x88a8;

  private Protocol() {}
}
