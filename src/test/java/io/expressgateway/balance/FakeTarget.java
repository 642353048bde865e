package io.expressgateway.balance;

import io.expressgateway.net.Ticker;

/** A target whose load a test sets. */
final class FakeTarget implements Target {

  final String label;
  int active;
  int connections;
  LatencyAverage latency = LatencyAverage.NONE;

  FakeTarget(String label) {
    this.label = label;
  }

  static FakeTarget measured(String label, String balancer, Ticker ticker) {
    FakeTarget target = new FakeTarget(label);
    target.latency = Balancers.latencyFor(balancer, ticker);
    return target;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public int active() {
    return active;
  }

  @Override
  public int connections() {
    return connections;
  }

  @Override
  public LatencyAverage latency() {
    return latency;
  }

  @Override
  public String affinityToken() {
    return "token-" + label;
  }

  @Override
  public String toString() {
    return label;
  }
}
