package io.expressgateway.app;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.net.HostPort;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Binds its listeners and answers nothing; remembers what it was told, in order. */
final class FakeDataPlane implements DataPlane {

  final List<String> calls = new CopyOnWriteArrayList<>();
  final List<Snapshot> published = new CopyOnWriteArrayList<>();
  final CountDownLatch idle = new CountDownLatch(1);
  final List<Cluster> clusters =
      new ArrayList<>(List.of(FakeCluster.named("orders", "127.0.0.1:9001")));
  private final List<ServerSocket> sockets = new ArrayList<>();
  private volatile Snapshot snapshot;

  @Override
  public void start(Snapshot first) {
    calls.add("start");
    for (ListenerSpec listener : first.listeners()) {
      HostPort bind = listener.bind();
      try {
        ServerSocket socket = new ServerSocket();
        sockets.add(socket);
        socket.bind(new InetSocketAddress(InetAddress.getByName(bind.host()), bind.port()));
      } catch (IOException e) {
        close();
        throw new BindFailure(listener.name(), bind + ": " + e.getMessage(), e);
      }
    }
    snapshot = first;
  }

  @Override
  public void publish(Snapshot next) {
    published.add(next);
    snapshot = next;
  }

  @Override
  public Snapshot snapshot() {
    return snapshot;
  }

  @Override
  public int unindexedRoutes() {
    return 4;
  }

  @Override
  public int eventLoops() {
    return 2;
  }

  @Override
  public String transport() {
    return "nio";
  }

  @Override
  public List<BoundListener> listeners() {
    List<BoundListener> bound = new ArrayList<>();
    for (int i = 0; i < sockets.size(); i++) {
      bound.add(
          new BoundListener(
              snapshot.listeners().get(i).name(),
              "http",
              (InetSocketAddress) sockets.get(i).getLocalSocketAddress(),
              3));
    }
    return bound;
  }

  @Override
  public List<Cluster> clusters() {
    return clusters;
  }

  @Override
  public List<PoolCount> pools() {
    return List.of(new PoolCount(clusters.getFirst().spec(), 1, 2, 0));
  }

  @Override
  public Ledger ledger() {
    return new Ledger(6, 3, 2, 1);
  }

  @Override
  public void beginDrain() {
    calls.add("beginDrain");
  }

  @Override
  public boolean awaitIdle(Duration timeout) {
    calls.add("awaitIdle");
    try {
      return idle.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public void close() {
    calls.add("close");
    for (ServerSocket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }
}
