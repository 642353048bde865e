package io.expressgateway.balance;

/** What a balancer may know of one target. Every method may be called by any thread, lock-free. */
public interface Target {

  /** Names the target for hashing; the same in every process and after every restart. */
  String label();

  /** Requests running now. */
  int active();

  /** Connections open now, idle ones included. */
  int connections();

  /** The latencies that it has shown, in the form that the algorithm asked for. */
  LatencyAverage latency();

  /** What a client's affinity cookie says to come back here. */
  String affinityToken();
}
