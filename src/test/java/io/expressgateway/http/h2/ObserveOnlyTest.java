package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.fault.Await;
import io.expressgateway.http.h1.RawEndpoint;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import io.expressgateway.snapshot.ListenerSpec;
import java.time.Duration;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** A rule that is observed only counts what it finds, and the client is served on. */
class ObserveOnlyTest {

  @Test
  void aFloodIsCountedOncePerWindowAndServedOn() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway = gateway(endpoint, Rule.H2_PING_FLOOD, 5);
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings();
      for (int i = 0; i < 50; i++) {
        client.frame(RawHttp2.PING, 0, 0, new byte[8]);
      }
      client.request(1, "GET", true).send();
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).containsExactly("h2-ping-flood:observed");
    }
  }

  @Test
  void aThresholdIsWhatTheFileSays() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .rules(Rules.DEFAULTS.with(Rule.H2_PING_FLOOD, 5, false))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings();
      for (int i = 0; i < 5; i++) {
        client.frame(RawHttp2.PING, 0, 0, new byte[8]);
      }
      client.send();
      for (int i = 0; i < 5; i++) {
        client.await(RawHttp2.PING);
      }
      assertThat(gateway.metrics.security).isEmpty();
      client.frame(RawHttp2.PING, 0, 0, new byte[8]).send();
      assertThat(client.await(RawHttp2.GOAWAY).number(4)).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
      assertThat(gateway.metrics.security).containsExactly("h2-ping-flood:goaway");
    }
  }

  @Test
  void aStalledStreamIsCountedAndWaitsOn() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofSeconds(30), Duration.ofMillis(200), Duration.ofSeconds(30))
                .rules(Rules.DEFAULTS.with(Rule.WRITE_STALL, 0, true))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
      client.request(1, "GET", true).send();
      Await.until(
          "the stall is counted again and again",
          () ->
              Collections.frequency(gateway.metrics.security, "write-stall:observed") >= 2
                  && gateway.metrics.security.size() >= 2);
      client.frame(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 1, 0}).send();
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).containsOnly("write-stall:observed");
    }
  }

  @Test
  void aSlowBodyIsCountedAndTakenOn() throws Exception {
    try (RawEndpoint endpoint =
            RawEndpoint.scripted(request -> {
              request.body();
              request.ok("hello");
            });
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .timers(Duration.ofMillis(200), Duration.ofSeconds(30), Duration.ofSeconds(30))
                .rules(Rules.DEFAULTS.with(Rule.BODY_IDLE_TIMEOUT, 0, true))
                .start();
        RawHttp2 client = new RawHttp2(gateway.port())) {
      client.settings().request(1, "POST", false).send();
      Await.until(
          "the pause is counted",
          () -> gateway.metrics.security.contains("body-idle-timeout:observed"));
      client.frame(RawHttp2.DATA, 1, 1, new byte[] {1}).send();
      assertThat(client.await(RawHttp2.DATA).stream()).isEqualTo(1);
    }
  }

  @Test
  void aConnectionBeyondTheCapIsCountedAndServed() throws Exception {
    try (RawEndpoint endpoint = RawEndpoint.scripted(request -> request.ok("hello"));
        Gateway gateway =
            Gateway.builder()
                .endpoints(endpoint.port())
                .rules(Rules.DEFAULTS.with(Rule.CONNECTION_CAPS, 0, true))
                .listener(spec ->
                    new ListenerSpec(
                        spec.name(),
                        spec.bind(),
                        spec.protocol(),
                        1,
                        1,
                        spec.trustedProxies(),
                        spec.trustedProxyPattern(),
                        spec.forwarding(),
                        spec.accessLog(),
                        spec.http()))
                .start();
        RawHttp2 first = new RawHttp2(gateway.port());
        RawHttp2 second = new RawHttp2(gateway.port())) {
      second.settings().request(1, "GET", true).send();
      assertThat(second.await(RawHttp2.DATA).stream()).isEqualTo(1);
      assertThat(gateway.metrics.security).containsExactly("connection-caps:observed");
      assertThat(gateway.engine().listeners().getFirst().connections()).isEqualTo(2);
      first.socket.close();
      Await.until(
          "both places are freed as they were taken",
          () -> gateway.engine().listeners().getFirst().connections() == 1);
    }
  }

  private static Gateway gateway(RawEndpoint endpoint, Rule rule, int threshold) {
    return Gateway.builder()
        .endpoints(endpoint.port())
        .rules(Rules.DEFAULTS.with(rule, threshold, true))
        .start();
  }
}
