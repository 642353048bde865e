package io.expressgateway.xdp.neighbour;

import io.expressgateway.xdp.kernel.NetlinkSocket;
import io.expressgateway.xdp.layout.Wire;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Questions to the kernel's routing tables. Confined to one thread. */
final class RoutingTables implements AutoCloseable {

  private static final int GET_LINK = 18;
  private static final int NEW_NEIGHBOUR = 28;
  private static final int GET_NEIGHBOUR = 30;
  private static final int GET_ROUTE = 26;

  private static final int LINK_BODY = 16;
  private static final int ROUTE_BODY = 12;
  private static final int NEIGHBOUR_BODY = 12;
  private static final int ROUTE_DESTINATION = 1;
  private static final int NEIGHBOUR_DESTINATION = 1;

  /** The kernel is to look for the neighbour (NTF_USE). */
  private static final byte USE = 1;

  private static final int FAMILY_V4 = 2;
  private static final int FAMILY_V6 = 10;

  /** The kernel answers at once; more means that the answer is lost. */
  private static final int PATIENCE_MILLIS = 1_000;

  private final NetlinkSocket socket = new NetlinkSocket(0);
  private int sequence;

  List<Link> links() {
    return ask(GET_LINK, Message.DUMP, new byte[LINK_BODY], Link::read);
  }

  List<Neighbour> neighbours() {
    return ask(GET_NEIGHBOUR, Message.DUMP, new byte[NEIGHBOUR_BODY], Neighbour::read);
  }

  /** Every route of both families. */
  List<Route> routes() {
    List<Route> routes = new ArrayList<>();
    for (int family : new int[] {FAMILY_V4, FAMILY_V6}) {
      byte[] body = new byte[ROUTE_BODY];
      body[0] = (byte) family;
      routes.addAll(ask(GET_ROUTE, Message.DUMP, body, Route::read));
    }
    return routes;
  }

  /** Where packets for this address go; null when nowhere. */
  @Nullable Route route(InetAddress destination) {
    byte[] address = destination.getAddress();
    byte[] body = withAddress(ROUTE_BODY, ROUTE_DESTINATION, address);
    body[0] = (byte) family(destination);
    body[1] = (byte) (address.length * 8);
    List<Route> found = ask(GET_ROUTE, 0, body, Route::read);
    return found.isEmpty() ? null : found.getFirst();
  }

  /**
   * Has the kernel find the neighbour's address, as a packet to it would. Whether it does shows in
   * {@link #neighbours} later.
   */
  void seek(int link, InetAddress neighbour) {
    byte[] body = withAddress(NEIGHBOUR_BODY, NEIGHBOUR_DESTINATION, neighbour.getAddress());
    body[0] = (byte) family(neighbour);
    ByteBuffer.wrap(body).order(ByteOrder.nativeOrder()).putInt(4, link);
    body[10] = USE;
    ask(NEW_NEIGHBOUR, Message.CREATE | Message.ACKNOWLEDGE, body, message -> null);
  }

  private static int family(InetAddress address) {
    return Wire.isIpv4(address) ? FAMILY_V4 : FAMILY_V6;
  }

  private static byte[] withAddress(int body, int attribute, byte[] address) {
    return ByteBuffer.allocate(body + 4 + address.length)
        .order(ByteOrder.nativeOrder())
        .position(body)
        .putShort((short) (4 + address.length))
        .putShort((short) attribute)
        .put(address)
        .array();
  }

  /** Every answer that {@code read} makes something of; none when the kernel answers an error. */
  private <T> List<T> ask(int type, int flags, byte[] body, Function<Message, @Nullable T> read) {
    int asked = ++sequence;
    socket.send(Message.request(type, flags, asked, body));
    boolean isSingle = (flags & (Message.DUMP | Message.ACKNOWLEDGE)) == 0;
    List<T> answers = new ArrayList<>();
    while (true) {
      byte[] datagram = socket.receive(PATIENCE_MILLIS);
      if (datagram == null) {
        return answers;
      }
      for (Message message : Message.split(datagram)) {
        if (message.sequence() != asked) {
          continue;
        }
        if (message.type() == Message.DONE || message.type() == Message.ERROR) {
          return answers;
        }
        T answer = read.apply(message);
        if (answer != null) {
          answers.add(answer);
        }
        if (isSingle) {
          return answers;
        }
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
