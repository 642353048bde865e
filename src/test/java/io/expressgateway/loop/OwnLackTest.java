package io.expressgateway.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OwnLackTest {

  /** Netty's error numbers are not there before its native library is. */
  @BeforeAll
  static void load() {
    assertThat(Epoll.isAvailable()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"11, PORT", "99, PORT", "12, SOCKET", "23, SOCKET", "24, SOCKET", "105, SOCKET"})
  void isWhatThisMachineLacks(int errno, OwnLack what) {
    IOException failure = new Errors.NativeIoException("connect", -errno);
    assertThat(OwnLack.of(failure)).isEqualTo(what);
    assertThat(OwnLack.of(new IllegalStateException(failure))).isEqualTo(what);
  }

  /** ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH and ENETUNREACH. */
  @ParameterizedTest
  @ValueSource(ints = {111, 110, 113, 101})
  void isNotWhatTheOtherSideDoes(int errno) {
    assertThat(OwnLack.of(new Errors.NativeIoException("connect", -errno))).isNull();
  }

  /** As epoll's connect reports it. */
  @Test
  void knowsNettysWords() {
    assertThat(OwnLack.of(failureOfConnect(-99))).isEqualTo(OwnLack.PORT);
    assertThat(OwnLack.of(failureOfConnect(-11))).isEqualTo(OwnLack.PORT);
    assertThat(OwnLack.of(failureOfConnect(-111))).isNull();
    assertThat(OwnLack.of(failureOfConnect(-113))).isNull();
  }

  @SuppressWarnings("deprecation") // nothing else makes the exception of epoll's connect
  private static Throwable failureOfConnect(int errno) {
    return catchThrowable(() -> Errors.throwConnectException("connect", errno));
  }

  @Test
  void knowsTheJdksWords() {
    assertThat(OwnLack.of(new BindException("Cannot assign requested address")))
        .isEqualTo(OwnLack.PORT);
    assertThat(OwnLack.of(new ConnectException("Connection refused"))).isNull();
    assertThat(OwnLack.of(null)).isNull();
  }
}
