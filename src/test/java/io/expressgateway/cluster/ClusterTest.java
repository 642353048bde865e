package io.expressgateway.cluster;

import static io.expressgateway.cluster.ClusterFixture.fail;
import static io.expressgateway.cluster.ClusterFixture.reached;
import static io.expressgateway.cluster.ClusterFixture.request;
import static io.expressgateway.cluster.ClusterFixture.share;
import static io.expressgateway.cluster.ClusterFixture.unhealthy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.balance.Balancers;
import io.expressgateway.cluster.ClusterSpec.Outlier;
import io.expressgateway.health.HealthListener;
import io.expressgateway.net.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterTest {

  private final ClusterFixture fixture = new ClusterFixture();

  static List<String> balancers() {
    return Balancers.names();
  }

  @ParameterizedTest
  @MethodSource("balancers")
  void everyBalancerLeavesOutWhoTakesNoNewWork(String balancer) {
    fixture.balancer = balancer;
    Cluster cluster = fixture.endpoints(1, 1, 1, 1, 0, 1, 1).create();
    cluster.endpoints().get(0).draining(true);
    unhealthy(cluster.endpoints().get(1));
    fail(cluster.endpoints().get(2), 3);
    assertThat(reached(cluster)).containsExactly("4", "6", "7");
  }

  @Test
  void pickAvoidsTriedEndpointsWhileAnotherMayBeUsed() {
    Cluster cluster = fixture.endpoints(1, 1, 1).create();
    Endpoint first = cluster.endpoints().get(0);
    Endpoint second = cluster.endpoints().get(1);
    cluster.endpoints().get(2).draining(true);
    for (int i = 0; i < 10; i++) {
      assertThat(cluster.pick(request(i, first))).isSameAs(second);
      assertThat(cluster.pick(request(i, first, second))).isNotNull();
    }
  }

  @Test
  void emptyAndFullyDrainedClustersPickNobody() {
    assertThat(fixture.endpoints().create().pick(request(1))).isNull();
    assertThat(fixture.endpoints(0, 0).create().pick(request(1))).isNull();
    Cluster cluster = fixture.endpoints(1).create();
    cluster.endpoints().get(0).draining(true);
    assertThat(cluster.pick(request(1))).isNull();
    assertThat(cluster.isPanicking()).isFalse();
    cluster.endpoints().get(0).draining(false);
    assertThat(cluster.pick(request(1))).isNotNull();
  }

  @Test
  void findsEndpointsByTheirConfiguredAddress() {
    Cluster cluster = fixture.endpoints(1, 1).create();
    assertThat(cluster.endpoint("10.0.0.2:80")).isSameAs(cluster.endpoints().get(1));
    assertThat(cluster.endpoint("10.0.0.3:80")).isNull();
    assertThat(cluster.spec().name()).isEqualTo("orders");
  }

  @Test
  void refusesTwoEndpointsWithOneAddressAndUnknownBalancers() {
    fixture.endpoints(1, 1);
    fixture.endpoints.add(fixture.endpoints.getFirst());
    assertThatThrownBy(fixture::create).hasMessageContaining("10.0.0.1:80 twice");
    fixture.endpoints(1);
    fixture.balancer = "fastest";
    assertThatThrownBy(fixture::create).hasMessageContaining("'fastest'");
  }

  @Test
  void updateKeepsTheStateOfEndpointsThatStay() {
    Cluster cluster = fixture.endpoints(1, 1, 1, 1).create();
    Endpoint ejected = cluster.endpoints().get(0);
    Endpoint draining = cluster.endpoints().get(1);
    Endpoint removed = cluster.endpoints().get(3);
    fail(ejected, 3);
    draining.draining(true);
    unhealthy(cluster.endpoints().get(2));
    fixture.balancer = "weighted-round-robin";
    fixture.endpoints(2, 3, 4);
    cluster.update(fixture.spec());
    assertThat(cluster.endpoints()).startsWith(ejected, draining).doesNotContain(removed);
    assertThat(ejected.isEjected()).isTrue();
    assertThat(ejected.failures()).isEqualTo(3);
    assertThat(ejected.weight()).isEqualTo(2);
    assertThat(draining.isDraining()).isTrue();
    assertThat(cluster.endpoints().get(2).health()).isEqualTo(Endpoint.Health.UNHEALTHY);
  }

  @Test
  void removedEndpointsMayFinishAndAreNotEjected() {
    Cluster cluster = fixture.endpoints(1, 1).create();
    Endpoint removed = cluster.endpoints().get(1);
    fixture.endpoints(1);
    cluster.update(fixture.spec());
    fail(removed, 10);
    assertThat(removed.isEjected()).isFalse();
    assertThat(reached(cluster)).containsExactly("1");
  }

  @Test
  void aRefusedUpdateChangesNothing() {
    Cluster cluster = fixture.endpoints(1, 1).create();
    fixture.balancer = "fastest";
    fixture.endpoints(5);
    assertThatThrownBy(() -> cluster.update(fixture.spec()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(reached(cluster)).containsExactly("1", "2");
    assertThat(cluster.endpoints().get(0).weight()).isEqualTo(1);
    Cluster implicit = fixtureNamed("other");
    assertThatThrownBy(() -> cluster.update(implicit.spec())).hasMessageContaining("other");
  }

  private static Cluster fixtureNamed(String name) {
    ClusterFixture fixture = new ClusterFixture();
    ClusterSpec s = fixture.endpoints(1).spec();
    return Cluster.create(
        new ClusterSpec(
            name,
            s.protocol(),
            s.balancer(),
            s.hashOn(),
            s.affinityCookie(),
            s.slowStart(),
            s.connectTimeout(),
            s.firstByteTimeout(),
            s.retry(),
            s.endpoints(),
            s.healthCheck(),
            s.outlier(),
            s.pool(),
            s.implicit()),
        Ticker.SYSTEM,
        HealthListener.NONE);
  }

  @Test
  void affinityTokenBringsTheClientBack() {
    fixture.balancer = "session-affinity";
    Cluster cluster = fixture.endpoints(1, 1, 1).create();
    Endpoint mine = cluster.endpoints().get(2);
    assertThat(mine.affinityToken()).matches("[0-9a-f]{16}").doesNotContain("10");
    for (int i = 0; i < 5; i++) {
      assertThat(cluster.pick(request(i, mine.affinityToken()))).isSameAs(mine);
    }
    mine.draining(true);
    assertThat(cluster.pick(request(0, mine.affinityToken()))).isNotSameAs(mine);
  }

  @Test
  void leastConnectionsFollowsTheConnectionHooks() {
    fixture.balancer = "least-connections";
    Cluster cluster = fixture.endpoints(1, 1).create();
    cluster.endpoints().get(0).connectionOpened();
    assertThat(reached(cluster)).containsExactly("2");
    cluster.endpoints().get(0).connectionClosed();
    assertThat(reached(cluster)).containsExactly("1", "2");
  }

  @Test
  void balancerChangeGivesEndpointsTheLatencyItNeeds() {
    fixture.balancer = "peak-ewma";
    Cluster cluster = fixture.endpoints(1, 1).create();
    Endpoint slow = cluster.endpoints().get(0);
    slow.started();
    slow.finished(Endpoint.Outcome.SUCCESS, 90_000_000);
    assertThat(slow.latency().nanos()).isGreaterThan(80_000_000);
    assertThat(reached(cluster)).containsExactly("2");
    fixture.balancer = "round-robin";
    cluster.update(fixture.spec());
    assertThat(slow.latency().nanos()).isZero();
    assertThat(reached(cluster)).containsExactly("1", "2");
  }

  @ParameterizedTest
  @MethodSource("balancers")
  void slowStartRampsTheShareOfANewEndpoint(String balancer) {
    fixture.balancer = balancer;
    fixture.slowStart = Duration.ofSeconds(10);
    Cluster cluster = fixture.endpoints(1).create();
    fixture.endpoints(1, 1);
    cluster.update(fixture.spec());
    // A tenth of the weight at first: 1/11, and ring hash has few points to show it with.
    assertThat(share(cluster, 1, 11_000)).isCloseTo(1 / 11.0, Offset.offset(0.04));
    fixture.ticker.advance(Duration.ofSeconds(5));
    cluster.tick();
    assertThat(share(cluster, 1, 15_000)).isCloseTo(1 / 3.0, Offset.offset(0.08));
    fixture.ticker.advance(Duration.ofSeconds(5));
    cluster.tick();
    assertThat(share(cluster, 1, 20_000)).isCloseTo(0.5, Offset.offset(0.1));
  }

  @Test
  void recoveredReadmittedAndUndrainedEndpointsStartSlowly() {
    fixture.slowStart = Duration.ofSeconds(10);
    Cluster cluster = fixture.endpoints(1, 1).create();
    assertThat(share(cluster, 1, 1_000)).isEqualTo(0.5);
    Endpoint endpoint = cluster.endpoints().get(1);

    unhealthy(endpoint);
    endpoint.checked(true);
    endpoint.checked(true);
    assertThat(share(cluster, 1, 1_100)).isCloseTo(1 / 11.0, Offset.offset(0.001));
    fixture.ticker.advance(Duration.ofSeconds(10));
    cluster.tick();
    assertThat(share(cluster, 1, 1_000)).isEqualTo(0.5);

    endpoint.draining(true);
    endpoint.draining(false);
    assertThat(share(cluster, 1, 1_100)).isCloseTo(1 / 11.0, Offset.offset(0.001));
    fixture.ticker.advance(Duration.ofSeconds(10));
    cluster.tick();

    fail(endpoint, 3);
    fixture.ticker.advance(Duration.ofSeconds(30));
    cluster.tick();
    assertThat(share(cluster, 1, 1_100)).isCloseTo(1 / 11.0, Offset.offset(0.001));
  }

  @Test
  void retryBudgetFollowsAReload() {
    fixture.outlier = new Outlier(false, false, 3, Duration.ofSeconds(30), 50, 50);
    Cluster cluster = fixture.endpoints(1).create();
    var budget = cluster.retryBudget();
    cluster.update(fixture.spec());
    assertThat(cluster.retryBudget()).isSameAs(budget);
  }

  @Test
  void picksStaySaneWhileEligibilityChanges() throws Exception {
    Cluster cluster = fixture.endpoints(1, 1, 1, 1).create();
    try (var threads = Executors.newFixedThreadPool(2)) {
      var picking =
          threads.submit(() -> {
            for (int i = 0; i < 200_000; i++) {
              assertThat(cluster.pick(request(i)) == null).isFalse();
            }
          });
      while (!picking.isDone()) {
        for (Endpoint endpoint : cluster.endpoints().subList(0, 3)) {
          endpoint.draining(!endpoint.isDraining());
        }
      }
      picking.get(30, TimeUnit.SECONDS);
    }
  }
}
