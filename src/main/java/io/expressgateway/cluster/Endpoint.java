package io.expressgateway.cluster;

import io.expressgateway.net.HostPort;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One endpoint with its live state. Contract first; the implementation lands next. */
public interface Endpoint {

  /** As configured; the label in metrics, logs and the admin API. */
  HostPort address();

  /** The address to connect to next; null while the name is unresolved. Rotates. Any thread. */
  @Nullable InetSocketAddress nextAddress();

  /** Where the name points now; called by the resolver after each answer. */
  void resolved(InetSocketAddress[] addresses);

  /** The configured weight. */
  int weight();

  /** What the active health check says. */
  Health health();

  /** Whether outlier ejection keeps it out now. */
  boolean isEjected();

  /** Whether it takes no new work by an operator's wish. */
  boolean isDraining();

  /** Starts or ends a drain. Any thread. */
  void draining(boolean draining);

  /** A try begins; counts as active until {@link #finished}. Any thread. */
  void started();

  /**
   * A try has ended; feeds load-aware balancers and outlier ejection. Exactly once per {@link
   * #started}. Any thread.
   *
   * @param latencyNanos request sent to response head
   */
  void finished(Outcome outcome, long latencyNanos);

  /** The result of one active check. Any thread. */
  void checked(boolean success);

  /** Tries running now. */
  int active();

  /** Tries since start. */
  long requests();

  /** Failed tries since start. */
  long failures();

  /** What an active check says. */
  enum Health {
    /** Passed its last checks. */
    HEALTHY,
    /** Failed its last checks. */
    UNHEALTHY,
    /** Not checked yet, or no check configured; used like a healthy one. */
    UNKNOWN
  }

  /** How a try ended. */
  enum Outcome {
    /** A response that is no server failure. */
    SUCCESS,
    /** A connect error, reset, time-out, malformed response, or status 500, 502, 503, 504. */
    FAILURE,
    /** Ended by the client or the gateway; says nothing about the endpoint. */
    CANCELLED
  }
}
