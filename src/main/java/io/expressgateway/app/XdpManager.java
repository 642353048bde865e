package io.expressgateway.app;

import io.expressgateway.admin.PacketForwarding;
import io.expressgateway.cluster.Cluster;
import io.expressgateway.snapshot.Snapshot;
import io.expressgateway.snapshot.XdpSpec;
import io.expressgateway.xdp.PacketAnswer;
import io.expressgateway.xdp.PacketQuestion;
import io.expressgateway.xdp.RelaySessions;
import io.expressgateway.xdp.XdpListener;
import io.expressgateway.xdp.XdpPlane;
import io.expressgateway.xdp.XdpStatus;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The packet path in the life of the application: made when a snapshot first asks for it, fed with
 * every snapshot, drained and ended with the data plane. A gateway that asks for nothing has no
 * thread and touches no kernel.
 */
final class XdpManager implements PacketForwarding, AutoCloseable {

  private final XdpListener listener;
  private volatile @Nullable XdpPlane plane;
  private volatile XdpSpec spec = XdpSpec.OFF;

  XdpManager(XdpListener listener) {
    this.listener = listener;
  }

  /**
   * Forwards by this snapshot from now on; never fails. After the relays are bound.
   *
   * @param clusters by name
   * @param sessions that UDP relays have
   */
  void serve(
      Snapshot snapshot, Function<String, @Nullable Cluster> clusters, RelaySessions sessions) {
    spec = snapshot.xdp();
    XdpPlane current = plane;
    if (current == null) {
      if (!spec.isWanted() && spec.pinDirectory() == null) {
        return;
      }
      current = new XdpPlane(listener, sessions);
      plane = current;
    }
    current.publish(spec, clusters);
  }

  /** New flows go to the relays, which take none any more. Pinned programs go on unchanged. */
  void beginDrain() {
    XdpPlane current = plane;
    if (current != null && spec.pinDirectory() == null) {
      current.drain();
    }
  }

  /** Whether no flow would be cut by {@link #close}. */
  boolean isIdle() {
    XdpPlane current = plane;
    return current == null || spec.pinDirectory() != null || current.isIdle();
  }

  @Override
  public XdpStatus status() {
    XdpPlane current = plane;
    return current == null ? XdpStatus.unwanted(spec) : current.status();
  }

  @Override
  public Optional<PacketAnswer> explain(PacketQuestion question) {
    XdpPlane current = plane;
    return current == null ? Optional.empty() : current.explain(question);
  }

  @Override
  public void close() {
    XdpPlane current = plane;
    if (current != null) {
      current.close();
    }
  }
}
