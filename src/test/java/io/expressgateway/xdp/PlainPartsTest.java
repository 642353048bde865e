package io.expressgateway.xdp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.snapshot.VipSpec.Transport;
import io.expressgateway.xdp.layout.FlowState;
import io.expressgateway.xdp.layout.Wire;
import java.net.InetAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What needs no kernel. */
class PlainPartsTest {

  @ParameterizedTest
  @CsvSource({
    "000001ffffffffff, ''",
    "0000000000000000, 'CAP_BPF,CAP_NET_ADMIN,CAP_PERFMON'",
    "0000008000001000, CAP_PERFMON",
    "000000c000000000, CAP_NET_ADMIN",
    "0000000000201000, ''"
  })
  void namesTheCapabilitiesThatAreMissing(String effective, String missing) {
    String status = "Name:\tjava\nCapEff:\t" + effective + "\nCapBnd:\t0\n";

    assertThat(String.join(",", Privileges.parse(status).missing())).isEqualTo(missing);
  }

  @Test
  void knowsNothingMissingWhereNothingIsSaid() {
    assertThat(Privileges.parse("Name:\tjava\n").missing()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "5.10.0-32-amd64, true",
    "6.1.0, true",
    "5.9.1, false",
    "6.18.44-x, true",
    "?, false"
  })
  void comparesKernels(String release, boolean isEnough) {
    assertThat(KernelVersion.parse(release).isAtLeast(KernelVersion.OLDEST)).isEqualTo(isEnough);
  }

  @ParameterizedTest
  @CsvSource({"99.2, 100", "251.7, 250", "296, 300", "999, 1000", "276, 300", "274, 250"})
  void measuresToTheRateThatIsNearest(double measured, int hertz) {
    assertThat(KernelClock.closest(measured)).isEqualTo(hertz);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "0-3, 4", "'0-1,4,6-7', 5"})
  void countsCpus(String list, int count) {
    assertThat(OnlineCpus.count(list)).isEqualTo(count);
  }

  @Test
  void flowsThatAreOverGoSoonest() {
    for (FlowTimeouts timeouts :
        new FlowTimeouts[] {FlowTimeouts.NORMAL, FlowTimeouts.AGGRESSIVE}) {
      assertThat(timeouts.seconds(FlowState.CLOSED))
          .isLessThan(timeouts.seconds(FlowState.SYN))
          .isLessThan(timeouts.seconds(FlowState.CLIENT_FIN));
      assertThat(timeouts.seconds(FlowState.ESTABLISHED))
          .isGreaterThan(timeouts.seconds(FlowState.UDP));
    }
    assertThat(FlowTimeouts.NORMAL.seconds(FlowState.ESTABLISHED)).isEqualTo(7440);
  }

  @ParameterizedTest
  @CsvSource({"192.0.2.1, 192.0.2.2, TCP", "2001:db8::1, 2001:db8::2, UDP"})
  void craftsPacketsWithRightCheckSums(String source, String destination, Transport transport)
      throws Exception {
    InetAddress from = InetAddress.getByName(source);
    InetAddress to = InetAddress.getByName(destination);

    byte[] packet =
        new PacketQuestion(from, 40_000, to, 80, transport, PacketQuestion.SYN).packet();

    int ip = Wire.isIpv4(from) ? 20 : 40;
    byte[] segment = Arrays.copyOfRange(packet, 14 + ip, packet.length);
    assertThat(
            InternetChecksum.ofTransport(
                from.getAddress(), to.getAddress(), transport.number(), segment))
        .isZero();
    if (ip == 20) {
      assertThat(InternetChecksum.of(packet, 14, 20)).isZero();
    }
  }

  @Test
  void refusesPacketsOfTwoFamilies() {
    assertThatThrownBy(() ->
            new PacketQuestion(
                InetAddress.getByName("::1"),
                1,
                InetAddress.getByName("127.0.0.1"),
                2,
                Transport.TCP,
                0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
