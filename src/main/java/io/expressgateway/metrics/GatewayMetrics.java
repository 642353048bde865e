package io.expressgateway.metrics;

import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.http.HttpMetrics;
import io.expressgateway.plane.DataPlane;
import io.expressgateway.route.Route;
import io.expressgateway.stream.FlowRecord;
import io.expressgateway.stream.StreamMetrics;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The data plane's figures. Each event loop writes tables of its own, without locks or allocation;
 * {@link GatewayCollector} sums them when somebody scrapes.
 */
public final class GatewayMetrics implements HttpMetrics, StreamMetrics {

  /** The route label of a request that no route matched. */
  static final String NO_ROUTE = "_none";

  private final LoopFigures.Budgets budgets;
  private final ContainedLog containedLog = new ContainedLog(System::nanoTime);
  private volatile boolean reloadAccepted = true;
  private volatile LoopFigures[] loops = new LoopFigures[0];
  private volatile Supplier<@Nullable DataPlane> dataPlane = () -> null;

  /**
   * Figures with at most {@code labelBudget} label sets per metric; what comes later is counted
   * under {@code _other}.
   */
  public GatewayMetrics(int labelBudget) {
    this.budgets = new LoopFigures.Budgets(labelBudget);
  }

  /** Where gauges are read from at each scrape. */
  public void gaugesOf(Supplier<@Nullable DataPlane> dataPlane) {
    this.dataPlane = dataPlane;
  }

  /** Configuration and files were read again. Any thread. */
  public void onReload(boolean accepted) {
    reloadAccepted = accepted;
  }

  boolean isReloadAccepted() {
    return reloadAccepted;
  }

  @Override
  public void onExchangeEnd(ExchangeRecord exchange) {
    LoopFigures figures = loop(exchange.loop());
    Route route = exchange.route();
    long nanos = exchange.endNanos() - exchange.startNanos();
    if (route != null) {
      figures.byRoute.record(exchange, route, nanos);
    } else {
      LoopFigures.recordRequest(
          figures.requests.cell(exchange.listener(), NO_ROUTE, exchange.protocol().ordinal()),
          exchange.status(),
          nanos);
    }
  }

  @Override
  public void onFlowEnd(FlowRecord flow) {
    LoopFigures figures = loop(flow.loop());
    LoopTable.add(figures.flows.cell(flow.listener(), flow.end().code(), 0), 0, 1);
    Durations.record(
        figures.flowDurations.cell(flow.listener(), "", 0), 0, flow.endNanos() - flow.startNanos());
  }

  @Override
  public void onBytes(int loop, String listener, String cluster, long in, long out) {
    long[] cell = loop(loop).flowBytes.cell(listener, cluster, 0);
    LoopTable.add(cell, 0, in);
    LoopTable.add(cell, 1, out);
  }

  @Override
  public void onDatagrams(int loop, String listener, long in, long out) {
    long[] cell = loop(loop).datagrams.cell(listener, "", 0);
    LoopTable.add(cell, 0, in);
    LoopTable.add(cell, 1, out);
  }

  @Override
  public void onDropped(int loop, String listener, String why) {
    LoopTable.add(loop(loop).datagramsDropped.cell(listener, why, 0), 0, 1);
  }

  @Override
  public void onUpstreamEnd(int loop, String cluster, String endpoint, int status, long nanos) {
    LoopFigures figures = loop(loop);
    LoopTable.add(figures.tries.cell(cluster, endpoint, 0), LoopFigures.statusClass(status), 1);
    Durations.record(figures.clusters.cell(cluster, "", 0), 0, nanos);
  }

  @Override
  public void onFailure(int loop, String why) {
    LoopTable.add(loop(loop).failures.cell(why, "", 0), 0, 1);
  }

  @Override
  public void onSecurity(int loop, String rule, String action) {
    LoopTable.add(loop(loop).security.cell(rule, action, 0), 0, 1);
  }

  @Override
  public void onStaleConnectionSaved(int loop, String cluster) {
    LoopTable.add(loop(loop).saves.cell(cluster, "", 0), 0, 1);
  }

  @Override
  public void onRetry(int loop, String cluster, String why) {
    LoopTable.add(loop(loop).retries.cell(cluster, why, 0), 0, 1);
  }

  @Override
  public void onContainedException(int loop, Throwable cause) {
    LoopTable.add(loop(loop).contained.cell(cause.getClass().getSimpleName(), "", 0), 0, 1);
    containedLog.write(cause);
  }

  private LoopFigures loop(int index) {
    LoopFigures[] known = loops;
    return index < known.length ? known[index] : grow(index);
  }

  private synchronized LoopFigures grow(int index) {
    LoopFigures[] known = loops;
    if (index >= known.length) {
      LoopFigures[] larger = java.util.Arrays.copyOf(known, index + 1);
      for (int i = known.length; i < larger.length; i++) {
        larger[i] = new LoopFigures(budgets);
      }
      loops = larger;
      known = larger;
    }
    return known[index];
  }

  /** The sums over all loops of one of their tables. */
  Map<LabelSet, long[]> sums(Function<LoopFigures, LoopTable> table) {
    Map<LabelSet, long[]> sums = new HashMap<>();
    for (LoopFigures figures : loops) {
      table.apply(figures).addTo(sums);
    }
    return sums;
  }

  /** The longest duration in nanoseconds per row of Spring Cloud Gateway's timer. */
  Map<LabelSet, Long> gatewayMaxima(long nowNanos) {
    Map<LabelSet, Long> maxima = new HashMap<>();
    for (LoopFigures figures : loops) {
      Map<LabelSet, long[]> rows = new HashMap<>();
      figures.gatewayRequests.addTo(rows);
      rows.forEach(
          (key, cell) -> maxima.merge(key, GatewayTimer.maximum(cell, nowNanos), Math::max));
    }
    return maxima;
  }

  int foldedLabelSets() {
    return budgets.folded();
  }

  @Nullable DataPlane dataPlane() {
    return dataPlane.get();
  }
}
