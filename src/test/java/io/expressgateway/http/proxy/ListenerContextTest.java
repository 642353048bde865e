package io.expressgateway.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.AccessLog;
import io.expressgateway.net.Cidr;
import io.expressgateway.snapshot.ListenerSpec.Forwarding;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenerContextTest {

  private static boolean trusts(ListenerContext listener, String address) {
    return listener.trusts(InetAddress.ofLiteral(address));
  }

  @Test
  void trustsNobodyByDefault() {
    assertThat(trusts(TestListener.trusting(), "127.0.0.1")).isFalse();
  }

  @Test
  void trustsTheAddressesOfItsNetworks() {
    ListenerContext listener = TestListener.trusting("10.0.0.0/8", "2001:db8::/32");
    assertThat(trusts(listener, "10.255.255.255")).isTrue();
    assertThat(trusts(listener, "2001:db8::1")).isTrue();
    assertThat(trusts(listener, "11.0.0.0")).isFalse();
    assertThat(trusts(listener, "2001:db9::1")).isFalse();
  }

  @Test
  void thePatternMatchesTheWholeTextOfTheAddress() {
    ListenerContext listener =
        TestListener.with(List.of(), "10\\.0\\.0\\.\\d+|0:0:0:0:0:0:0:1", Forwarding.ALL);
    assertThat(trusts(listener, "10.0.0.12")).isTrue();
    assertThat(trusts(listener, "::1")).isTrue();
    assertThat(trusts(listener, "110.0.0.12")).isFalse();
  }

  @Test
  void networksAndPatternAreAlternatives() {
    ListenerContext listener =
        TestListener.with(List.of(Cidr.parse("192.0.2.1")), "10\\..*", Forwarding.ALL);
    assertThat(trusts(listener, "192.0.2.1")).isTrue();
    assertThat(trusts(listener, "10.1.1.1")).isTrue();
    assertThat(trusts(listener, "192.0.2.2")).isFalse();
  }

  @Test
  void tellsItsFacts() {
    ListenerContext listener = TestListener.trusting();
    assertThat(listener.index()).isEqualTo(3);
    assertThat(listener.spec().name()).isEqualTo("web");
    assertThat(listener.accessLog()).isSameAs(AccessLog.NONE);
  }
}
