package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.packet.Segment.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.model.Settings;
import io.expressgateway.xdp.model.Verdict;
import io.expressgateway.xdp.packet.Packet;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Which new flows get an entry when there are many. A second has a billion jiffies here, so that no
 * budget is renewed while a test runs.
 */
class AdmissionTest {

  private static final int HERTZ = 1_000_000_000;
  private static final Service SERVICE = World.NAT_TCP_4;

  private static PrivateNamespace namespace;
  private static KernelGateway kernel;

  @BeforeAll
  static void load() {
    KernelNeeds.present();
    namespace = new PrivateNamespace();
    kernel = KernelGateway.load("gateway");
  }

  @AfterAll
  static void unload() {
    if (kernel != null) {
      kernel.close();
      namespace.close();
    }
  }

  /** What new flows of these clients come to, one after the other. */
  private static List<Reason> reasons(Settings settings, String... clients) {
    return namespace.run(() -> {
      Maps maps = new Maps();
      SERVICE.addTo(maps);
      maps.settings = settings;
      kernel.set(maps);
      List<Reason> reasons = new ArrayList<>();
      for (int i = 0; i < clients.length; i++) {
        byte[] frame =
            Packet.tcp(clients[i], 1000 + i, SERVICE.address(), SERVICE.port(), SYN).frame();
        var answer = kernel.run(frame);
        assertThat(answer.verdict()).isIn(Verdict.TX, Verdict.REDIRECT);
        reasons.add(answer.reason());
      }
      return reasons;
    });
  }

  @Test
  void aCpuEntersNoMoreFlowsInASecondThanItsCap() {
    assertThat(reasons(new Settings(HERTZ, false, 2, 0, 10), "192.0.2.1", "192.0.2.2", "192.0.2.3"))
        .containsExactly(Reason.NEW_FLOW, Reason.NEW_FLOW, Reason.STATELESS);
  }

  @Test
  void aSourceEntersNoMoreFlowsInASecondThanItsCap() {
    assertThat(
            reasons(
                new Settings(HERTZ, false, 0, 2, 10),
                "192.0.2.1",
                "192.0.2.1",
                "192.0.2.1",
                "192.0.2.2",
                "192.0.2.1"))
        .containsExactly(
            Reason.NEW_FLOW, Reason.NEW_FLOW, Reason.STATELESS, Reason.NEW_FLOW, Reason.STATELESS);
  }

  @Test
  void aSourceOverItsCapUsesUpNobodyElsesRoom() {
    assertThat(
            reasons(
                new Settings(HERTZ, false, 3, 1, 10),
                "192.0.2.1",
                "192.0.2.1",
                "192.0.2.1",
                "192.0.2.1",
                "192.0.2.2"))
        .last()
        .isEqualTo(Reason.NEW_FLOW);
  }

  @Test
  void aFullTableForwardsWithoutEntries() {
    String[] clients = new String[KernelGateway.FLOWS + 50];
    for (int i = 0; i < clients.length; i++) {
      clients[i] = "10.1." + i / 250 + "." + (1 + i % 250);
    }
    List<Reason> reasons = reasons(Settings.DEFAULT, clients);
    assertThat(reasons.subList(0, KernelGateway.FLOWS)).containsOnly(Reason.NEW_FLOW);
    assertThat(reasons).last().isEqualTo(Reason.STATELESS);
  }

  @Test
  void aFlowWithoutEntryIsRememberedForItsReplies() {
    reasons(new Settings(HERTZ, true, 0, 0, 10), "192.0.2.1");
    assertThat(namespace.run(kernel::hasForwardedWithoutEntry)).isTrue();
    reasons(Settings.DEFAULT, "192.0.2.1");
    assertThat(namespace.run(kernel::hasForwardedWithoutEntry)).isFalse();
  }
}
