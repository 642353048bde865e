package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;

/** Any bytes as two sections of a connection: what Netty reads of them is what we read. */
class HpackReaderFuzzTest {

  @FuzzTest
  void readsWhatNettyReads(FuzzedDataProvider data) {
    HpackOracle oracle = new HpackOracle();
    byte[] first = data.consumeBytes(data.consumeInt(0, 2000));
    if (isRead(oracle, first)) {
      isRead(oracle, data.consumeRemainingAsBytes());
    }
  }

  /** Whether the connection goes on behind the section, as far as both agree. */
  private static boolean isRead(HpackOracle oracle, byte[] section) {
    List<String> ours = oracle.ours(section);
    List<String> netty = oracle.netty(section);
    boolean hasPseudo = netty.stream().anyMatch(line -> line.startsWith(":"));
    boolean refused = ours.size() == 1 && ours.getFirst().endsWith("_ERROR false");
    boolean refusedThere = netty.size() == 1 && netty.getFirst().endsWith("_ERROR false");
    if (refused && oracle.refusal().contains(HpackReader.TOO_LARGE)) {
      // Netty reads integers that are padded to nine bytes; either is right (RFC 7541 section 5.1).
      return false;
    }
    if (hasPseudo && !refused) {
      // Where pseudo-headers repeat or are unknown the two keep different ones; both are refused
      // later.
      return true;
    }
    assertThat(refused).isEqualTo(refusedThere);
    if (!refused) {
      assertThat(ours).containsExactlyElementsOf(netty);
    }
    return !refused;
  }
}
