package io.expressgateway.xdp.golden;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
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
