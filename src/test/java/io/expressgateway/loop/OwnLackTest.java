package io.expressgateway.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnLackTest {

  @ParameterizedTest
  @ValueSource(ints = {11, 12, 23, 24, 99, 105})
  void isWhatThisMachineLacks(int errno) {
    IOException failure = new Errors.NativeIoException("connect", -errno);
    assertThat(OwnLack.is(failure)).isTrue();
    assertThat(OwnLack.is(new IllegalStateException(failure))).isTrue();
  }

  /** ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH and ENETUNREACH. */
  @ParameterizedTest
  @ValueSource(ints = {111, 110, 113, 101})
  void isNotWhatTheOtherSideDoes(int errno) {
    assertThat(OwnLack.is(new Errors.NativeIoException("connect", -errno))).isFalse();
  }

  /** As epoll's connect reports it. */
  @Test
  void knowsNettysWords() {
    assertThat(OwnLack.is(failureOfConnect(-99))).isTrue();
    assertThat(OwnLack.is(failureOfConnect(-11))).isTrue();
    assertThat(OwnLack.is(failureOfConnect(-111))).isFalse();
    assertThat(OwnLack.is(failureOfConnect(-113))).isFalse();
  }

  @SuppressWarnings("deprecation") // nothing else makes the exception of epoll's connect
  private static Throwable failureOfConnect(int errno) {
    assertThat(Epoll.isAvailable()).isTrue();
    return catchThrowable(() -> Errors.throwConnectException("connect", errno));
  }

  @Test
  void knowsTheJdksWords() {
    assertThat(OwnLack.is(new BindException("Cannot assign requested address"))).isTrue();
    assertThat(OwnLack.is(new ConnectException("Connection refused"))).isFalse();
    assertThat(OwnLack.is(null)).isFalse();
  }
}
