package io.expressgateway.balance;

import io.expressgateway.net.Ticker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one pick costs; run with {@code -prof gc} to see that it allocates nothing. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class PickBenchmark {

  @Param({
    "round-robin",
    "weighted-round-robin",
    "random",
    "weighted-random",
    "least-connections",
    "least-requests",
    "p2c",
    "maglev",
    "ring-hash",
    "ewma",
    "peak-ewma",
    "session-affinity"
  })
  public String balancer = "";

  @Param({"2", "10", "100"})
  public int endpoints;

  private LoadBalancer<Fixed> bound;
  private final Request request = new Request();

  @Setup
  public void bind() {
    List<Fixed> targets = new ArrayList<>();
    for (int i = 0; i < endpoints; i++) {
      LatencyAverage latency = Balancers.latencyFor(balancer, Ticker.SYSTEM);
      latency.succeeded(1_000_000L + i);
      targets.add(new Fixed("10.0.0." + i + ":80", i % 7, latency));
    }
    int[] weights = new int[endpoints];
    Arrays.fill(weights, 1);
    bound =
        Balancers.create(
            balancer,
            new Candidates<>(targets, weights),
            new BalancerContext(Ticker.SYSTEM, RandomSource.SYSTEM));
  }

  @Benchmark
  public Object pick() {
    request.hash += 0x9e3779b97f4a7c15L;
    return bound.pick(request);
  }

  private static final class Request implements BalanceRequest<Fixed> {
    private long hash;

    @Override
    public long hash() {
      return hash;
    }

    @Override
    public @Nullable String affinity() {
      return "10.0.0.1:80";
    }

    @Override
    public boolean isTried(Fixed target) {
      return false;
    }
  }

  private record Fixed(String label, int active, LatencyAverage latency) implements Target {
    @Override
    public int connections() {
      return active;
    }

    @Override
    public String affinityToken() {
      return label;
    }
  }
}
