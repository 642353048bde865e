package io.expressgateway.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutOfMemoryTest {

  @Test
  void isFoundBehindItsWrappers() {
    Throwable wrapped = new RuntimeException(new IllegalStateException(new OutOfMemoryError("x")));

    assertThat(OutOfMemory.isCauseOf(wrapped)).isTrue();
  }

  @Test
  void nothingElseHaltsTheProcess() {
    OutOfMemory.haltOn(null);
    OutOfMemory.haltOn(new StackOverflowError());
    OutOfMemory.haltOn(new RuntimeException("Java heap space"));

    assertThat(OutOfMemory.isCauseOf(new RuntimeException("Java heap space"))).isFalse();
  }

  @Test
  void aCircleOfCausesEnds() {
    Exception first = new Exception();
    Exception second = new Exception(first);
    first.initCause(second);

    assertThat(OutOfMemory.isCauseOf(first)).isFalse();
  }
}
