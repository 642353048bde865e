package io.expressgateway.plane;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.snapshot.Snapshot;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that serves clients, packets aside: what {@code app} starts, feeds with snapshots and
 * stops, and what management looks at. Methods may be called from any thread but an event loop.
 */
public interface DataPlane extends AutoCloseable {

  /**
   * Binds every listener of the snapshot and begins to serve.
   *
   * @throws BindFailure when a listener cannot be bound; nothing stays bound
   */
  void start(Snapshot snapshot);

  /**
   * Serves new requests by this snapshot; running exchanges end under the one they began with.
   * Listeners keep their bind addresses. Endpoints that stay keep their state and connections.
   */
  void publish(Snapshot snapshot);

  /** The snapshot that new requests are served by; null before {@link #start}. */
  @Nullable Snapshot snapshot();

  /** How many routes every request is tested against, because no index finds them. */
  int unindexedRoutes();

  /** How many event loops there are. */
  int eventLoops();

  /** The transport in use: {@code epoll}, {@code io_uring} or {@code nio}. */
  String transport();

  /** The bound listeners with their real ports. */
  List<BoundListener> listeners();

  /** The clusters in use, with live endpoint state. */
  List<Cluster> clusters();

  /** Pooled upstream connections: one row per cluster. */
  List<PoolCount> pools();

  /** Requests of HTTP and flows of relays since start. */
  Ledger ledger();

  /** A drain is near: who asks for the gateway's health is told that it leaves. */
  default void announceDrain() {}

  /**
   * From now on every response asks its connection to close; idle connections close, spread over
   * the snapshot's {@code drain.jitter}.
   */
  void beginDrain();

  /** Stops accepting and waits until all exchanges have ended; whether they did in time. */
  boolean awaitIdle(Duration timeout);

  /** Closes everything that is left, at once. */
  @Override
  void close();

  /**
   * A listener that is bound.
   *
   * @param name as configured
   * @param protocol as configured, {@code http} say
   * @param address the real address and port
   * @param connections open now
   */
  record BoundListener(String name, String protocol, InetSocketAddress address, int connections) {}

  /**
   * Upstream connections of a cluster.
   *
   * @param spec the cluster
   * @param active serving an exchange
   * @param idle waiting in a pool
   * @param pending requests waiting for a connection
   */
  record PoolCount(ClusterSpec spec, int active, int idle, int pending) {}

  /**
   * accepted = completed + refused + aborted once all exchanges and flows have ended.
   *
   * @param accepted requests whose first byte was read, and flows that a relay took on
   * @param completed ended as the protocol has it
   * @param refused answered or closed by the gateway before an endpoint was chosen
   * @param aborted ended by reset, time-out or close
   */
  record Ledger(long accepted, long completed, long refused, long aborted) {

    /** Both together. */
    public Ledger plus(Ledger other) {
      return new Ledger(
          accepted + other.accepted,
          completed + other.completed,
          refused + other.refused,
          aborted + other.aborted);
    }
  }

  /** A listener could not be bound. */
  final class BindFailure extends RuntimeException {
    private final String listener;

    /** Names the listener and why. */
    public BindFailure(String listener, String message, Throwable cause) {
      super(message, cause);
      this.listener = listener;
    }

    /** The listener's name. */
    public String listener() {
      return listener;
    }
  }
}
