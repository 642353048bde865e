package io.expressgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.admin.Readiness;
import io.expressgateway.snapshot.Snapshot;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DrainTest {

  private final FakeDataPlane dataPlane = new FakeDataPlane();
  private final Readiness readiness = new Readiness();
  private final StopRequest stop = new StopRequest();

  @Test
  void readinessEndsFirstThenConnectionsAreAskedToLeave() {
    readiness.started();
    dataPlane.idle.countDown();
    stop.stop();

    new Drain(dataPlane, readiness, stop)
        .run(new Snapshot.Drain(Duration.ZERO, Duration.ofSeconds(20), 0));

    assertThat(readiness.notReady()).hasSize(1);
    assertThat(readiness.notStarted()).isEmpty();
    assertThat(dataPlane.calls).containsExactly("beginDrain", "awaitIdle");
  }

  @Test
  void aSecondRequestEndsEveryWait() {
    stop.stop();
    stop.stop();

    new Drain(dataPlane, readiness, stop)
        .run(new Snapshot.Drain(Duration.ofDays(1), Duration.ofDays(1), 0));

    assertThat(dataPlane.calls).contains("beginDrain");
  }
}
