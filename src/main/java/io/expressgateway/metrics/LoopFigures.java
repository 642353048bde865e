package io.expressgateway.metrics;

/** All figures of one event loop; see {@link LoopTable} for who may write and read. */
final class LoopFigures {

  /** Status classes of a request or try: 0 for none, 1 to 5. */
  static final int CLASSES = 6;

  final LoopTable requests;
  final LoopTable gatewayRequests;
  final LoopTable tries;
  final LoopTable clusters;
  final LoopTable failures;
  final LoopTable security;
  final LoopTable saves;
  final LoopTable retries;
  final LoopTable contained;
  final LoopTable flows;
  final LoopTable flowDurations;
  final LoopTable flowBytes;
  final LoopTable datagrams;
  final LoopTable datagramsDropped;
  final RouteCells byRoute = new RouteCells(this);

  LoopFigures(Budgets budgets) {
    requests = new LoopTable(budgets.requests, CLASSES + Durations.SIZE);
    gatewayRequests = new LoopTable(budgets.gatewayRequests, GatewayTimer.SIZE);
    tries = new LoopTable(budgets.tries, CLASSES);
    clusters = new LoopTable(budgets.clusters, Durations.SIZE);
    failures = new LoopTable(budgets.failures, 1);
    security = new LoopTable(budgets.security, 1);
    saves = new LoopTable(budgets.saves, 1);
    retries = new LoopTable(budgets.retries, 1);
    contained = new LoopTable(budgets.contained, 1);
    flows = new LoopTable(budgets.flows, 1);
    flowDurations = new LoopTable(budgets.flowDurations, Durations.SIZE);
    flowBytes = new LoopTable(budgets.flowBytes, 2);
    datagrams = new LoopTable(budgets.datagrams, 2);
    datagramsDropped = new LoopTable(budgets.datagramsDropped, 1);
  }

  /** Counts a request in a cell of {@link #requests}. */
  static void recordRequest(long[] cell, int status, long nanos) {
    LoopTable.add(cell, statusClass(status), 1);
    Durations.record(cell, CLASSES, nanos);
  }

  static int statusClass(int status) {
    return status >= 100 && status < 600 ? status / 100 : 0;
  }

  /** One budget per metric, shared by the loops. */
  static final class Budgets {
    final LabelBudget requests;
    final LabelBudget gatewayRequests;
    final LabelBudget tries;
    final LabelBudget clusters;
    final LabelBudget failures;
    final LabelBudget security;
    final LabelBudget saves;
    final LabelBudget retries;
    final LabelBudget contained;
    final LabelBudget flows;
    final LabelBudget flowDurations;
    final LabelBudget flowBytes;
    final LabelBudget datagrams;
    final LabelBudget datagramsDropped;

    Budgets(int limit) {
      requests = new LabelBudget(limit);
      gatewayRequests = new LabelBudget(limit);
      tries = new LabelBudget(limit);
      clusters = new LabelBudget(limit);
      failures = new LabelBudget(limit);
      security = new LabelBudget(limit);
      saves = new LabelBudget(limit);
      retries = new LabelBudget(limit);
      contained = new LabelBudget(limit);
      flows = new LabelBudget(limit);
      flowDurations = new LabelBudget(limit);
      flowBytes = new LabelBudget(limit);
      datagrams = new LabelBudget(limit);
      datagramsDropped = new LabelBudget(limit);
    }

    int folded() {
      return requests.folded()
          + gatewayRequests.folded()
          + tries.folded()
          + clusters.folded()
          + failures.folded()
          + security.folded()
          + saves.folded()
          + retries.folded()
          + contained.folded()
          + flows.folded()
          + flowDurations.folded()
          + flowBytes.folded()
          + datagrams.folded()
          + datagramsDropped.folded();
    }
  }
}
