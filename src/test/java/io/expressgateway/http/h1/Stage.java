package io.expressgateway.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.expressgateway.http.Gateway;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.expressgateway.snapshot.ListenerSpec.UnderscoreHeaders;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where an attack is played: an endpoint, the gateway before it, and a well-behaved neighbour whose
 * connection was open first and must keep its service.
 */
final class Stage implements AutoCloseable {

  private static final String NEIGHBOUR = "/neighbour";

  final RawEndpoint endpoint;
  final Gateway gateway;
  private final RawClient neighbour;

  private Stage(RawEndpoint endpoint, UnaryOperator<Gateway.Builder> change) throws IOException {
    this.endpoint = endpoint;
    this.gateway = change.apply(Gateway.builder().endpoints(endpoint.port())).start();
    this.neighbour = new RawClient(gateway.port());
    neighbourIsServed();
  }

  /** An endpoint that echoes the target, and default limits. */
  static Stage open() throws IOException {
    return open(limits -> limits);
  }

  static Stage open(UnaryOperator<HttpLimits> limits) throws IOException {
    return open(RawEndpoint.echoingTarget(), limits);
  }

  static Stage open(RawEndpoint endpoint, UnaryOperator<HttpLimits> limits) throws IOException {
    return new Stage(endpoint, builder -> builder.listener(spec -> with(spec, limits)));
  }

  static Stage listening(RawEndpoint endpoint, UnaryOperator<ListenerSpec> listener)
      throws IOException {
    return new Stage(endpoint, builder -> builder.listener(listener));
  }

  private static ListenerSpec with(ListenerSpec spec, UnaryOperator<HttpLimits> limits) {
    return new ListenerSpec(
        spec.name(),
        spec.bind(),
        spec.protocol(),
        spec.maxConnections(),
        spec.maxConnectionsPerIp(),
        spec.trustedProxies(),
        spec.trustedProxyPattern(),
        spec.forwarding(),
        spec.accessLog(),
        limits.apply(spec.http()));
  }

  RawClient client() throws IOException {
    return new RawClient(gateway.port());
  }

  /** What the endpoint got from anybody but the neighbour. */
  List<RawEndpoint.Request> forwarded() {
    return endpoint.requests().stream()
        .filter(request -> !request.head().startsWith("GET " + NEIGHBOUR + " "))
        .toList();
  }

  void neighbourIsServed() throws IOException {
    assertThat(neighbour.get(NEIGHBOUR).read().status()).isEqualTo(200);
  }

  /** The attack is answered, counted and ended; nobody else notices. */
  RawClient.Response assertRefused(String attack, int status, String why) throws IOException {
    try (RawClient attacker = client()) {
      RawClient.Response answer = attacker.send(attack).read();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.body()).contains("\"why\":\"" + why + "\"");
      assertThat(answer.header("Connection")).isEqualTo("close");
      assertThat(attacker.isEnded()).isTrue();
      assertThat(gateway.metrics.security).containsExactly(why + ":reject");
      neighbourIsServed();
      assertThat(forwarded()).isEmpty();
      assertThat(gateway.metrics.contained).isEmpty();
      return answer;
    }
  }

  void awaitSecurity(String event) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(gateway.metrics.security).contains(event));
  }

  @Override
  public void close() throws IOException {
    neighbour.close();
    gateway.close();
    endpoint.close();
  }

  static Limits limits(HttpLimits base) {
    return new Limits(base);
  }

  /** One limit changed at a time. */
  record Limits(HttpLimits base) {

    HttpLimits headerTimeout(Duration value) {
      return make(value, base.bodyIdleTimeout(), base.writeStallTimeout(), base.keepAliveTimeout());
    }

    HttpLimits bodyIdleTimeout(Duration value) {
      return make(base.headerTimeout(), value, base.writeStallTimeout(), base.keepAliveTimeout());
    }

    HttpLimits writeStallTimeout(Duration value) {
      return make(base.headerTimeout(), base.bodyIdleTimeout(), value, base.keepAliveTimeout());
    }

    HttpLimits keepAliveTimeout(Duration value) {
      return make(base.headerTimeout(), base.bodyIdleTimeout(), base.writeStallTimeout(), value);
    }

    private HttpLimits make(Duration header, Duration body, Duration stall, Duration keepAlive) {
      return new HttpLimits(
          header,
          body,
          base.minBodyRate(),
          stall,
          base.responseTimeout(),
          keepAlive,
          base.maxKeepAliveRequests(),
          base.maxHeaderBytes(),
          base.maxHeaderFields(),
          base.maxBodyBytes(),
          base.maxPipelined(),
          base.underscoreHeaders());
    }

    HttpLimits sizes(int requests, int headerBytes, int fields, long bodyBytes, int pipelined) {
      return new HttpLimits(
          base.headerTimeout(),
          base.bodyIdleTimeout(),
          base.minBodyRate(),
          base.writeStallTimeout(),
          base.responseTimeout(),
          base.keepAliveTimeout(),
          requests,
          headerBytes,
          fields,
          bodyBytes,
          pipelined,
          base.underscoreHeaders());
    }

    HttpLimits minBodyRate(long bytesPerSecond) {
      return new HttpLimits(
          base.headerTimeout(),
          base.bodyIdleTimeout(),
          bytesPerSecond,
          base.writeStallTimeout(),
          base.responseTimeout(),
          base.keepAliveTimeout(),
          base.maxKeepAliveRequests(),
          base.maxHeaderBytes(),
          base.maxHeaderFields(),
          base.maxBodyBytes(),
          base.maxPipelined(),
          base.underscoreHeaders());
    }

    HttpLimits underscores(UnderscoreHeaders policy) {
      return new HttpLimits(
          base.headerTimeout(),
          base.bodyIdleTimeout(),
          base.minBodyRate(),
          base.writeStallTimeout(),
          base.responseTimeout(),
          base.keepAliveTimeout(),
          base.maxKeepAliveRequests(),
          base.maxHeaderBytes(),
          base.maxHeaderFields(),
          base.maxBodyBytes(),
          base.maxPipelined(),
          policy);
    }
  }
}
