package io.expressgateway.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderBlockTest {

  private static HeaderBlock block() {
    HeaderBlock block = new HeaderBlock(8, 1);
    block.add("X-One", "1");
    block.add(HeaderName.VIA, "a");
    block.add("x-one", "2");
    return block;
  }

  @Test
  void findsNamesInAnyCaseAndKeepsTheirs() {
    HeaderBlock block = block();
    assertThat(block.all("X-ONE")).containsExactly("1", "2");
    assertThat(block.get("via")).isEqualTo("a");
    assertThat(block.name(2)).isEqualTo("x-one");
    assertThat(block.contains("X-Two")).isFalse();
    assertThat(block.get(HeaderName.HOST)).isNull();
  }

  @Test
  void setReplacesAllInThePlaceOfTheFirst() {
    HeaderBlock block = block();
    block.set("X-ONE", "3");
    block.set("X-New", "4");
    assertThat(block).hasToString("X-One: 3\nVia: a\nX-New: 4\n");
  }

  @Test
  void removesAllOfAName() {
    HeaderBlock block = block();
    assertThat(block.remove("x-one")).isTrue();
    assertThat(block.remove("x-one")).isFalse();
    assertThat(block.remove(HeaderName.VIA)).isTrue();
    assertThat(block.contains(HeaderName.VIA)).isFalse();
    assertThat(block.size()).isZero();
  }

  @Test
  void addedFieldsAreIndependentOfTheirSource() {
    HeaderBlock copy = new HeaderBlock(1, 1);
    HeaderBlock block = block();
    copy.addAll(block);
    block.remove("x-one");
    copy.addAll(block);
    assertThat(copy).hasToString("X-One: 1\nVia: a\nx-one: 2\nVia: a\n");
  }

  @Test
  void findsElementsOfListsOverAllLines() {
    HeaderBlock block = new HeaderBlock();
    block.add("Connection", "a, Close ,b");
    block.add("Connection", "upgrade");
    assertThat(block.listContains(HeaderName.CONNECTION, "close")).isTrue();
    assertThat(block.listContains(HeaderName.CONNECTION, "upgrade")).isTrue();
    assertThat(block.listContains(HeaderName.CONNECTION, "clos")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\0", "\u0100", "\u007f"})
  void refusesValuesThatCouldSplitAMessage(String value) {
    assertThatThrownBy(() -> block().add("X", value)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> block().setValue(0, value))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a:", "a\r\n", "\u00e4"})
  void refusesNamesThatAreNoTokens(String name) {
    assertThatThrownBy(() -> block().add(name, "x")).isInstanceOf(IllegalArgumentException.class);
  }
}
