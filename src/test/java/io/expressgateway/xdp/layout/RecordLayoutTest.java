package io.expressgateway.xdp.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Java's records are those of the object file, field by field. */
class RecordLayoutTest {

  static List<RecordLayout> layouts() {
    return List.of(
        FlowKey.V4,
        FlowKey.V6,
        FlowRecord.LAYOUT,
        ServiceKey.VIP,
        ServiceKey.REPLY,
        VipRecord.LAYOUT,
        EndpointRecord.LAYOUT,
        ReplyRecord.LAYOUT,
        NetworkKey.V4,
        NetworkKey.V6,
        SettingsRecord.LAYOUT,
        EndpointCount.LAYOUT,
        VipCount.LAYOUT,
        EventRecord.LAYOUT);
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void equalsTheStructureInTheObject(RecordLayout layout) throws IOException {
    Btf btf = new Btf(resource("/bpf/gateway.bpf.o"));

    assertThat(layout.fields()).as(layout.name()).isEqualTo(btf.structure(layout.name()));
    assertThat(layout.size()).isEqualTo(btf.structures().get(layout.name()));
  }

  @Test
  void numbersAreThoseOfTheHeader() throws IOException {
    Map<String, Integer> reasons = constants("REASON_");
    for (Reason reason : Reason.values()) {
      assertThat(reasons.remove(reason.name())).as(reason.name()).isEqualTo(reason.code());
    }
    assertThat(reasons).isEmpty();
    Map<String, Integer> modes = constants("MODE_");
    for (VipMode mode : VipMode.values()) {
      assertThat(modes.remove(mode.name())).as(mode.name()).isEqualTo(mode.code());
    }
    assertThat(modes).isEmpty();
    Map<String, Integer> hashes = constants("HASH_");
    for (HashOn hash : HashOn.values()) {
      assertThat(hashes.remove(hash.name())).as(hash.name()).isEqualTo(hash.code());
    }
    assertThat(hashes).isEmpty();
    Map<String, Integer> states = constants("FLOW_");
    for (FlowState state : FlowState.values()) {
      assertThat(states.remove(state.name())).as(state.name()).isEqualTo(state.code());
    }
    assertThat(states).isEmpty();
  }

  @Test
  void limitsAreThoseOfTheHeader() throws IOException {
    assertThat(defined("MAX_VIPS")).isEqualTo(Limits.MAX_VIPS);
    assertThat(defined("MAX_ENDPOINTS")).isEqualTo(Limits.MAX_ENDPOINTS);
    assertThat(defined("MAGLEV_SLOTS")).isEqualTo(Limits.MAGLEV_SLOTS);
    assertThat(defined("MAX_SHARED")).isEqualTo(Limits.MAX_SHARED);
    assertThat(defined("NO_FLOW_ENDPOINT")).isEqualTo(Limits.NO_FLOW_ENDPOINT);
    assertThat(defined("NO_ENDPOINT")).isEqualTo(Limits.NO_ENDPOINT);
    assertThat(header()).containsPattern("REASONS = " + Limits.REASONS + ",");
  }

  /** Enumerators with this prefix, without it. */
  private static Map<String, Integer> constants(String prefix) throws IOException {
    Map<String, Integer> found = new TreeMap<>();
    Matcher matcher = Pattern.compile("\\t" + prefix + "([A-Z0-9_]+) = (\\d+),").matcher(header());
    while (matcher.find()) {
      found.put(matcher.group(1), Integer.parseInt(matcher.group(2)));
    }
    return found;
  }

  private static int defined(String name) throws IOException {
    Matcher matcher = Pattern.compile("#define " + name + " (\\w+)").matcher(header());
    assertThat(matcher.find()).as(name).isTrue();
    return Long.decode(matcher.group(1).replace("U", "")).intValue();
  }

  private static String header() throws IOException {
    return new String(resource("/bpf/layout.h"), StandardCharsets.UTF_8);
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = RecordLayoutTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }
}
