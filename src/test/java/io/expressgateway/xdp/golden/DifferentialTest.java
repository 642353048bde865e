package io.expressgateway.xdp.golden;

import io.expressgateway.xdp.model.Answer;
import io.expressgateway.xdp.model.GatewayModel;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Verdict;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The model against the kernel over random packets and states. The first difference is told as a
 * case of {@code packets.txt}, whose expectation is the model's. {@code -Dxdp.fuzz.rounds=N} makes
 * it longer, {@code -Dxdp.fuzz.seed=N} begins elsewhere.
 */
class DifferentialTest {

  private static final int ROUNDS = Integer.getInteger("xdp.fuzz.rounds", 30);
  private static final long SEED = Long.getLong("xdp.fuzz.seed", 1);
  private static final int PACKETS = 300;

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

  @Test
  void randomPacketsMeetWhatTheModelSays() {
    for (int round = 0; round < ROUNDS; round++) {
      SplittableRandom random = new SplittableRandom(SEED + round);
      Maps maps = new RandomMaps(random).next();
      RandomPackets packets = new RandomPackets(random);
      KernelGateway kernel = round % 4 == 3 ? fragments : gateway;
      namespace.run(() -> {
        kernel.set(maps);
        for (int i = 0; i < PACKETS; i++) {
          compare(kernel, maps, packets.next());
        }
        return true;
      });
    }
  }

  @Test
  void bentGoldenPacketsMeetWhatTheModelSays() {
    SplittableRandom random = new SplittableRandom(SEED);
    RandomPackets packets = new RandomPackets(random);
    for (Golden golden : GoldenPackets.all()) {
      Maps maps = golden.before.copy();
      namespace.run(() -> {
        gateway.set(maps);
        for (int i = 0; i < PACKETS / 10; i++) {
          compare(gateway, maps, packets.bent(golden.in()));
        }
        return true;
      });
    }
  }

  private static void compare(KernelGateway kernel, Maps maps, byte[] frame) {
    Maps before = maps.copy();
    Answer expected = new GatewayModel(maps).run(frame.clone());
    Answer explained = kernel.explain(frame);
    if (!isSame(expected, explained)) {
      fail("explain", before, frame, expected, maps, explained, Map.of());
    }
    Answer actual = kernel.run(frame);
    var flows = kernel.flows();
    if (!isSame(expected, actual) || !flows.equals(maps.flows)) {
      flows.entrySet().removeAll(before.flows.entrySet());
      fail("gateway", before, frame, expected, maps, actual, flows);
    }
  }

  private static boolean isSame(Answer left, Answer right) {
    return left.verdict() == right.verdict()
        && left.reason() == right.reason()
        && (left.verdict() == Verdict.DROP || Arrays.equals(left.frame(), right.frame()));
  }

  private static void fail(
      String program,
      Maps before,
      byte[] frame,
      Answer expected,
      Maps after,
      Answer actual,
      Map<?, ?> changedFlows) {
    Golden golden = Golden.claim("difference").given(before).packet(frame);
    golden.answer(expected.verdict(), expected.reason(), expected.frame());
    after.flows.forEach(golden::leaving);
    Assertions.fail(
        "%s answers %s %s%nout %s%nand leaves of flows %s; the model:%n%s"
            .formatted(
                program,
                actual.verdict(),
                actual.reason(),
                HexFormat.of().formatHex(actual.frame()),
                changedFlows,
                PacketsFile.of(java.util.List.of(golden))));
  }
}
