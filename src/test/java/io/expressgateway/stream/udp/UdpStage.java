package io.expressgateway.stream.udp;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.ClusterSpec.EndpointSpec;
import io.expressgateway.cluster.ClusterSpec.HealthCheck;
import io.expressgateway.cluster.ClusterSpec.Outlier;
import io.expressgateway.cluster.ClusterSpec.Pool;
import io.expressgateway.cluster.ClusterSpec.Protocol;
import io.expressgateway.cluster.ClusterSpec.ProxyProtocol;
import io.expressgateway.cluster.ClusterSpec.Retry;
import io.expressgateway.health.HealthListener;
import io.expressgateway.limit.Rules;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.net.HostPort;
import io.expressgateway.net.Ticker;
import io.expressgateway.plane.DataPlane.Ledger;
import io.expressgateway.plane.LoopLedger;
import io.expressgateway.snapshot.UdpLimits;
import io.expressgateway.stream.FlowRecord;
import io.expressgateway.stream.StreamMetrics;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A UDP listener with a clock that a test moves, and a record of what it reports. */
final class UdpStage implements AutoCloseable {

  final Queue<String> log = new ConcurrentLinkedQueue<>();
  final Queue<String> drops = new ConcurrentLinkedQueue<>();
  final Queue<String> retries = new ConcurrentLinkedQueue<>();
  final Queue<Throwable> contained = new ConcurrentLinkedQueue<>();
  final AtomicLong datagramsIn = new AtomicLong();
  final AtomicLong datagramsOut = new AtomicLong();

  String transport = "auto";
  int loopCount = 1;
  String bind = "127.0.0.1:0";
  String balancer = "round-robin";
  String hashOn = "source-ip";
  UdpLimits limits = UdpLimits.DEFAULTS;
  Rules rules = Rules.DEFAULTS;
  ProxyProtocol header = ProxyProtocol.OFF;
  Outlier outlier = new Outlier(true, false, 3, Duration.ofSeconds(30), 100, 0);
  boolean checked;

  private final AtomicLong now = new AtomicLong(1);
  private final List<TimerWheel> wheels = new ArrayList<>();
  private final List<LoopLedger> ledgers = new ArrayList<>();
  private EventLoops loops;
  private Cluster cluster;
  private UdpListener listener;

  /** Binds the listener in front of these endpoints. */
  UdpStage start(Echo... endpoints) {
    loops = EventLoops.create(loopCount, transport);
    for (int i = 0; i < loopCount; i++) {
      wheels.add(new TimerWheel(now.get()));
      ledgers.add(new LoopLedger());
    }
    cluster = Cluster.create(spec(endpoints), Ticker.SYSTEM, HealthListener.NONE);
    UdpListener.Shared shared =
        new UdpListener.Shared(wheels::get, ledgers::get, now::get, new Recorder());
    listener = UdpListener.bind("dns", HostPort.parse(bind), loops, shared, settings());
    return this;
  }

  private UdpSettings settings() {
    return new UdpSettings(
        cluster,
        limits,
        rules,
        flow -> log.add(flow.endpoint() + " " + flow.bytesIn() + " " + flow.bytesOut()));
  }

  private ClusterSpec spec(Echo... endpoints) {
    List<EndpointSpec> specs = new ArrayList<>();
    for (Echo endpoint : endpoints) {
      specs.add(new EndpointSpec(HostPort.parse(endpoint.label()), 1));
    }
    return new ClusterSpec(
        "resolvers",
        Protocol.UDP,
        balancer,
        hashOn,
        "EG_AFFINITY",
        Duration.ZERO,
        Duration.ofSeconds(5),
        Duration.ofSeconds(60),
        new Retry(20, 65_536),
        specs,
        checked
            ? new HealthCheck(
                "tcp", "/", Duration.ofSeconds(5), Duration.ofSeconds(1), 1, 1, 200, 399, null)
            : null,
        outlier,
        new Pool(1024, 1024, Duration.ofSeconds(60), Duration.ofSeconds(300)),
        null,
        header,
        false);
  }

  /** Serves by these endpoints, and by the fields as they are now. */
  void publish(Echo... endpoints) {
    cluster.update(spec(endpoints));
    listener.publish(settings());
  }

  Cluster cluster() {
    return cluster;
  }

  UdpListener listener() {
    return listener;
  }

  InetSocketAddress address() {
    return listener.bound().address();
  }

  Ledger ledger() {
    Ledger sum = new Ledger(0, 0, 0, 0);
    for (LoopLedger each : ledgers) {
      sum = sum.plus(each.ledger());
    }
    return sum;
  }

  /** Lets time pass, timers included. */
  void pass(Duration time) {
    now.addAndGet(time.toNanos());
    loops.onEach(loop -> wheels.get(loop).advance(now.get()));
  }

  @Override
  public void close() {
    listener.close();
    loops.close();
    if (!contained.isEmpty()) {
      throw new AssertionError("contained", contained.peek());
    }
    if (!ledgers.isEmpty() && ledger().accepted() != ledger().completed() + ledger().aborted()) {
      throw new AssertionError("a session is missing in " + ledger());
    }
  }

  private final class Recorder implements StreamMetrics {

    @Override
    public void onFlowEnd(FlowRecord flow) {}

    @Override
    public void onDatagrams(int loop, String name, long in, long out) {
      datagramsIn.addAndGet(in);
      datagramsOut.addAndGet(out);
    }

    @Override
    public void onDropped(int loop, String name, String why) {
      drops.add(why);
    }

    @Override
    public void onRetry(int loop, String name, String why) {
      retries.add(why);
    }

    @Override
    public void onContainedException(int loop, Throwable cause) {
      contained.add(cause);
    }
  }
}
