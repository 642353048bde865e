package io.expressgateway.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.1.2.128/25, 10.1.2.127, false",
    "10.1.2.128/25, 10.1.2.128, true",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, ::1, false",
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 127.0.0.2, false",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "::1/128, ::1, true",
  })
  void containsExactlyItsNetwork(String network, String address, boolean inside) {
    assertThat(Cidr.parse(network).contains(InetAddress.ofLiteral(address))).isEqualTo(inside);
  }

  @Test
  void treatsIpv4MappedAddressAsIpv4() throws Exception {
    byte[] mapped = new byte[16];
    mapped[10] = mapped[11] = (byte) 0xff;
    mapped[12] = 10;
    mapped[15] = 1;
    InetAddress address = java.net.Inet6Address.getByAddress("peer", mapped, 0);
    assertThat(Cidr.parse("10.0.0.0/8").contains(address)).isTrue();
    assertThat(Cidr.parse("::/0").contains(address)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "10.0.0/8",
        "010.0.0.0/8",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "example.org",
        "::1/129",
        "1.2.3.4.5",
        "1..2.3",
        "2001:db8::1/32",
        "256.0.0.1"
      })
  void refusesWhatIsNoNetwork(String text) {
    assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void printsAndComparesByNetwork() {
    assertThat(Cidr.parse("10.0.0.0/8"))
        .isEqualTo(Cidr.parse("10.0.0.0/8"))
        .hasSameHashCodeAs(Cidr.parse("10.0.0.0/8"))
        .hasToString("10.0.0.0/8")
        .isNotEqualTo(Cidr.parse("10.0.0.0/9"));
  }
}
