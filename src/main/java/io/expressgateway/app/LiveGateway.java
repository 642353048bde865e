package io.expressgateway.app;

import io.expressgateway.admin.GatewayState;
import io.expressgateway.admin.Readiness;
import io.expressgateway.config.Problem;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.snapshot.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.cloud.gateway.event.RefreshRoutesEvent;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.cloud.gateway.route.RouteDefinitionLocator;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;

/**
 * The data plane in the application's life: its configuration is judged before anything is bound,
 * it starts after the management server, follows route refreshes, and stops before it.
 */
final class LiveGateway implements GatewayState, SmartInitializingSingleton, SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(LiveGateway.class);

  /** Behind Boot's web server, which starts at {@code Integer.MAX_VALUE - 2048}. */
  static final int PHASE = Integer.MAX_VALUE - 1024;

  /** A locator that asks a remote registry may take its time, but not for ever. */
  private static final Duration LOCATOR_PATIENCE = Duration.ofSeconds(30);

  private final SnapshotSource source;
  private final RouteDefinitionLocator locator;
  private final Supplier<DataPlane> factory;
  private final Readiness readiness;
  private final Reloads reloads;
  private final FileWatch watch;
  private final Coalesced<List<Problem>> refreshes =
      new Coalesced<>("route-refresh", this::rebuild);
  private @Nullable Snapshot first; // confined to the thread that starts the application
  private volatile @Nullable DataPlane dataPlane;
  private volatile boolean running;

  /** Hears how reading the configuration, routes and certificates again went. Any thread. */
  @FunctionalInterface
  interface Reloads {
    /** Whether what was read was accepted. */
    void onReload(boolean accepted);
  }

  LiveGateway(
      SnapshotSource source,
      RouteDefinitionLocator locator,
      Supplier<DataPlane> factory,
      Readiness readiness,
      Reloads reloads) {
    this.reloads = reloads;
    this.watch = new FileWatch(source::watched, this::refresh);
    this.source = source;
    this.locator = locator;
    this.factory = factory;
    this.readiness = readiness;
  }

  /**
   * Refuses a wrong configuration while nothing is bound: a management address that may not be had
   * is not opened for the moment that it takes to find that out.
   */
  @Override
  public void afterSingletonsInstantiated() {
    first = source.build(definitions(), 1);
  }

  @Override
  public void start() {
    Snapshot snapshot = first == null ? source.build(definitions(), 1) : first;
    first = null;
    DataPlane created = factory.get();
    try {
      created.start(snapshot);
    } catch (RuntimeException failure) {
      created.close();
      throw failure;
    }
    dataPlane = created;
    running = true;
    watch.start();
    readiness.started();
  }

  @Override
  public void stop() {
    running = false;
    watch.close();
    DataPlane current = dataPlane;
    if (current != null) {
      current.close();
    }
    refreshes.close();
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  @Override
  public @Nullable DataPlane dataPlane() {
    return dataPlane;
  }

  /** The data plane after a successful start. */
  DataPlane running() {
    DataPlane current = dataPlane;
    if (current == null) {
      throw new IllegalStateException("the data plane has not started");
    }
    return current;
  }

  Readiness readiness() {
    return readiness;
  }

  /** Somebody changed routes: a discovery client, the Actuator endpoint, the user's own code. */
  @EventListener
  void onRefresh(RefreshRoutesEvent event) {
    if (running) {
      refreshes.request();
    }
  }

  @Override
  public CompletableFuture<List<Problem>> refresh() {
    return refreshes.request();
  }

  private List<Problem> rebuild() {
    Snapshot current = running().snapshot();
    if (current == null) {
      return List.of();
    }
    Snapshot next;
    try {
      next = source.build(definitions(), current.version() + 1);
    } catch (RuntimeException failure) {
      reloads.onReload(false);
      List<Problem> problems = StartFailure.problems(failure);
      problems.forEach(
          problem -> LOG.error("not refreshed, what served before serves on: {}", problem.line()));
      return problems;
    }
    reloads.onReload(true);
    if (next.hash().equals(current.hash())) {
      return List.of();
    }
    running().publish(next);
    LOG.info("snapshot {} serves {} routes", next.version(), next.routes().size());
    return List.of();
  }

  private List<RouteDefinition> definitions() {
    List<RouteDefinition> found =
        locator.getRouteDefinitions().collectList().block(LOCATOR_PATIENCE);
    return found == null ? List.of() : found;
  }
}
