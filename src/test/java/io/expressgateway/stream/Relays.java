package io.expressgateway.stream;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterTable;
import io.expressgateway.config.Fixture;
import io.expressgateway.health.HealthListener;
import io.expressgateway.http.upstream.ClusterUpkeep;
import io.expressgateway.loop.EventLoops;
import io.expressgateway.plane.DataPlane.Ledger;
import io.expressgateway.snapshot.Snapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Relays as a file configures them, running on loops of their own. */
final class Relays implements AutoCloseable {

  /** What is kept of a flow's end. */
  record Ended(
      String listener,
      InetSocketAddress client,
      String serverName,
      String cluster,
      String endpoint,
      int attempts,
      FlowEnd end,
      long bytesIn,
      long bytesOut) {}

  final List<Ended> ended = new CopyOnWriteArrayList<>();
  final List<String> security = new CopyOnWriteArrayList<>();
  final List<Throwable> contained = new CopyOnWriteArrayList<>();
  final List<String> retries = new CopyOnWriteArrayList<>();
  private final EventLoops loops;
  private final ClusterUpkeep upkeep;
  final StreamEngine engine;

  private Relays(int eventLoops, String transport) {
    loops = EventLoops.create(eventLoops, transport);
    upkeep = new ClusterUpkeep(loops, new ClusterTable(HealthListener.NONE));
    engine = new StreamEngine(loops, upkeep.clusters(), metrics(), spec -> this::log);
  }

  /** Relays of this YAML on two epoll loops. */
  static Relays of(String yaml) {
    return of(yaml, "auto");
  }

  static Relays of(String yaml, String transport) {
    Relays relays = new Relays(2, transport);
    Snapshot snapshot = Fixture.accepted(Fixture.yaml(yaml)).snapshot();
    relays.upkeep.update(snapshot.clusters());
    relays.upkeep.start(relays.contained::add);
    relays.engine.start(snapshot);
    return relays;
  }

  /** One tcp listener with these keys more, to endpoints at these ports. */
  static Relays tcp(String listenerKeys, String clusterKeys, int... ports) {
    return of(yaml("tcp", listenerKeys, clusterKeys, ports));
  }

  static String yaml(String protocol, String listenerKeys, String clusterKeys, int... ports) {
    StringBuilder endpoints = new StringBuilder();
    for (int port : ports) {
      endpoints.append("        - { address: \"127.0.0.1:").append(port).append("\" }\n");
    }
    return """
    expressgateway:
      listeners:
        - name: relay
          bind: 127.0.0.1:0
          protocol: PROTOCOL
          cluster: orders
    LISTENER
      clusters:
        - name: orders
          protocol: tcp
    CLUSTER
          endpoints:
    ENDPOINTS
    """
        .replace("PROTOCOL", protocol)
        .replace("LISTENER\n", indented(listenerKeys))
        .replace("CLUSTER\n", indented(clusterKeys))
        .replace("ENDPOINTS", endpoints.toString().stripTrailing().indent(0).stripTrailing());
  }

  private static String indented(String keys) {
    return keys.isEmpty() ? "" : keys.strip().indent(6);
  }

  private StreamMetrics metrics() {
    return new StreamMetrics() {
      @Override
      public void onSecurity(int loop, String rule, String action) {
        security.add(rule + ":" + action);
      }

      @Override
      public void onContainedException(int loop, Throwable cause) {
        contained.add(cause);
      }

      @Override
      public void onRetry(int loop, String cluster, String why) {
        retries.add(why);
      }
    };
  }

  private void log(FlowRecord flow) {
    ended.add(
        new Ended(
            flow.listener(),
            flow.client(),
            flow.serverName(),
            flow.cluster(),
            flow.endpoint(),
            flow.attempts(),
            flow.end(),
            flow.bytesIn(),
            flow.bytesOut()));
  }

  int port() {
    return engine.listeners().getFirst().address().getPort();
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(15_000);
    return socket;
  }

  Cluster cluster() {
    return upkeep.clusters().all().getFirst();
  }

  Ledger ledger() {
    return engine.ledger();
  }

  void publish(Snapshot snapshot) {
    upkeep.update(snapshot.clusters());
    engine.publish(snapshot);
  }

  @Override
  public void close() {
    engine.close();
    upkeep.close();
    loops.close();
  }
}
