package io.expressgateway.http.upstream;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.ClusterTable;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.loop.NameResolution;
import io.netty.channel.EventLoop;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps clusters current without a request, whatever protocol uses them: weights that warm up and
 * ejections that end, addresses behind names, active health checks. Its work runs on the first
 * event loop. Lifecycle methods are called by one thread at a time.
 */
public final class ClusterUpkeep implements AutoCloseable {

  /** Ticks between two looks at warmth and ejections, and between two looks at names. */
  private static final int CLUSTER_TICKS = 2;

  private static final int NAME_TICKS = 20;

  private final EventLoops loops;
  private final EventLoop loop;
  private final ClusterTable clusters;
  private final NameResolution names;
  private final HealthProber prober;

  /** Upkeep of the clusters of this table. */
  public ClusterUpkeep(EventLoops loops, ClusterTable clusters) {
    this.loops = loops;
    this.loop = loops.loop(0);
    this.clusters = clusters;
    this.names = new NameResolution(loop, loops.transport().datagramChannel());
    this.prober = new HealthProber(loop, loops.client());
  }

  /** The clusters. */
  public ClusterTable clusters() {
    return clusters;
  }

  /** Begins; what goes wrong in a turn is told to {@code contained}. */
  public void start(Consumer<Throwable> contained) {
    loops.everyTick(0, this::tick, contained);
  }

  private void tick(int turn) {
    if (turn % CLUSTER_TICKS == 0) {
      for (Cluster cluster : clusters.all()) {
        cluster.tick();
      }
    }
    if (turn % NAME_TICKS == 0) {
      names.refresh(clusters.all());
    }
  }

  /** Takes over the clusters of a new snapshot; those that stay keep their endpoints' state. */
  public void update(List<ClusterSpec> specs) {
    clusters.update(specs);
    List<Cluster> all = clusters.publish();
    names.refresh(all);
    loop.execute(() -> prober.watch(all));
  }

  /** Asks for the names in these clusters now. Any thread. */
  public void resolve(Collection<Cluster> made) {
    names.refresh(made);
  }

  /** Ends checks and questions; the loops must still run. */
  @Override
  public void close() {
    loop.execute(prober::stop);
    names.close();
  }
}
