package io.expressgateway.balance;

import static io.expressgateway.balance.Picks.balancer;
import static io.expressgateway.balance.Picks.request;
import static io.expressgateway.balance.Picks.sequence;
import static io.expressgateway.balance.Picks.targets;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.testing.FakeTicker;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoChoicesTest {

  @Test
  void p2cTakesTheLessBusyOfTwo() {
    List<FakeTarget> targets = targets(2);
    targets.get(0).active = 3;
    targets.get(1).active = 2;
    assertThat(sequence(balancer("p2c", targets, 1, 1), 5)).isEqualTo("bbbbb");
  }

  @Test
  void takesWhatTheDrawsSay() {
    long[] draws = {0, 1, 2, 0, 1, 1};
    int[] next = new int[1];
    BalancerContext context = new BalancerContext(new FakeTicker(), bound -> draws[next[0]++]);
    List<FakeTarget> targets = targets(3);
    targets.get(0).active = 1;
    LoadBalancer<FakeTarget> balancer =
        Balancers.create("p2c", new Candidates<>(targets, new int[] {1, 1, 1}), context);
    // a (1 active) against c, c against a, b against c: a tie, the first drawn.
    assertThat(sequence(balancer, 3)).isEqualTo("ccb");
  }

  @ParameterizedTest
  @ValueSource(strings = {"p2c", "ewma", "peak-ewma"})
  void aSingleTargetIsAlwaysTaken(String name) {
    assertThat(sequence(balancer(name, 5), 3)).isEqualTo("aaa");
  }

  @ParameterizedTest
  @ValueSource(strings = {"p2c", "ewma", "peak-ewma"})
  void avoidsTheTriedOnes(String name) {
    LoadBalancer<FakeTarget> equal = balancer(name, 1, 1, 1);
    LoadBalancer<FakeTarget> weighted = balancer(name, 9, 1, 1);
    for (int i = 0; i < 200; i++) {
      assertThat(equal.pick(request(i, "a", "c")).label).isEqualTo("b");
      assertThat(weighted.pick(request(i, "a", "c")).label).isEqualTo("b");
      assertThat(equal.pick(request(i, "a")).label).isNotEqualTo("a");
      assertThat(weighted.pick(request(i, "a")).label).isNotEqualTo("a");
    }
    assertThat(equal.pick(request(0, "a", "b", "c"))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"p2c", "ewma", "peak-ewma"})
  void asksAnUnknownTargetOnceAndWaits(String name) {
    FakeTicker ticker = new FakeTicker();
    FakeTarget known = FakeTarget.measured("known", name, ticker);
    FakeTarget fresh = FakeTarget.measured("fresh", name, ticker);
    known.latency.succeeded(5_000_000);
    LoadBalancer<FakeTarget> balancer = balancer(name, List.of(known, fresh), 1, 1);
    fresh.active = 1;
    assertThat(balancer.pick(request(0))).isSameAs(known);
  }

  /** Endpoints serve at once all that they get; 60 requests are running all the time. */
  private static int[] simulate(
      String name, int[] weights, double[] meanMillis, int concurrency, int requests) {
    FakeTicker ticker = new FakeTicker();
    SplittableRandom random = new SplittableRandom(99);
    List<FakeTarget> targets = targets(weights.length);
    targets.forEach(t -> t.latency = Balancers.latencyFor(name, ticker));
    BalancerContext context = new BalancerContext(ticker, random::nextLong);
    LoadBalancer<FakeTarget> balancer =
        Balancers.create(name, new Candidates<>(targets, weights), context);
    record Running(long end, long latency, int target) {}
    var running =
        new java.util.PriorityQueue<Running>(java.util.Comparator.comparingLong(Running::end));
    int[] picked = new int[weights.length];
    long now = 0;
    for (int i = 0; i < requests; i++) {
      if (running.size() == concurrency) {
        Running done = running.remove();
        ticker.advance(Duration.ofNanos(done.end - now));
        now = done.end;
        targets.get(done.target).active--;
        targets.get(done.target).latency.succeeded(done.latency);
      }
      int target = targets.indexOf(balancer.pick(request(i)));
      picked[target]++;
      targets.get(target).active++;
      long latency = (long) (meanMillis[target] * 1e6 * (0.5 + random.nextDouble()));
      running.add(new Running(now + latency, latency, target));
    }
    return picked;
  }

  @ParameterizedTest
  @ValueSource(strings = {"p2c", "ewma", "peak-ewma", "least-requests"})
  void aSlowTargetReceivesLess(String name) {
    int[] picked =
        simulate(name, new int[] {1, 1, 1, 1}, new double[] {100, 10, 10, 10}, 60, 40_000);
    for (int fast = 1; fast < 4; fast++) {
      assertThat(picked[0] * 2.5).isLessThan(picked[fast]);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"p2c", "ewma", "peak-ewma"})
  void equallyFastTargetsShareByWeight(String name) {
    for (int concurrency : new int[] {1, 80}) {
      int[] picked =
          simulate(name, new int[] {1, 3, 4}, new double[] {10, 10, 10}, concurrency, 80_000);
      assertThat(picked[0]).isCloseTo(10_000, Percentage.withPercentage(15));
      assertThat(picked[1]).isCloseTo(30_000, Percentage.withPercentage(15));
      assertThat(picked[2]).isCloseTo(40_000, Percentage.withPercentage(15));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ewma", "peak-ewma"})
  void aTargetThatWasSlowIsAskedAgainWithTime(String name) {
    FakeTicker ticker = new FakeTicker();
    FakeTarget slow = FakeTarget.measured("slow", name, ticker);
    FakeTarget fast = FakeTarget.measured("fast", name, ticker);
    slow.latency.succeeded(100_000_000);
    fast.latency.succeeded(10_000_000);
    LoadBalancer<FakeTarget> balancer = balancer(name, List.of(slow, fast), 1, 1);
    assertThat(balancer.pick(request(0))).isSameAs(fast);
    // 100 ms fall to 10 ms within ln(10) times ten seconds.
    ticker.advance(Duration.ofSeconds(24));
    fast.latency.succeeded(50_000_000);
    fast.latency.succeeded(50_000_000);
    assertThat(balancer.pick(request(0))).isSameAs(slow);
  }
}
