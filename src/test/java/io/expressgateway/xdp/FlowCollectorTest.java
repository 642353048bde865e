package io.expressgateway.xdp;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.net.Cidr;
import io.expressgateway.net.IpLiteral;
import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.layout.FlowKey;
import io.expressgateway.xdp.layout.FlowRecord;
import io.expressgateway.xdp.layout.FlowState;
import io.expressgateway.xdp.layout.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is over goes, what is not stays, in tables of the running kernel. Needs root. */
class FlowCollectorTest {

  private static final int SIZE = 1024;

  private PacketPath path;
  private KernelClock clock;
  private BpfMap flows;
  private FlowCollector collector;

  @BeforeEach
  void load() throws IOException {
    KernelNeeds.bpf();
    path = PacketPath.load(SIZE, SIZE);
    clock = new KernelClock(path.program("clock"));
    flows = path.map("flows_v4");
    collector = new FlowCollector(flows, path.map("flows_v6"), clock);
  }

  @AfterEach
  void close() {
    if (path != null) {
      path.close();
    }
  }

  private void flow(int number, FlowState state, int silentSeconds) {
    int seen = (int) (clock.jiffies() - (long) silentSeconds * clock.hertz());
    flows.put(
        key(number).encode(),
        new FlowRecord(5, 0, 1, seen, state, 0, MacAddress.NONE, MacAddress.NONE, 0, false)
            .encode());
  }

  private static FlowKey key(int number) {
    InetAddress client = IpLiteral.address(new byte[] {10, 0, (byte) (number >> 8), (byte) number});
    return new FlowKey(client, IpLiteral.address(new byte[] {(byte) 192, 0, 2, 1}), 1000, 80, 6);
  }

  private boolean isThere(int number) {
    return flows.get(key(number).encode()) != null;
  }

  @ParameterizedTest
  @CsvSource({
    "SYN, 60",
    "ESTABLISHED, 7440",
    "CLIENT_FIN, 60",
    "ENDPOINT_FIN, 60",
    "CLOSED, 10",
    "UDP, 300",
    "PASS, 300"
  })
  void aFlowGoesWhenItHasBeenSilentForAsLongAsItsStateAllows(FlowState state, int seconds) {
    flow(1, state, seconds + 1);
    flow(2, state, seconds - 2);

    FlowTally tally = collector.collect();

    assertThat(isThere(1)).isFalse();
    assertThat(isThere(2)).isTrue();
    assertThat(tally.v4()).isEqualTo(1);
    assertThat(tally.flows(5)).isEqualTo(1);
    assertThat(tally.closed()).isEqualTo(state == FlowState.CLOSED ? 1 : 0);
  }

  @Test
  void aPacketAfterTheClockWasReadIsNotLongAgo() {
    flow(1, FlowState.CLOSED, -100);

    collector.collect();

    assertThat(isThere(1)).isTrue();
  }

  @Test
  void countsWhatIsTheRelays() {
    flows.put(key(1).encode(), FlowRecord.pass(3, (int) clock.jiffies()).encode());

    assertThat(collector.collect().passed()).isEqualTo(1);
  }

  @Test
  void flowsOfDeniedSourcesEnd() {
    flow(1, FlowState.ESTABLISHED, 0);
    flow(2, FlowState.ESTABLISHED, 0);
    flow(300, FlowState.ESTABLISHED, 0);

    collector.collect(
        FlowCollector.Purge.denied(
            List.of(Cidr.parse("10.0.0.0/24")), List.of(Cidr.parse("10.0.0.2"))));

    assertThat(isThere(1)).isFalse();
    assertThat(isThere(2)).as("allowed").isTrue();
    assertThat(isThere(300)).as("not denied").isTrue();
  }

  @Test
  void theGateClosesWhenATableIsNearlyFullAndOpensWithRoom() {
    for (int i = 0; i < SIZE * 91 / 100; i++) {
      flow(i, FlowState.ESTABLISHED, 0);
    }
    collector.collect();
    assertThat(collector.isGateClosed()).isTrue();
    assertThat(collector.isUrgent(0)).isTrue();

    for (int i = 0; i < SIZE * 8 / 100; i++) {
      flows.remove(key(i).encode());
    }
    collector.collect();
    assertThat(collector.isGateClosed()).as("between 80 and 90 %").isTrue();

    for (int i = SIZE * 8 / 100; i < SIZE * 20 / 100; i++) {
      flows.remove(key(i).encode());
    }
    collector.collect();
    assertThat(collector.isGateClosed()).isFalse();
  }

  @Test
  void aFullTableLosesHalfOpenConnectionsEarlier() {
    for (int i = 0; i < SIZE * 85 / 100; i++) {
      flow(i, FlowState.SYN, 20);
    }
    collector.collect();
    assertThat(collector.tally().v4()).isEqualTo(SIZE * 85 / 100);

    assertThat(collector.collect().v4()).isZero();
  }
}
