package io.expressgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec.EndpointSpec;
import io.expressgateway.net.HostPort;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointAddressTest {

  private static Endpoint endpoint(String address) {
    ClusterFixture fixture = new ClusterFixture();
    fixture.endpoints = List.of(new EndpointSpec(HostPort.parse(address), 1));
    return fixture.create().endpoints().get(0);
  }

  private static InetSocketAddress socket(String literal, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
  }

  @Test
  void literalsAreKnownWithoutAResolver() {
    assertThat(endpoint("192.0.2.7:81").nextAddress()).isEqualTo(socket("192.0.2.7", 81));
    assertThat(endpoint("[2001:db8::7]:82").nextAddress()).isEqualTo(socket("2001:db8::7", 82));
  }

  @Test
  void namesAreUnresolvedUntilTheResolverAnswersAndThenRotate() {
    Endpoint endpoint = endpoint("orders.example:80");
    assertThat(endpoint.nextAddress()).isNull();
    InetSocketAddress one = socket("192.0.2.1", 80);
    InetSocketAddress two = socket("192.0.2.2", 80);
    endpoint.resolved(new InetSocketAddress[] {one, two});
    assertThat(List.of(endpoint.nextAddress(), endpoint.nextAddress(), endpoint.nextAddress()))
        .containsExactly(one, two, one);
    assertThat(endpoint).hasToString("orders.example:80");
  }

  @Test
  void anEmptyAnswerKeepsTheLastGoodOne() {
    Endpoint endpoint = endpoint("orders.example:80");
    endpoint.resolved(new InetSocketAddress[] {socket("192.0.2.1", 80)});
    endpoint.resolved(new InetSocketAddress[0]);
    assertThat(endpoint.nextAddress()).isEqualTo(socket("192.0.2.1", 80));
  }
}
