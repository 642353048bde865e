package io.expressgateway.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is sent is the untouched runs of lines: they must always say what the fields say. */
class HeaderLinesTest {

  /** A block whose lines were received, as a parser fills it. */
  private static HeaderBlock received(String... lines) {
    HeaderBlock block = new HeaderBlock(4, 1);
    for (String line : lines) {
      byte[] raw = (line + "\r\n").getBytes(ISO_8859_1);
      int at = block.reserve(raw.length);
      System.arraycopy(raw, 0, block.array(), at, raw.length);
      int colon = line.indexOf(':');
      int value = colon + 2;
      block.index(at, colon, at + value, line.length() - value, at + raw.length);
    }
    return block;
  }

  /** The runs as a codec would copy them, one element per copy. */
  private static List<String> runs(HeaderBlock block) {
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < block.size(); ) {
      int end = block.lineRunEnd(i);
      assertThat(end).isGreaterThan(i);
      int from = block.nameOffset(i);
      runs.add(new String(block.array(), from, block.lineEnd(end - 1) - from, ISO_8859_1));
      i = end;
    }
    return runs;
  }

  @Test
  void untouchedLinesAreOneRun() {
    assertThat(runs(received("A: 1", "Host: h", "B: 2")))
        .containsExactly("A: 1\r\nHost: h\r\nB: 2\r\n");
  }

  @Test
  void aRemovedLineEndsARun() {
    HeaderBlock block = received("A: 1", "Host: h", "B: 2");
    block.remove(HeaderName.HOST);
    assertThat(runs(block)).containsExactly("A: 1\r\n", "B: 2\r\n");
  }

  @Test
  void aChangedValueKeepsPlaceAndCaseOfItsName() {
    HeaderBlock block = received("A: 1", "hOsT: h", "B: 2");
    block.setValue(1, "a longer host than before");
    assertThat(runs(block))
        .containsExactly("A: 1\r\n", "hOsT: a longer host than before\r\n", "B: 2\r\n");
    assertThat(block.get(HeaderName.HOST)).isEqualTo("a longer host than before");
  }

  @Test
  void addedFieldsContinueTheLastRun() {
    HeaderBlock block = received("A: 1");
    block.add("B", "2");
    block.add(HeaderName.VIA, "");
    assertThat(runs(block)).containsExactly("A: 1\r\nB: 2\r\nVia: \r\n");
  }

  @Test
  void aFieldThatIsNoLineIsNoRun() {
    HeaderBlock block = received("A: 1");
    int at = block.reserve(2);
    block.array()[at] = 'b';
    block.array()[at + 1] = '2';
    assertThat(block.index(at, 1, at + 1, 1, 0)).isEqualTo(HeaderName.OTHER);
    assertThat(block.lineRunEnd(0)).isEqualTo(1);
    assertThat(block.lineRunEnd(1)).isEqualTo(1);
    assertThat(block.lineEnd(1)).isZero();
    HeaderBlock copy = received("Z: 0");
    copy.addAll(block);
    assertThat(copy).hasToString("Z: 0\nA: 1\nb: 2\n");
    assertThat(copy.lineRunEnd(0)).isEqualTo(2);
    assertThat(copy.lineRunEnd(2)).isEqualTo(2);
  }

  @Test
  void addAllKeepsTheRunsAndIdsOfTheOther() {
    HeaderBlock other = received("X: 1", "Host: h", "Y: 2");
    other.remove("X");
    HeaderBlock block = received("A: 1");
    block.addAll(other);
    block.addAll(new HeaderBlock());
    assertThat(block).hasToString("A: 1\nHost: h\nY: 2\n");
    assertThat(block.get(HeaderName.HOST)).isEqualTo("h");
    assertThat(runs(block)).containsExactly("A: 1\r\n", "Host: h\r\nY: 2\r\n");
    assertThat(other).hasToString("Host: h\nY: 2\n");
  }

  @Test
  void aTakenReserveCanBeGivenBack() {
    HeaderBlock block = received("A: 1");
    int used = block.used();
    block.reserve(10_000);
    block.reserve(-10_000);
    assertThat(block.used()).isEqualTo(used);
    block.clear();
    assertThat(block.size()).isZero();
    assertThat(block.contains("A")).isFalse();
  }

  @Test
  void comparesValuesWithoutCase() {
    HeaderBlock block = received("Connection: Keep-Alive");
    assertThat(block.valueEqualsIgnoreCase(0, "keep-alive")).isTrue();
    assertThat(block.valueEqualsIgnoreCase(0, "keep-aliv")).isFalse();
    assertThat(block.valueEqualsIgnoreCase(0, "keep_alive")).isFalse();
  }

  /** Random edits: the bytes that would be sent always spell the fields. */
  @Test
  void theRunsSpellTheFieldsAfterAnyEdits() {
    Random random = new Random(11);
    String[] names = {"Host", "a", "B", "Via", "Cookie", "x-longer-name"};
    for (int round = 0; round < 500; round++) {
      HeaderBlock block = received("Host: h", "A: 1", "b: 2", "cookie: c=1", "a: 3");
      for (int edit = random.nextInt(12); edit > 0; edit--) {
        String name = names[random.nextInt(names.length)];
        String value = "v".repeat(random.nextInt(20));
        switch (random.nextInt(5)) {
          case 0 -> block.add(name, value);
          case 1 -> block.set(name, value);
          case 2 -> block.remove(name);
          case 3 -> block.addAll(received("Via: " + value, name + ": " + value));
          default -> {
            if (block.size() > 0) {
              block.setValue(random.nextInt(block.size()), value);
            }
          }
        }
      }
      assertThat(String.join("", runs(block)).replace("\r", "")).isEqualTo(block.toString());
      for (HeaderName name : HeaderName.values()) {
        assertThat(block.contains(name)).isEqualTo(block.indexOf(name) >= 0);
      }
    }
  }
}
