package io.expressgateway.cluster;

import static io.expressgateway.cluster.ClusterFixture.fail;
import static io.expressgateway.cluster.ClusterFixture.reached;
import static io.expressgateway.cluster.ClusterFixture.request;
import static io.expressgateway.cluster.ClusterFixture.unhealthy;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.cluster.ClusterSpec.Outlier;
import io.expressgateway.cluster.Endpoint.Outcome;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClusterHealthTest {

  private static final Duration BASE = Duration.ofSeconds(30);

  private final ClusterFixture fixture = new ClusterFixture();

  @Test
  void anUncheckedEndpointIsUsedAndTheFirstResultDecides() {
    Cluster cluster = fixture.endpoints(1, 1).create();
    assertThat(cluster.endpoints().get(0).health()).isEqualTo(Endpoint.Health.UNKNOWN);
    assertThat(reached(cluster)).containsExactly("1", "2");
    cluster.endpoints().get(0).checked(false);
    assertThat(reached(cluster)).containsExactly("2");
    cluster.endpoints().get(0).checked(true);
    assertThat(reached(cluster)).containsExactly("2");
    cluster.endpoints().get(0).checked(true);
    assertThat(reached(cluster)).containsExactly("1", "2");
    assertThat(cluster.endpoints().get(0).health()).isEqualTo(Endpoint.Health.HEALTHY);
    assertThat(fixture.events).containsExactly("unhealthy 10.0.0.1:80", "healthy 10.0.0.1:80");
  }

  @Test
  void resultsWithoutAConfiguredCheckAreIgnored() {
    fixture.checked = false;
    Cluster cluster = fixture.endpoints(1).create();
    unhealthy(cluster.endpoints().get(0));
    assertThat(cluster.endpoints().get(0).health()).isEqualTo(Endpoint.Health.UNKNOWN);
  }

  @Test
  void removingTheCheckForgetsItsVerdict() {
    Cluster cluster = fixture.endpoints(1, 1).create();
    unhealthy(cluster.endpoints().get(0));
    fixture.checked = false;
    cluster.update(fixture.spec());
    assertThat(reached(cluster)).containsExactly("1", "2");
  }

  @Test
  void allUnhealthyPicksNobody() {
    Cluster cluster = fixture.endpoints(1, 1).create();
    cluster.endpoints().forEach(ClusterFixture::unhealthy);
    assertThat(cluster.pick(request(1))).isNull();
    assertThat(cluster.isPanicking()).isFalse();
    Cluster single = fixture.endpoints(1).create();
    unhealthy(single.endpoints().get(0));
    assertThat(single.pick(request(1))).isNull();
  }

  @Test
  void tooFewAvailableEndpointsArePanicAndAllAreUsed() {
    Cluster cluster = fixture.endpoints(1, 1, 1, 0).create();
    unhealthy(cluster.endpoints().get(0));
    assertThat(cluster.isPanicking()).isFalse();
    assertThat(reached(cluster)).containsExactly("2", "3");
    unhealthy(cluster.endpoints().get(1));
    assertThat(cluster.isPanicking()).isTrue();
    assertThat(reached(cluster)).containsExactly("1", "2", "3");
  }

  @Test
  void drainedEndpointsCauseNoPanicAndAreNotUsedInIt() {
    Cluster cluster = fixture.endpoints(1, 1, 1, 1).create();
    cluster.endpoints().get(0).draining(true);
    cluster.endpoints().get(1).draining(true);
    unhealthy(cluster.endpoints().get(2));
    assertThat(cluster.isPanicking()).isFalse();
    assertThat(reached(cluster)).containsExactly("4");
    fail(cluster.endpoints().get(3), 3);
    assertThat(cluster.isPanicking()).isTrue();
    assertThat(reached(cluster)).containsExactly("3", "4");
  }

  @Test
  void ejectsAfterConsecutiveFailuresAndReadmitsInTime() {
    Cluster cluster = fixture.endpoints(1, 1, 1).create();
    Endpoint endpoint = cluster.endpoints().get(0);
    fail(endpoint, 2);
    endpoint.started();
    endpoint.finished(Outcome.SUCCESS, 1);
    fail(endpoint, 2);
    assertThat(endpoint.isEjected()).isFalse();
    fail(endpoint, 1);
    assertThat(endpoint.isEjected()).isTrue();
    assertThat(reached(cluster)).containsExactly("2", "3");
    fixture.ticker.advance(BASE.minusNanos(1));
    cluster.tick();
    assertThat(endpoint.isEjected()).isTrue();
    fixture.ticker.advance(Duration.ofNanos(1));
    cluster.tick();
    assertThat(reached(cluster)).containsExactly("1", "2", "3");
    assertThat(fixture.events).containsExactly("ejected 10.0.0.1:80 30", "readmitted 10.0.0.1:80");
  }

  @Test
  void eachFurtherEjectionLastsLonger() {
    Cluster cluster = fixture.endpoints(1, 1, 1).create();
    Endpoint endpoint = cluster.endpoints().get(0);
    for (int n = 1; n <= 3; n++) {
      fail(endpoint, 3);
      fixture.ticker.advance(BASE.multipliedBy(n));
      cluster.tick();
      assertThat(endpoint.isEjected()).isFalse();
    }
    assertThat(fixture.events)
        .contains("ejected 10.0.0.1:80 30", "ejected 10.0.0.1:80 60", "ejected 10.0.0.1:80 90");
  }

  @Test
  void cancelledTriesSayNothing() {
    Cluster cluster = fixture.endpoints(1, 1).create();
    Endpoint endpoint = cluster.endpoints().get(0);
    fail(endpoint, 2);
    endpoint.started();
    assertThat(endpoint.active()).isEqualTo(1);
    endpoint.finished(Outcome.CANCELLED, 1);
    assertThat(endpoint.active()).isZero();
    assertThat(endpoint.isEjected()).isFalse();
    fail(endpoint, 1);
    assertThat(endpoint.isEjected()).isTrue();
    assertThat(endpoint.requests()).isEqualTo(4);
    assertThat(endpoint.failures()).isEqualTo(3);
  }

  @Test
  void neverEjectsMoreThanThePercentage() {
    Cluster cluster = fixture.endpoints(1, 1, 1, 1).create();
    cluster.endpoints().forEach(e -> fail(e, 3));
    assertThat(cluster.endpoints()).filteredOn(Endpoint::isEjected).hasSize(2);
    assertThat(reached(cluster)).containsExactly("3", "4");
    assertThat(fixture.events).contains("refused 10.0.0.3:80", "refused 10.0.0.4:80");
  }

  @Test
  void theOnlyEndpointIsEjectedButPanicKeepsUsingIt() {
    Cluster cluster = fixture.endpoints(1).create();
    fail(cluster.endpoints().get(0), 3);
    assertThat(cluster.endpoints().get(0).isEjected()).isTrue();
    assertThat(cluster.isPanicking()).isTrue();
    assertThat(reached(cluster)).containsExactly("1");
    fail(cluster.endpoints().get(0), 10);
    assertThat(fixture.events).containsExactly("ejected 10.0.0.1:80 30");
  }

  @Test
  void withoutPanicAnEjectedOnlyEndpointPicksNobody() {
    fixture.outlier = new Outlier(true, false, 3, BASE, 50, 0);
    Cluster cluster = fixture.endpoints(1).create();
    fail(cluster.endpoints().get(0), 3);
    assertThat(cluster.pick(request(0))).isNull();
  }

  @Test
  void observeOnlyReportsAndEjectsNothing() {
    fixture.outlier = new Outlier(true, true, 3, BASE, 50, 50);
    Cluster cluster = fixture.endpoints(1, 1).create();
    fail(cluster.endpoints().get(0), 7);
    assertThat(cluster.endpoints().get(0).isEjected()).isFalse();
    assertThat(fixture.events)
        .containsExactly("would eject 10.0.0.1:80", "would eject 10.0.0.1:80");
  }

  @Test
  void switchedOffWatchesNothingAndLetsEverybodyBackIn() {
    Cluster cluster = fixture.endpoints(1, 1, 1).create();
    fail(cluster.endpoints().get(0), 3);
    fixture.outlier = new Outlier(false, false, 3, BASE, 50, 50);
    cluster.update(fixture.spec());
    assertThat(reached(cluster)).containsExactly("1", "2", "3");
    fail(cluster.endpoints().get(0), 30);
    assertThat(cluster.endpoints().get(0).isEjected()).isFalse();
    assertThat(fixture.events).containsExactly("ejected 10.0.0.1:80 30", "readmitted 10.0.0.1:80");
  }
}
