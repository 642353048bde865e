package io.expressgateway.xdp.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.xdp.model.Answer;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.model.Verdict;
import io.expressgateway.xdp.packet.FrameCheck;
import io.expressgateway.xdp.packet.Segment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden packets in the kernel that this machine runs. */
class KernelGoldenTest {

  private static PrivateNamespace namespace;
  private static KernelGateway gateway;
  private static KernelGateway fragments;

  @BeforeAll
  static void load() {
    KernelNeeds.present();
    namespace = new PrivateNamespace();
    gateway = KernelGateway.load("gateway");
    fragments = KernelGateway.load("gateway_frags");
  }

  @AfterAll
  static void unload() {
    if (gateway != null) {
      gateway.close();
      fragments.close();
      namespace.close();
    }
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.xdp.golden.GoldenPacketsTest#cases")
  void areTrueOfTheProgram(Golden golden) {
    check(golden, gateway);
  }

  @ParameterizedTest
  @MethodSource("io.expressgateway.xdp.golden.GoldenPacketsTest#cases")
  void areTrueOfTheProgramForFragmentedFrames(Golden golden) {
    check(golden, fragments);
  }

  /** More than one buffer: the headers are in the first, the rest is not touched. */
  @Test
  void jumboFramesGoOnBehindTheirFirstBuffer() {
    for (Service service : List.of(World.NAT_TCP_4, World.NAT_UDP_6)) {
      byte[] payload = new byte[8900];
      Arrays.fill(payload, 4000, 8000, (byte) 7);
      Golden golden =
          Golden.claim("jumbo")
              .given(service)
              .given(service.flowKey(), service.flow(0, service.live()))
              .given(maps -> maps.endpoints.put(service.index(0), service.endpoint(0).mtu(9000)))
              .packet(service.request(Segment.ACK).payload(payload))
              .tx(Reason.FLOW, service.delivered(0, Segment.ACK).payload(payload));
      namespace.run(() -> {
        fragments.set(golden.before);
        GoldenAnswer.check(golden, fragments.run(golden.in()), fragments.flows());
        return true;
      });
    }
  }

  /** What is cut off for the answer lies in a later buffer. */
  @Test
  void jumboFramesThatAreTooBigAreAnswered() {
    Service service = World.NAT_TCP_4;
    Golden golden =
        Golden.claim("jumbo")
            .given(service)
            .given(service.flowKey(), service.flow(0, service.live()))
            .packet(service.request(Segment.ACK).payload(new byte[8900]));
    namespace.run(() -> {
      fragments.set(golden.before);
      Answer answer = fragments.run(golden.in());
      assertThat(answer.reason()).isEqualTo(Reason.TOO_BIG);
      assertThat(answer.verdict()).isEqualTo(Verdict.TX);
      assertThat(FrameCheck.problems(answer.frame())).isEmpty();
      return true;
    });
  }

  private static void check(Golden golden, KernelGateway kernel) {
    namespace.run(() -> {
      kernel.set(golden.before);
      GoldenAnswer.check(golden, kernel.explain(golden.in()));
      assertThat(kernel.flows()).as("flows after explain").isEqualTo(golden.before.flows);
      GoldenAnswer.check(golden, kernel.run(golden.in()), kernel.flows());
      return true;
    });
  }
}
