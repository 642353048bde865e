package io.expressgateway.limit;

import static io.expressgateway.limit.ConnectionCaps.Admission.ADDRESS_FULL;
import static io.expressgateway.limit.ConnectionCaps.Admission.ADMITTED;
import static io.expressgateway.limit.ConnectionCaps.Admission.LISTENER_FULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionCapsTest {

  private final InetAddress one = InetAddress.ofLiteral("192.0.2.1");
  private final InetAddress other = InetAddress.ofLiteral("2001:db8::1");

  @Test
  void boundsWhatOneAddressHolds() {
    ConnectionCaps caps = new ConnectionCaps(10, 2);
    assertThat(caps.acquire(one)).isEqualTo(ADMITTED);
    assertThat(caps.acquire(one)).isEqualTo(ADMITTED);
    assertThat(caps.acquire(one)).isEqualTo(ADDRESS_FULL);
    assertThat(caps.acquire(other)).isEqualTo(ADMITTED);
    assertThat(caps.open()).isEqualTo(3);
    assertThat(caps.open(one)).isEqualTo(2);
    caps.release(one);
    assertThat(caps.acquire(one)).isEqualTo(ADMITTED);
  }

  @Test
  void boundsTheListener() {
    ConnectionCaps caps = new ConnectionCaps(2, 2);
    caps.acquire(one);
    caps.acquire(other);
    assertThat(caps.acquire(other)).isEqualTo(LISTENER_FULL);
    assertThat(caps.open(other)).isEqualTo(1);
    caps.release(one);
    assertThat(caps.open(one)).isZero();
    assertThat(caps.acquire(other)).isEqualTo(ADMITTED);
  }

  @Test
  void anAddressThatMayHoldNothingLeavesNoTrace() {
    ConnectionCaps caps = new ConnectionCaps(2, 0);
    assertThat(caps.acquire(one)).isEqualTo(ADDRESS_FULL);
    assertThat(caps.open(one)).isZero();
    assertThat(caps.open()).isZero();
  }

  @Test
  void ipv4MappedAddressCountsAsIpv4() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    System.arraycopy(one.getAddress(), 0, mapped, 12, 4);
    ConnectionCaps caps = new ConnectionCaps(10, 1);
    assertThat(caps.acquire(Inet6Address.getByAddress("peer", mapped, 0))).isEqualTo(ADMITTED);
    assertThat(caps.acquire(one)).isEqualTo(ADDRESS_FULL);
    caps.release(one);
    assertThat(caps.open()).isZero();
  }

  @Test
  void limitsChangeForConnectionsToCome() {
    ConnectionCaps caps = new ConnectionCaps(10, 2);
    caps.acquire(one);
    caps.acquire(one);
    caps.limits(10, 1);
    assertThat(caps.open(one)).isEqualTo(2);
    assertThat(caps.acquire(one)).isEqualTo(ADDRESS_FULL);
  }

  @Test
  void releasingWhatIsNotOpenIsABug() {
    ConnectionCaps caps = new ConnectionCaps(10, 2);
    assertThatThrownBy(() -> caps.release(one)).isInstanceOf(IllegalStateException.class);
    assertThat(caps.open()).isZero();
  }

  @Test
  void threadsNeverHoldMoreThanTheLimitAndLeaveNothing() throws Exception {
    ConnectionCaps caps = new ConnectionCaps(100, 3);
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        threads.submit(() -> {
          for (int n = 0; n < 5_000; n++) {
            if (caps.acquire(one) == ADMITTED) {
              assertThat(caps.open(one)).isBetween(1, 3);
              caps.release(one);
            }
          }
        });
      }
      threads.shutdown();
      assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(caps.open()).isZero();
    assertThat(caps.open(one)).isZero();
  }
}
