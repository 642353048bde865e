package io.expressgateway.xdp.neighbour;

import io.expressgateway.xdp.layout.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * A network interface.
 *
 * @param mtu the biggest IP packet
 * @param parent index of the interface below a VLAN; 0 for others
 * @param vlan 802.1Q number of a VLAN interface; 0 for others
 * @param isEthernet whether packets begin with an Ethernet header
 * @param isLoopback whether it leads to this machine
 */
public record Link(
    int index,
    String name,
    MacAddress mac,
    int mtu,
    int parent,
    int vlan,
    boolean isEthernet,
    boolean isLoopback) {

  private static final int ATTRIBUTE_ADDRESS = 1;
  private static final int ATTRIBUTE_NAME = 3;
  private static final int ATTRIBUTE_MTU = 4;
  private static final int ATTRIBUTE_LINK = 5;
  private static final int ATTRIBUTE_INFO = 18;
  private static final int INFO_KIND = 1;
  private static final int INFO_DATA = 2;
  private static final int VLAN_ID = 1;
  private static final int BODY = 16;
  private static final int TYPE_ETHERNET = 1;
  private static final int FLAG_LOOPBACK = 8;

  /** Reads RTM_NEWLINK; null when it is cut off. */
  static @Nullable Link read(Message message) {
    byte[] body = message.body();
    if (body.length < BODY) {
      return null;
    }
    java.nio.ByteBuffer in = java.nio.ByteBuffer.wrap(body).order(java.nio.ByteOrder.nativeOrder());
    Attributes attributes = Attributes.read(body, BODY);
    byte[] mac = attributes.bytes(ATTRIBUTE_ADDRESS);
    Attributes info = attributes.nested(ATTRIBUTE_INFO);
    boolean isVlan = info.text(INFO_KIND).equals("vlan");
    return new Link(
        in.getInt(4),
        attributes.text(ATTRIBUTE_NAME),
        mac == null || mac.length != 6 ? MacAddress.NONE : MacAddress.of(mac),
        attributes.number(ATTRIBUTE_MTU),
        isVlan ? attributes.number(ATTRIBUTE_LINK) : 0,
        isVlan ? info.nested(INFO_DATA).number(VLAN_ID) : 0,
        in.getShort(2) == TYPE_ETHERNET,
        (in.getInt(8) & FLAG_LOOPBACK) != 0);
  }

  /** The interface that packets really leave by: the parent of a VLAN, else itself. */
  public int device() {
    return vlan == 0 ? index : parent;
  }
}
