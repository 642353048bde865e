package io.expressgateway.http.proxy;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.cluster.PickRequest;
import io.expressgateway.filter.RetryPolicy;
import io.expressgateway.http.Why;
import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The tries of one exchange at endpoints of its cluster: whom to ask, whether to ask again, and
 * what each try said about its endpoint. A try begins in {@link #begin} and ends exactly once, in
 * {@link #end}. Confined to the exchange's event loop.
 *
 * <p>Four things lead to another try. A failed connect goes to another endpoint; nothing had been
 * sent. A pooled connection that the endpoint had closed is replaced by a fresh one, once. A
 * request that the endpoint says it did not process is sent again. Anything else needs the route's
 * {@link RetryPolicy}. All but the second and the first of the third are paid from the cluster's
 * retry budget.
 */
final class Tries implements PickRequest {

  /** Tries on other endpoints after connect failures, beyond the first; HAProxy's default. */
  private static final int CONNECT_RETRIES = 3;

  /** Paid tries after the free one when endpoints refuse; as many as for connects. */
  private static final int MAX_REFUSALS = 3;

  private final Exchange exchange;
  private final Worker worker;
  @Nullable Cluster cluster;
  @Nullable Endpoint endpoint;
  int count;
  long startNanos;
  long headNanos;
  private boolean open;
  private int status;

  private Endpoint @Nullable [] tried;
  private int connectFailures;
  private boolean staleSaved;
  private int refusals;
  private @Nullable RetryPolicy policy;
  private int retries;
  private Duration lastBackoff = Duration.ZERO;
  private @Nullable ReplayBuffer replay;

  Tries(Exchange exchange, Worker worker) {
    this.exchange = exchange;
    this.worker = worker;
  }

  /** The route's, or one that a filter made up. */
  void cluster(@Nullable Cluster cluster) {
    this.cluster = cluster;
  }

  void policy(RetryPolicy policy) {
    this.policy = policy;
  }

  private Cluster target() {
    Cluster target = cluster;
    if (target == null) {
      throw new IllegalStateException("no cluster");
    }
    return target;
  }

  // ---------------------------------------------------------------- one try

  /** The first try follows: from here on the request counts for the budget and is kept. */
  void prepare() {
    target().retryBudget().onRequest();
    replay = new ReplayBuffer(target().spec().retry().replayBufferBytes());
  }

  /**
   * Begins a try: chooses the endpoint.
   *
   * @param same whether the endpoint of the last try is asked again
   * @return null when no endpoint may be used
   */
  @Nullable Endpoint begin(boolean same) {
    Endpoint chosen = same && endpoint != null ? endpoint : target().pick(this);
    if (chosen == null) {
      return null;
    }
    endpoint = chosen;
    count++;
    chosen.started();
    open = true;
    startNanos = System.nanoTime();
    status = 0;
    return chosen;
  }

  /** The stream is there: what was sent in an earlier try is sent again. */
  void ready(Upstream stream) {
    ReplayBuffer sent = replay;
    if (sent != null && count > 1) {
      sent.replayTo(stream);
    }
  }

  /** The request is about to be sent. */
  void sending() {
    startNanos = System.nanoTime();
  }

  /** Bytes of sent body that are kept for another try. */
  int keptBytes() {
    ReplayBuffer sent = replay;
    return sent == null ? 0 : sent.bytes();
  }

  /** Keeps a copy of sent body for another try. */
  void sent(ByteBuf piece) {
    if (replay != null) {
      replay.add(piece);
    }
  }

  /** The whole request is sent. */
  void sentAll(@Nullable HeaderBlock trailers) {
    if (replay != null) {
      replay.end(trailers);
    }
  }

  /** The final head of the response has arrived. */
  void answered(int responseStatus) {
    headNanos = System.nanoTime();
    status = responseStatus;
  }

  /** Ends the try as its response's status says. */
  void end() {
    end(outcome());
  }

  /** Ends the try if one is open. */
  void end(Endpoint.Outcome outcome) {
    Endpoint used = endpoint;
    if (!open || used == null) {
      return;
    }
    open = false;
    long now = System.nanoTime();
    long head = headNanos > startNanos ? headNanos : now;
    used.finished(outcome, head - startNanos);
    worker
        .metrics()
        .onUpstreamEnd(
            worker.index(), target().spec().name(), used.label(), status, now - startNanos);
  }

  private Endpoint.Outcome outcome() {
    return status == 500 || (status >= 502 && status <= 504)
        ? Endpoint.Outcome.FAILURE
        : Endpoint.Outcome.SUCCESS;
  }

  /** Lets go of what was kept: no further try will be made. */
  void noMore() {
    if (replay != null) {
      replay.release();
      replay = null;
    }
  }

  // ---------------------------------------------------------------- whether there is another

  /** Whether a request that was not sent for {@code reason} goes to another endpoint. */
  boolean afterConnectFailure(Why reason) {
    return connectFailures++ < CONNECT_RETRIES && hasUntried() && spend(reason);
  }

  private boolean hasUntried() {
    remember(endpoint);
    Endpoint next = target().pick(this);
    return next != null && !isTried(next);
  }

  /** Whether a request that met a closed pooled connection is replayed on a fresh one. */
  boolean afterStaleConnection() {
    if (staleSaved || !isReplayable()) {
      return false;
    }
    // Not the endpoint's fault: it closed an idle connection just as we used it.
    staleSaved = true;
    end(Endpoint.Outcome.CANCELLED);
    worker.metrics().onStaleConnectionSaved(worker.index(), target().spec().name());
    return true;
  }

  /**
   * Whether a request that the endpoint did not process is sent again, whatever its method: once
   * for nothing, then from the budget.
   */
  boolean afterRefusal() {
    ReplayBuffer sent = replay;
    if (sent == null || !sent.isComplete() || refusals > MAX_REFUSALS) {
      return false;
    }
    if (refusals++ > 0) {
      return spend(Why.UPSTREAM_REFUSED);
    }
    worker.metrics().onRetry(worker.index(), target().spec().name(), Why.UPSTREAM_REFUSED.code());
    return true;
  }

  /** Whether what was sent may be sent again (RFC 9110 section 9.2.2) and is still there. */
  private boolean isReplayable() {
    ReplayBuffer sent = replay;
    return sent != null
        && sent.isComplete()
        && isIdempotent(exchange.head.method())
        && !exchange.mayUpgrade();
  }

  private static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
      default -> false;
    };
  }

  /** Whether the route's policy asks for another try after a failure. */
  boolean afterFailure(Why reason) {
    RetryPolicy rule = policy;
    return rule != null && rule.onFailure() && isAllowedBy(rule) && spend(reason);
  }

  /** Whether the route's policy asks for another try after a response of this status. */
  boolean afterStatus(int responseStatus) {
    RetryPolicy rule = policy;
    return rule != null
        && rule.statuses().contains(responseStatus)
        && isAllowedBy(rule)
        && spend(Why.RETRIED_STATUS);
  }

  private boolean isAllowedBy(RetryPolicy rule) {
    ReplayBuffer sent = replay;
    boolean inTime =
        rule.timeout().isZero()
            || System.nanoTime() - exchange.startNanos < rule.timeout().toNanos();
    return retries < rule.retries()
        && inTime
        && rule.methods().contains(exchange.head.method())
        && sent != null
        && sent.isComplete();
  }

  private boolean spend(Why reason) {
    if (!target().retryBudget().tryRetry()) {
      return false;
    }
    worker.metrics().onRetry(worker.index(), target().spec().name(), reason.code());
    return true;
  }

  /** How long the policy waits before the further try that it asked for; 0 for not at all. */
  long backoffNanos() {
    remember(endpoint);
    retries++;
    RetryPolicy rule = policy;
    if (rule != null) {
      lastBackoff = rule.backoff(retries, lastBackoff, (worker.random() >>> 11) * 0x1.0p-53);
    }
    return lastBackoff.toNanos();
  }

  private void remember(@Nullable Endpoint used) {
    if (used == null) {
      return;
    }
    Endpoint[] before = tried;
    Endpoint[] now = new Endpoint[before == null ? 1 : before.length + 1];
    if (before != null) {
      System.arraycopy(before, 0, now, 0, before.length);
    }
    now[now.length - 1] = used;
    tried = now;
  }

  // ---------------------------------------------------------------- what balancers see

  @Override
  public long hash() {
    return HashKey.of(
        target().spec().hashOn(),
        exchange.head,
        exchange.clientAddress().getAddress().getAddress());
  }

  @Override
  public @Nullable String affinity() {
    return HashKey.cookie(exchange.head.headers(), target().spec().affinityCookie());
  }

  @Override
  public boolean isTried(Endpoint candidate) {
    Endpoint[] before = tried;
    if (before != null) {
      for (Endpoint used : before) {
        if (used == candidate) {
          return true;
        }
      }
    }
    return false;
  }
}
