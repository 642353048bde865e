package io.expressgateway.xdp.golden;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.xdp.model.Answer;
import io.expressgateway.xdp.model.Flow;
import io.expressgateway.xdp.model.FlowKey;
import io.expressgateway.xdp.model.Verdict;
import java.util.HexFormat;
import java.util.Map;

/** Whether an answer is the one that a golden packet claims. */
final class GoldenAnswer {

  private static final HexFormat HEX = HexFormat.of();

  private GoldenAnswer() {}

  static void check(Golden golden, Answer answer, Map<FlowKey, Flow> flows) {
    check(golden, answer);
    assertThat(flows).as("flows").containsExactlyInAnyOrderEntriesOf(golden.flowsAfter());
  }

  static void check(Golden golden, Answer answer) {
    assertThat(answer.verdict() + " " + answer.reason())
        .as("verdict and reason")
        .isEqualTo(golden.verdict() + " " + golden.reason());
    if (golden.verdict() != Verdict.DROP) {
      assertThat(HEX.formatHex(answer.frame())).as("frame").isEqualTo(HEX.formatHex(golden.out()));
    }
  }
}
