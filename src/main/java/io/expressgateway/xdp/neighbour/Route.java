package io.expressgateway.xdp.neighbour;

import io.expressgateway.net.IpLiteral;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where the kernel sends packets for one destination.
 *
 * @param link index of the interface
 * @param gateway the next router; null when the destination is a neighbour
 * @param source that this machine's own packets to it have; null when the kernel names none
 * @param isLocal whether it is this machine
 * @param mtu of the route; 0 for the interface's
 * @param prefix of the network that the route is for, in bits
 */
record Route(
    int link,
    @Nullable InetAddress gateway,
    @Nullable InetAddress source,
    boolean isLocal,
    int mtu,
    int prefix) {

  private static final int BODY = 12;
  private static final int ATTRIBUTE_LINK = 4;
  private static final int ATTRIBUTE_GATEWAY = 5;
  private static final int ATTRIBUTE_SOURCE = 7;
  private static final int ATTRIBUTE_METRICS = 8;
  private static final int ATTRIBUTE_MULTIPATH = 9;
  private static final int ATTRIBUTE_VIA = 18;
  private static final int METRIC_MTU = 2;
  private static final int TYPE_UNICAST = 1;
  private static final int TYPE_LOCAL = 2;
  private static final int LINK_IN_HOP = 4;

  /** Reads RTM_NEWROUTE; null when it leads nowhere. */
  static @Nullable Route read(Message message) {
    byte[] body = message.body();
    if (body.length < BODY || (body[7] != TYPE_UNICAST && body[7] != TYPE_LOCAL)) {
      return null;
    }
    Attributes attributes = Attributes.read(body, BODY);
    int link = attributes.number(ATTRIBUTE_LINK);
    byte[] source = attributes.bytes(ATTRIBUTE_SOURCE);
    byte[] paths = attributes.bytes(ATTRIBUTE_MULTIPATH);
    if (link == 0 && paths != null && paths.length >= 8) {
      // struct rtnexthop: the first of several ways; only dumps have them.
      link =
          java.nio.ByteBuffer.wrap(paths)
              .order(java.nio.ByteOrder.nativeOrder())
              .getInt(LINK_IN_HOP);
    }
    return new Route(
        link,
        gateway(attributes),
        source == null ? null : IpLiteral.address(source),
        body[7] == TYPE_LOCAL,
        attributes.nested(ATTRIBUTE_METRICS).number(METRIC_MTU),
        Byte.toUnsignedInt(body[1]));
  }

  /** Whose Ethernet address packets to this destination are sent to. */
  InetAddress next(InetAddress destination) {
    return gateway == null ? destination : gateway;
  }

  private static @Nullable InetAddress gateway(Attributes attributes) {
    byte[] gateway = attributes.bytes(ATTRIBUTE_GATEWAY);
    if (gateway != null) {
      return IpLiteral.address(gateway);
    }
    // A router of the other family (RFC 5549): family in two bytes, then the address.
    byte[] via = attributes.bytes(ATTRIBUTE_VIA);
    return via == null || via.length < 6
        ? null
        : IpLiteral.address(java.util.Arrays.copyOfRange(via, 2, via.length));
  }
}
