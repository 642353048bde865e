package io.expressgateway.xdp.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.net.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read again, and lies where the kernel looks for it. */
class RecordsTest {

  private static final ServiceKey VIP = new ServiceKey(address("192.0.2.10"), 443, 6);
  private static final ServiceKey ENDPOINT = new ServiceKey(address("10.1.2.3"), 8443, 6);

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "2001:db8::1"})
  void flowKeysComeBack(String text) {
    FlowKey key = new FlowKey(address(text), address(text), 40_000, 443, 17);

    byte[] record = key.encode();

    assertThat(record).hasSize(key.isIpv4() ? 16 : 40);
    assertThat(FlowKey.decode(record, 0, key.isIpv4())).isEqualTo(key);
  }

  @Test
  void portsAreInNetworkOrder() {
    byte[] record = new FlowKey(VIP.address(), VIP.address(), 0x1234, 0x5678, 6).encode();

    assertThat(record).startsWith(192, 0, 2, 10);
    assertThat(List.of(record[8], record[9], record[10], record[11]))
        .containsExactly((byte) 0x12, (byte) 0x34, (byte) 0x56, (byte) 0x78);
  }

  @Test
  void flowsComeBackOutOfMany() {
    FlowRecord flow =
        new FlowRecord(
            7,
            100,
            9,
            -5,
            FlowState.ESTABLISHED,
            200,
            new MacAddress(0x0200_0000_0001L),
            new MacAddress(0xffff_ffff_fffeL),
            3,
            true);
    byte[] many = new byte[3 * FlowRecord.LAYOUT.size()];
    System.arraycopy(flow.encode(), 0, many, 32, 32);

    assertThat(FlowRecord.decode(many, 32)).isEqualTo(flow);
    assertThat(FlowRecord.endpointAt(many, 32)).isEqualTo(7);
    assertThat(FlowRecord.stateAt(many, 32)).isEqualTo(FlowState.ESTABLISHED);
  }

  @Test
  void aRelaysFlowHasNoEndpointAndItsVip() {
    FlowRecord flow = FlowRecord.decode(FlowRecord.pass(5, 77).encode(), 0);

    assertThat(flow.endpoint()).isEqualTo(Limits.NO_FLOW_ENDPOINT);
    assertThat(flow.state()).isEqualTo(FlowState.PASS);
    assertThat(flow.generation()).isEqualTo(5);
    assertThat(flow.seen()).isEqualTo(77);
  }

  @Test
  void serviceKeysMapIpv4Addresses() {
    byte[] record = VIP.encode();

    assertThat(record).startsWith(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 10);
    assertThat(ServiceKey.decode(record)).isEqualTo(VIP);
  }

  @Test
  void vipsComeBack() {
    VipRecord vip = new VipRecord(3, VipMode.DSR_L2, HashOn.SOURCE, false, true, false);

    assertThat(VipRecord.decode(vip.encode())).isEqualTo(vip);
  }

  @Test
  void endpointsComeBack() {
    Hop hop = new Hop(new MacAddress(1), new MacAddress(2), 4, 100);
    EndpointRecord tunnelled =
        new EndpointRecord(
            9, true, VipMode.DSR_IPIP, ENDPOINT, VIP, 2, hop, 1500, address("10.0.0.1"));
    EndpointRecord bare =
        new EndpointRecord(1, false, VipMode.NAT, ENDPOINT, VIP, 2, null, 0, null);

    assertThat(EndpointRecord.decode(tunnelled.encode())).isEqualTo(tunnelled);
    assertThat(EndpointRecord.decode(bare.encode())).isEqualTo(bare);
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.10 10.1.2.3", "2001:db8::10 fd00::3", "255.255.0.0 0.0.255.255"})
  void deltasAreWhatCheckSumsChangeBy(String addresses) {
    String[] two = addresses.split(" ");
    ServiceKey from = new ServiceKey(address(two[0]), 443, 6);
    ServiceKey to = new ServiceKey(address(two[1]), 8443, 6);

    ByteBuffer record =
        ByteBuffer.wrap(
                new EndpointRecord(1, true, VipMode.NAT, to, from, 0, null, 0, null).encode())
            .order(ByteOrder.BIG_ENDIAN);

    int address =
        Short.toUnsignedInt(record.getShort(EndpointRecord.LAYOUT.offset("address_delta")));
    int transport =
        Short.toUnsignedInt(record.getShort(EndpointRecord.LAYOUT.offset("transport_delta")));
    // Modulo 0xffff, ones' complement arithmetic is arithmetic.
    int expected = Math.floorMod(words(from.address()) - words(to.address()), 0xffff);
    assertThat(address % 0xffff).isEqualTo(expected);
    assertThat(transport % 0xffff).isEqualTo(Math.floorMod(expected + 443 - 8443, 0xffff));
  }

  private static int words(InetAddress address) {
    int sum = 0;
    ByteBuffer in = ByteBuffer.wrap(address.getAddress());
    while (in.hasRemaining()) {
      sum += Short.toUnsignedInt(in.getShort());
    }
    return sum;
  }

  @Test
  void repliesComeBackAndAreBounded() {
    ReplyRecord reply = new ReplyRecord(List.of(4, 9));

    assertThat(ReplyRecord.decode(reply.encode())).isEqualTo(reply);
    assertThatThrownBy(() -> new ReplyRecord(List.of(1, 2, 3, 4, 5)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void networksBeginWithTheirPrefix() {
    ByteBuffer v4 =
        ByteBuffer.wrap(NetworkKey.encode(Cidr.parse("10.0.0.0/8"))).order(ByteOrder.nativeOrder());
    byte[] v6 = NetworkKey.encode(Cidr.parse("2001:db8::/32"));

    assertThat(v4.getInt()).isEqualTo(8);
    assertThat(v4.get()).isEqualTo((byte) 10);
    assertThat(v6).hasSize(20);
  }

  @Test
  void settingsHaveTheirFlags() {
    byte[] record = new SettingsRecord(250, true, true, 100, 5, 7, 300).encode();
    ByteBuffer in = ByteBuffer.wrap(record).order(ByteOrder.nativeOrder());

    assertThat(in.getInt()).isEqualTo(250);
    assertThat(in.getInt()).isEqualTo(3);
    assertThat(in.getInt()).isEqualTo(100);
  }

  @Test
  void countersAreSummedOverCpus() {
    ByteBuffer two = ByteBuffer.allocate(96).order(ByteOrder.nativeOrder());
    for (long i = 1; i <= 12; i++) {
      two.putLong(i);
    }

    assertThat(EndpointCount.sum(two.array())).isEqualTo(new EndpointCount(8, 10, 12, 14, 16));
    assertThat(VipCount.sum(two.array())).isEqualTo(new VipCount(15, 18, 21, 24));
  }

  @Test
  void eventsAreRead() {
    ByteBuffer record = EventRecord.LAYOUT.allocate().putLong(0, 5);
    record.put(8, Wire.mapped(address("192.0.2.1"))).put(24, Wire.mapped(address("2001:db8::2")));
    Wire.putBigEndian(record, 40, 40_000);
    Wire.putBigEndian(record, 42, 443);
    record
        .put(44, (byte) 6)
        .put(45, (byte) 32)
        .putShort(46, (short) 60)
        .putInt(48, 2)
        .putInt(52, -1);

    assertThat(EventRecord.decode(RecordLayout.bytes(record)))
        .isEqualTo(
            new EventRecord(
                5,
                address("192.0.2.1"),
                address("2001:db8::2"),
                40_000,
                443,
                6,
                Reason.DENIED.code(),
                60,
                2,
                Limits.NO_ENDPOINT));
  }

  @Test
  void macAddressesAreWrittenAsOthersDo() {
    MacAddress mac = MacAddress.of(new byte[] {2, 0, 0, 0, 0, (byte) 0xfe});

    assertThat(mac).hasToString("02:00:00:00:00:fe");
    assertThat(mac.bytes()).containsExactly(2, 0, 0, 0, 0, 0xfe);
    assertThatThrownBy(() -> MacAddress.of(new byte[5]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void reasonsHaveNamesAndUnknownNumbersNone() {
    assertThat(Reason.of(2)).isEqualTo(Reason.NEW_FLOW);
    assertThat(Reason.NEW_FLOW.text()).isEqualTo("new-flow");
    assertThat(Reason.of(15)).isNull();
    assertThat(Reason.of(-1)).isNull();
    assertThat(Reason.of(48)).isNull();
  }

  static InetAddress address(String text) {
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
