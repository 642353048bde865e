package io.expressgateway.xdp.neighbour;

import io.expressgateway.net.IpLiteral;
import io.expressgateway.xdp.layout.MacAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel knows of a neighbour.
 *
 * @param state {@code NUD_} bits
 * @param mac null while it is not known
 */
record Neighbour(int link, InetAddress address, int state, @Nullable MacAddress mac) {

  /** Reachable, stale, delayed, probed, needs none, permanent: its address may be used. */
  private static final int USABLE = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x80;

  /** Needs none, permanent: nothing has to be asked. */
  private static final int FIXED = 0x40 | 0x80;

  private static final int REACHABLE = 0x02;
  private static final int BODY = 12;
  private static final int ATTRIBUTE_ADDRESS = 1;
  private static final int ATTRIBUTE_MAC = 2;

  /** Reads RTM_NEWNEIGH; null when it is cut off or about something else. */
  static @Nullable Neighbour read(Message message) {
    byte[] body = message.body();
    if (body.length < BODY) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(body).order(ByteOrder.nativeOrder());
    Attributes attributes = Attributes.read(body, BODY);
    byte[] address = attributes.bytes(ATTRIBUTE_ADDRESS);
    byte[] mac = attributes.bytes(ATTRIBUTE_MAC);
    if (address == null || (address.length != 4 && address.length != 16)) {
      return null;
    }
    return new Neighbour(
        in.getInt(4),
        IpLiteral.address(address),
        Short.toUnsignedInt(in.getShort(8)),
        mac == null || mac.length != 6 ? null : MacAddress.of(mac));
  }

  /** The address while it may be used, else null. */
  @Nullable MacAddress usableMac() {
    return (state & USABLE) == 0 ? null : mac;
  }

  /** Whether the kernel should look for it again before the entry goes out of use. */
  boolean needsRefresh() {
    return (state & (FIXED | REACHABLE)) == 0;
  }
}
