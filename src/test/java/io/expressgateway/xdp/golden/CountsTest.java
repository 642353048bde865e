package io.expressgateway.xdp.golden;

import static io.expressgateway.xdp.packet.Segment.ACK;
import static io.expressgateway.xdp.packet.Segment.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.model.Settings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the program counts of packets, from which metrics are made. */
class CountsTest {

  private static final Service SERVICE = World.NAT_TCP_4;
  private static final int ENDPOINT_COUNT = 48;
  private static final int VIP_COUNT = 32;

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

  /** What an endpoint's and a VIP's counters grow by, field for field. */
  private record Growth(List<Long> ofEndpoint, List<Long> ofVip) {}

  private static Growth growth(Maps maps, byte[]... frames) {
    return namespace.run(() -> {
      kernel.set(maps);
      List<Long> before = read();
      for (byte[] frame : frames) {
        kernel.explain(frame);
        kernel.run(frame);
      }
      List<Long> after = read();
      List<Long> grown = new ArrayList<>();
      for (int i = 0; i < after.size(); i++) {
        grown.add(after.get(i) - before.get(i));
      }
      return new Growth(grown.subList(0, 5), grown.subList(5, 9));
    });
  }

  private static List<Long> read() {
    List<Long> counts = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      counts.add(kernel.sum("endpoint_counts", SERVICE.index(0), ENDPOINT_COUNT, i * 8));
    }
    for (int i = 0; i < 4; i++) {
      counts.add(kernel.sum("vip_counts", SERVICE.id(), VIP_COUNT, i * 8));
    }
    return counts;
  }

  private static Maps maps() {
    Maps maps = new Maps();
    SERVICE.addTo(maps);
    maps.tables.put(SERVICE.id() * 2, SERVICE.only(0));
    return maps;
  }

  /** Bytes are of IP packets: 40 for a bare segment, with 10 bytes in it 50. */
  @Test
  void packetsAndBytesOfBothDirections() {
    Growth growth =
        growth(
            maps(),
            SERVICE.request(SYN).frame(),
            SERVICE.reply(0, SYN | ACK).frame(),
            SERVICE.request(ACK).payload(new byte[10]).trailer(4).frame());
    assertThat(growth.ofEndpoint).containsExactly(2L, 90L, 1L, 40L, 1L);
    assertThat(growth.ofVip).containsExactly(0L, 0L, 0L, 1L);
  }

  @Test
  void whatIsPassedAndDroppedCountsWithTheVip() {
    Maps maps = maps();
    maps.flows.put(SERVICE.flowKey(), SERVICE.passed());
    Growth growth =
        growth(maps, SERVICE.request(ACK).frame(), SERVICE.request(ACK).lengthOff(1).frame());
    assertThat(growth.ofEndpoint).containsOnly(0L);
    assertThat(growth.ofVip).containsExactly(1L, 1L, 0L, 0L);
  }

  @Test
  void whatAKnownFlowIsRefusedCountsWithTheVip() {
    Maps maps = maps();
    maps.flows.put(SERVICE.flowKey(), SERVICE.flow(0, FlowState.ESTABLISHED));
    maps.endpoints.put(SERVICE.index(0), SERVICE.endpoint(0).mtu(100));
    Growth growth =
        growth(
            maps,
            SERVICE.request(ACK).ttl(1).frame(),
            SERVICE.request(ACK).payload(new byte[200]).frame());
    assertThat(growth.ofEndpoint).containsOnly(0L);
    assertThat(growth.ofVip).containsExactly(0L, 2L, 0L, 0L);
  }

  @Test
  void flowsWithoutEntryAreNoFlowsOfTheEndpoints() {
    Maps maps = maps();
    maps.settings = new Settings(250, true, 0, 0, 10);
    Growth growth = growth(maps, SERVICE.request(SYN).frame());
    assertThat(growth.ofEndpoint).containsExactly(1L, 40L, 0L, 0L, 0L);
    assertThat(growth.ofVip).containsExactly(0L, 0L, 1L, 0L);
  }

  @Test
  void everyPacketHasOneReason() {
    namespace.run(() -> {
      kernel.set(maps());
      long[] before = kernel.reasons();
      kernel.run(SERVICE.request(SYN).frame());
      kernel.run(SERVICE.request(SYN).frame());
      kernel.run(SERVICE.request(0).frame());
      long[] after = kernel.reasons();
      assertThat(after[Reason.NEW_FLOW.number()] - before[Reason.NEW_FLOW.number()]).isOne();
      assertThat(after[Reason.FLOW.number()] - before[Reason.FLOW.number()]).isOne();
      assertThat(after[Reason.MALFORMED.number()] - before[Reason.MALFORMED.number()]).isOne();
      return true;
    });
  }
}
