package io.expressgateway.xdp.neighbour;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.xdp.layout.MacAddress;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kernel's messages about links, neighbours and routes, byte by byte (rtnetlink(7)). */
class RoutingMessagesTest {

  private final ByteBuffer out = ByteBuffer.allocate(512).order(ByteOrder.nativeOrder());

  private void attribute(int type, byte... value) {
    out.putShort((short) (4 + value.length)).putShort((short) type).put(value);
    while (out.position() % 4 != 0) {
      out.put((byte) 0);
    }
  }

  private static byte[] number(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value).array();
  }

  private Message message(int type) {
    byte[] body = new byte[out.position()];
    out.get(0, body);
    return new Message(type, 1, body);
  }

  @Test
  void readsAVlanWithItsParent() {
    out.putShort((short) 0).putShort((short) 1).putInt(7).putInt(0).putInt(0);
    attribute(1, (byte) 2, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1);
    attribute(3, "eth0.5\0".getBytes(StandardCharsets.UTF_8));
    attribute(4, number(1500));
    attribute(5, number(3));
    ByteBuffer info = ByteBuffer.allocate(24).order(ByteOrder.nativeOrder());
    info.putShort((short) 9).putShort((short) 1).put("vlan\0".getBytes(StandardCharsets.UTF_8));
    info.position(12);
    info.putShort((short) 12).putShort((short) (2 | 0x8000));
    info.putShort((short) 6).putShort((short) 1).putShort((short) 5);
    attribute(18, info.array());

    Link link = Link.read(message(16));

    assertThat(link)
        .isEqualTo(
            new Link(7, "eth0.5", new MacAddress(0x0200_0000_0001L), 1500, 3, 5, true, false));
    assertThat(link.device()).isEqualTo(3);
  }

  @Test
  void readsTheLoopbackInterface() {
    out.putShort((short) 0).putShort((short) 772).putInt(1).putInt(8).putInt(0);
    attribute(3, "lo\0".getBytes(StandardCharsets.UTF_8));

    Link link = Link.read(message(16));

    assertThat(link.isLoopback()).isTrue();
    assertThat(link.isEthernet()).isFalse();
    assertThat(link.device()).isEqualTo(1);
    assertThat(link.mac()).isEqualTo(MacAddress.NONE);
  }

  @Test
  void readsANeighbourAndWhetherItMayBeUsed() throws Exception {
    neighbour(0x04);
    Neighbour stale = Neighbour.read(message(28));
    assertThat(stale.usableMac()).isEqualTo(new MacAddress(1));
    assertThat(stale.needsRefresh()).isTrue();
    assertThat(stale.address()).isEqualTo(InetAddress.getByName("192.0.2.1"));

    neighbour(0x80);
    assertThat(Neighbour.read(message(28)).needsRefresh()).isFalse();
    neighbour(0x20);
    assertThat(Neighbour.read(message(28)).usableMac()).isNull();
  }

  private void neighbour(int state) {
    out.clear();
    out.putInt(2).putInt(3).putShort((short) state).putShort((short) 0);
    attribute(1, (byte) 192, (byte) 0, (byte) 2, (byte) 1);
    attribute(2, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 0, (byte) 1);
  }

  @Test
  void aNeighbourWithoutAnAddressIsNone() {
    out.putInt(2).putInt(3).putInt(4);

    assertThat(Neighbour.read(message(28))).isNull();
    assertThat(Neighbour.read(new Message(28, 1, new byte[3]))).isNull();
  }

  @Test
  void readsARouteThroughARouter() throws Exception {
    InetAddress router = InetAddress.getByName("192.0.2.254");
    route(1, 24);
    attribute(4, number(3));
    attribute(5, router.getAddress());
    attribute(7, (byte) 192, (byte) 0, (byte) 2, (byte) 9);
    attribute(8, (byte) 8, (byte) 0, (byte) 2, (byte) 0, (byte) 0xdc, (byte) 5, (byte) 0, (byte) 0);

    Route route = Route.read(message(24));

    assertThat(route)
        .isEqualTo(new Route(3, router, InetAddress.getByName("192.0.2.9"), false, 1500, 24));
    assertThat(route.next(InetAddress.getByName("10.0.0.1"))).isEqualTo(router);
  }

  private void route(int type, int prefix) {
    out.put((byte) 2).put((byte) prefix).put(new byte[5]).put((byte) type).putInt(0);
  }

  @Test
  void readsARouterOfTheOtherVersionAndTheFirstOfSeveralWays() throws Exception {
    route(1, 0);
    byte[] via = new byte[18];
    via[0] = 10;
    via[17] = 1;
    attribute(18, via);
    byte[] paths = new byte[8];
    paths[4] = 6;
    attribute(9, paths);

    Route route = Route.read(message(24));

    assertThat(route.gateway()).isEqualTo(InetAddress.getByName("::1"));
    assertThat(route.link()).isEqualTo(6);
  }

  @Test
  void aRouteThatLeadsNowhereIsNone() {
    route(6, 0);
    assertThat(Route.read(message(24))).isNull();
  }

  @Test
  void aRouteToThisMachineIsLocal() throws Exception {
    route(2, 32);
    attribute(4, number(1));

    Route route = Route.read(message(24));

    assertThat(route.isLocal()).isTrue();
    assertThat(route.next(InetAddress.getByName("192.0.2.1")))
        .isEqualTo(InetAddress.getByName("192.0.2.1"));
  }

  @Test
  void splitsDatagramsAndStopsAtWhatIsCutOff() {
    byte[] request = Message.request(18, Message.DUMP, 77, new byte[5]);
    byte[] two = new byte[24 + 10];
    System.arraycopy(request, 0, two, 0, request.length);

    List<Message> messages = Message.split(two);

    assertThat(messages).hasSize(1);
    assertThat(messages.getFirst().type()).isEqualTo(18);
    assertThat(messages.getFirst().sequence()).isEqualTo(77);
    assertThat(messages.getFirst().body()).hasSize(5);
    assertThat(Message.split(new byte[3])).isEmpty();
  }

  @Test
  void attributesThatAreCutOffAreLeftOut() {
    byte[] bytes = {8, 0, 1, 0, 5, 0, 0, 0, 20, 0, 2, 0};

    Attributes attributes = Attributes.read(bytes, 0);

    assertThat(attributes.number(1)).isEqualTo(5);
    assertThat(attributes.bytes(2)).isNull();
    assertThat(attributes.text(9)).isEmpty();
    assertThat(attributes.nested(9).number(1)).isZero();
  }
}
