package io.expressgateway.xdp.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.xdp.model.Answer;
import io.expressgateway.xdp.model.GatewayModel;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.packet.FrameCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden packets against the model, and against the file that other kernels are given. */
class GoldenPacketsTest {

  private static final Path FILE = Path.of("src/test/resources/xdp/packets.txt");

  static Stream<Golden> cases() {
    return GoldenPackets.all().stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void areTrueOfTheModel(Golden golden) {
    Maps maps = golden.before.copy();
    Answer answer = new GatewayModel(maps).run(golden.in().clone());
    GoldenAnswer.check(golden, answer, maps.flows);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void leaveOnlyFramesThatReceiversAccept(Golden golden) {
    if (FrameCheck.problems(golden.in()).isEmpty()) {
      assertThat(FrameCheck.problems(golden.out())).isEmpty();
    }
  }

  @Test
  void haveNamesOfTheirOwn() {
    Set<String> names = new HashSet<>();
    assertThat(cases()).allMatch(golden -> names.add(golden.name));
  }

  /** Those that need routes are in KernelSurroundingsTest; a test run has room for any header. */
  @Test
  void meetEveryReason() {
    Set<Reason> met = EnumSet.of(Reason.REPLY_STATELESS, Reason.NO_NEXT_HOP, Reason.NO_ROOM);
    cases().map(Golden::reason).forEach(met::add);
    assertThat(EnumSet.complementOf(EnumSet.copyOf(met))).containsExactly(Reason.NONE);
  }

  /** Written anew with {@code -Dgolden.write=true}. */
  @Test
  void areInTheFileForOtherKernels() throws IOException {
    String text = PacketsFile.of(GoldenPackets.all());
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, text);
    }
    assertThat(Files.readString(FILE))
        .as("%s is stale: run this test with -Dgolden.write=true", FILE)
        .isEqualTo(text);
  }
}
