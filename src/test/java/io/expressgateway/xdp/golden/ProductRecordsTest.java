package io.expressgateway.xdp.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.net.Cidr;
import io.expressgateway.xdp.layout.EndpointRecord;
import io.expressgateway.xdp.layout.FlowKey;
import io.expressgateway.xdp.layout.FlowRecord;
import io.expressgateway.xdp.layout.Hop;
import io.expressgateway.xdp.layout.MacAddress;
import io.expressgateway.xdp.layout.NetworkKey;
import io.expressgateway.xdp.layout.ReplyRecord;
import io.expressgateway.xdp.layout.ServiceKey;
import io.expressgateway.xdp.layout.SettingsRecord;
import io.expressgateway.xdp.layout.VipMode;
import io.expressgateway.xdp.layout.VipRecord;
import io.expressgateway.xdp.model.Endpoint;
import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Mode;
import io.expressgateway.xdp.model.Network;
import io.expressgateway.xdp.model.Records;
import io.expressgateway.xdp.model.Settings;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The product's codecs write what the golden packets are true with, byte for byte. */
class ProductRecordsTest {

  static Stream<Service> services() {
    return World.ALL.stream();
  }

  private static ServiceKey key(String address, int port, int protocol) {
    return new ServiceKey(InetAddress.ofLiteral(address), port, protocol);
  }

  private static MacAddress mac(String hex) {
    return MacAddress.of(HexFormat.of().parseHex(hex));
  }

  @ParameterizedTest
  @MethodSource("services")
  void vips(Service service) {
    ServiceKey vip = key(service.address(), service.port(), service.protocol());
    assertThat(vip.encode()).isEqualTo(Records.vipKey(service.key()));
    VipRecord record =
        new VipRecord(
            service.id(),
            VipMode.of(service.mode().ordinal()),
            io.expressgateway.xdp.layout.HashOn.of(service.hashOn().ordinal()),
            true,
            true,
            false);
    assertThat(record.encode()).isEqualTo(Records.vip(service.vip()));
  }

  @ParameterizedTest
  @MethodSource("services")
  void endpoints(Service service) {
    if (service.mode() == Mode.PASS || service.mode() == Mode.DROP) {
      return;
    }
    Endpoint model = service.endpoint(0).via(3, 0x2005);
    boolean isVersion6 = service.address().contains(":");
    EndpointRecord record =
        new EndpointRecord(
            model.generation(),
            true,
            VipMode.of(service.mode().ordinal()),
            key(service.endpoints().get(0), model.port(), service.protocol()),
            key(service.address(), service.port(), service.protocol()),
            service.id(),
            new Hop(mac(service.nextHopMac(0)), mac(Service.OWN_MAC), 3, 0x2005),
            1500,
            InetAddress.ofLiteral(isVersion6 ? World.OUTER_6 : World.OUTER_4));
    byte[] expected = Records.endpoint(model);
    if (service.mode() != Mode.NAT) {
      // What does not translate has no use for differences of check sums.
      java.util.Arrays.fill(expected, 44, 48, (byte) 0);
    }
    assertThat(HexFormat.of().formatHex(record.encode()))
        .isEqualTo(HexFormat.of().formatHex(expected));
  }

  @Test
  void flows() {
    Service service = World.NAT_TCP_6;
    FlowKey key =
        new FlowKey(
            InetAddress.ofLiteral(World.CLIENT_6),
            InetAddress.ofLiteral(service.address()),
            World.CLIENT_PORT,
            service.port(),
            service.protocol());
    assertThat(key.encode()).isEqualTo(Records.flowKey(service.flowKey()));
    byte[] flow =
        Records.flow(
            service
                .flow(1, FlowState.CLIENT_FIN)
                .from(0x2005, 7, 9, "02000000c001", "02000000a001")
                .serviceTagged(true));
    FlowRecord read = FlowRecord.decode(flow, 0);
    assertThat(read.clientVlan()).isEqualTo(0x2005);
    assertThat(read.clientInnerVlan()).isEqualTo(7);
    assertThat(read.clientInterface()).isEqualTo(9);
    assertThat(read.isServiceTagged()).isTrue();
    assertThat(read.state()).isEqualTo(io.expressgateway.xdp.layout.FlowState.CLIENT_FIN);
    assertThat(read.encode()).isEqualTo(flow);
  }

  @Test
  void replies() {
    assertThat(new ReplyRecord(List.of(7, 300)).encode()).isEqualTo(Records.reply(List.of(7, 300)));
  }

  @Test
  void networks() {
    assertThat(NetworkKey.encode(Cidr.parse("198.51.100.0/24")))
        .isEqualTo(Records.network(new Network(Service.hex("198.51.100.0"), 24)));
    assertThat(NetworkKey.encode(Cidr.parse("2001:db8::/33")))
        .isEqualTo(Records.network(new Network(Service.hex("2001:db8::"), 33)));
  }

  @Test
  void settings() {
    assertThat(new SettingsRecord(250, true, false, 5, 6, 0, 10).encode())
        .isEqualTo(Records.settings(new Settings(250, true, 5, 6, 10)));
  }
}
