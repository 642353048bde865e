package io.expressgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.admin.PacketForwarding;
import io.expressgateway.xdp.PacketAnswer;
import io.expressgateway.xdp.PacketQuestion;
import io.expressgateway.xdp.XdpStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Status;

/** What the health detail tells of the packet path. */
class XdpHealthTest {

  private static XdpHealth of(XdpStatus status) {
    return new XdpHealth(
        new PacketForwarding() {
          @Override
          public XdpStatus status() {
            return status;
          }

          @Override
          public Optional<PacketAnswer> explain(PacketQuestion question) {
            return Optional.empty();
          }
        });
  }

  /** The relays serve meanwhile: nobody is to take the gateway out for it. */
  @Test
  void namesInterfacesAndListenersWithTroubleAndStaysUp() {
    XdpStatus.VipStatus web = vip("web", "answers of endpoint 10.0.0.1:80 come in by eth1");
    XdpStatus.VipStatus dns = vip("dns", "");
    XdpStatus status =
        new XdpStatus(
            true,
            "",
            List.of(new XdpStatus.InterfaceStatus("eth0", 2, "generic", "native: EOPNOTSUPP")),
            List.of(web, dns),
            new XdpStatus.Flows(0, 0, 0, 1, 1, false),
            Map.of(),
            false);

    var health = of(status).health();

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails())
        .containsEntry("interface.eth0", "generic: native: EOPNOTSUPP")
        .containsEntry("listener.web", "answers of endpoint 10.0.0.1:80 come in by eth1")
        .doesNotContainKey("listener.dns");
  }

  @Test
  void saysWhyNothingIsForwarded() {
    assertThat(of(XdpStatus.off("no listener asks for it")).health().getDetails())
        .containsEntry("active", false)
        .containsEntry("reason", "no listener asks for it");
  }

  private static XdpStatus.VipStatus vip(String name, String reason) {
    return new XdpStatus.VipStatus(
        name, "192.0.2.1", 80, "tcp", "pass", reason, List.of(), 0, 0, 0, 0, 0, 0, 0, 0);
  }
}
