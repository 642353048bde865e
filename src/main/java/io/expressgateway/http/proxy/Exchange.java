package io.expressgateway.http.proxy;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.cluster.PickRequest;
import io.expressgateway.filter.FilterExchange;
import io.expressgateway.filter.HttpFilter;
import io.expressgateway.filter.LocalResponse;
import io.expressgateway.filter.RetryPolicy;
import io.expressgateway.http.Why;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.RouteMatch;
import io.expressgateway.route.RouteRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: joins a downstream stream to an upstream stream, with the route's
 * filters, tries and timers between them.
 *
 * <p>The protocols of both sides call the {@code on...} methods; every one of them contains
 * whatever is thrown below it. Bodies are never collected: what cannot go on waits in a queue that
 * holds at most what had been read when the side was told to stop reading. The exchange ends
 * exactly once, in {@link #finish}.
 *
 * <p>Longer than most files because it is one state machine: routing, forwarding, trying again and
 * ending share the same few fields, and splitting them would hide the order in which they change.
 * Confined to the event loop of its downstream connection.
 */
public final class Exchange extends TimerWheel.Task
    implements FilterExchange, RouteRequest, PickRequest, UpstreamSource.Waiter {

  /** Tries on other endpoints after connect failures, beyond the first; HAProxy's default. */
  private static final int CONNECT_RETRIES = 3;

  /** 1xx heads passed per response; more is an endpoint gone wrong. */
  private static final int MAX_INFORMATIONAL = 16;

  /** A tunnel in which nothing moves for this long is closed (PRODUCT.md: WebSocket idle 60 s). */
  private static final long TUNNEL_IDLE_NANOS = 60_000_000_000L;

  private enum Waiting {
    NOTHING,
    FILTER,
    BACKOFF,
    UPSTREAM_WRITABLE,
    RESPONSE_HEAD,
    RESPONSE_BODY,
    TUNNEL
  }

  private enum Suspended {
    NO,
    REQUEST_HEAD,
    REQUEST_DATA,
    RESPONSE_HEAD,
    RESPONSE_DATA
  }

  private static final Object END = new Object();
  private static final HttpFilter[] NO_FILTERS = {};

  final Worker worker;
  final Peer peer;
  final RequestHead head;
  final long startNanos;
  final ProxyState state;
  private final Downstream downstream;
  private final long headBytes;
  private final boolean upgrade;

  private String originalPath = "";
  private @Nullable String originalQuery;
  private String originalAuthority = "";
  private boolean headPrepared;
  private long dice;

  @Nullable RouteMatch match;
  private @Nullable RoutePlan plan;
  private HttpFilter[] filters = NO_FILTERS;
  private int filtersBegun;
  private boolean hasBodyFilters;
  @Nullable InetSocketAddress client;
  private @Nullable IdentityHashMap<Object, Object> attributes;
  private boolean preserveHost;
  private @Nullable URI upstreamUri;
  private @Nullable RetryPolicy retryPolicy;
  private long maxBody;

  private Suspended suspended = Suspended.NO;
  private int suspendedFilter;
  private @Nullable ByteBuf suspendedData;

  @Nullable Cluster cluster;
  @Nullable Endpoint endpoint;
  private @Nullable Upstream upstream;
  private boolean acquiring;
  private boolean tryOpen;
  private boolean isInTurn;
  private boolean staleSaved;
  private int retries;
  private Duration lastBackoff = Duration.ZERO;
  int attempts;
  private Endpoint @Nullable [] tried;
  private int connectFailures;

  private long requestBytes;
  private boolean requestEnded;
  private boolean requestSent;
  private @Nullable HeaderBlock requestTrailers;
  private @Nullable ArrayDeque<Object> requestQueue;
  private @Nullable ReplayBuffer replay;

  @Nullable ResponseHead response;
  private boolean responseBodiless;
  private boolean responseStarted;
  private boolean responseBegunUpstream;
  private int informational;
  private @Nullable ArrayDeque<Object> responseQueue;
  private @Nullable HeaderBlock responseTrailers;
  private boolean isTunnel;
  private boolean isLocal;
  private boolean runsResponseFilters;

  private Waiting waiting = Waiting.NOTHING;
  private long waitDeadline = Long.MAX_VALUE;
  private Why waitWhy = Why.INTERNAL_ERROR;
  private long totalDeadline = Long.MAX_VALUE;
  private long lastMoveNanos;

  long upstreamStartNanos;
  long upstreamHeadNanos;
  private int upstreamStatus;
  long bytesOut;
  String why = "";
  private @Nullable Object trace;
  private boolean done;

  /**
   * A request whose head has arrived.
   *
   * @param headBytes size of the head on the wire
   * @param upgrade whether it asks for {@code Upgrade: websocket} in a way that may be passed on
   */
  public Exchange(
      Worker worker,
      Peer peer,
      Downstream downstream,
      RequestHead head,
      long headBytes,
      long startNanos,
      boolean upgrade) {
    this.worker = worker;
    this.peer = peer;
    this.downstream = downstream;
    this.head = head;
    this.headBytes = headBytes;
    this.startNanos = startNanos;
    this.upgrade = upgrade;
    this.state = worker.state();
    this.maxBody = peer.listener().spec().http().maxBodyBytes();
  }

  // ---------------------------------------------------------------- what the client's side tells

  /** Routes the request and begins to forward it. Called once, first. */
  public void begin() {
    worker.countAccepted();
    isInTurn = true;
    try {
      originalPath = head.path();
      originalQuery = head.query();
      originalAuthority = head.authority();
      client = peer.client(head);
      if (worker.tracing() != null) {
        trace = worker.tracing().start(head);
      }
      route();
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    } finally {
      isInTurn = false;
    }
  }

  /**
   * Answers a request that the codec refused; the head may be unusable. Called once, instead of
   * {@link #begin}.
   */
  public void refuse(Why reason) {
    worker.countAccepted();
    client = peer.address();
    fail(reason);
  }

  /** A piece of request body has arrived; takes ownership. */
  public void onRequestData(ByteBuf data) {
    if (done) {
      data.release();
      return;
    }
    try {
      requestBytes += data.readableBytes();
      if (isTunnel) {
        tunnelToUpstream(data);
      } else if (requestBytes > maxBody) {
        data.release();
        fail(Why.BODY_TOO_LARGE);
      } else if (mayForwardRequest()) {
        forwardRequestData(data, 0);
      } else {
        requestQueue().add(data);
        downstream.readBody(false);
      }
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  /**
   * The request body has ended; {@code trailers} may be null and stays valid to the exchange's end.
   */
  public void onRequestEnd(@Nullable HeaderBlock trailers) {
    if (done || requestEnded) {
      return;
    }
    requestEnded = true;
    requestTrailers = trailers;
    try {
      if (isTunnel) {
        sendTunnelEnd();
      } else if (mayForwardRequest()) {
        forwardRequestEnd();
      } else {
        requestQueue().add(END);
      }
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  /** The client's stream can take more response body again. */
  public void onDownstreamWritable() {
    Upstream stream = upstream;
    if (!done && stream != null && suspended == Suspended.NO) {
      stream.readBody(true);
    }
  }

  /** The client closed or reset its stream before the response had ended. */
  public void onDownstreamGone() {
    abortDownstream(Why.CLIENT_GONE);
  }

  /**
   * Ends the exchange from the client's side for {@code reason}: a time-out or a malformed body.
   */
  public void onDownstreamFailure(Why reason) {
    if (!done) {
      fail(reason);
      downstream.flush();
    }
  }

  /** Whether the request's body has completely arrived. */
  public boolean isRequestEnded() {
    return requestEnded;
  }

  /** Whether the exchange is over. */
  public boolean isDone() {
    return done;
  }

  /** Whether the final response head has been handed to the client's side. */
  public boolean isResponseStarted() {
    return responseStarted;
  }

  /** Hands what was queued for the endpoint to its socket. */
  public void flushUpstream() {
    Upstream stream = upstream;
    if (stream != null) {
      stream.flush();
    }
  }

  /** Hands what was queued for the client to its socket. */
  public void flushDownstream() {
    downstream.flush();
  }

  // ---------------------------------------------------------------- routing and request filters

  private void route() {
    RouteMatch matched = state.match(this);
    if (matched == null) {
      fail(Why.NO_ROUTE);
      return;
    }
    match = matched;
    if (state.versionProblem(this) != null) {
      fail(Why.BAD_API_VERSION);
      return;
    }
    RoutePlan chosen = state.plan(matched);
    plan = chosen;
    filters = chosen.filters();
    hasBodyFilters = chosen.hasBodyFilters();
    cluster = chosen.cluster();
    RouteTimeouts timeouts = chosen.timeouts();
    if (timeouts.maxBodyBytes() > 0) {
      maxBody = timeouts.maxBodyBytes();
    }
    if (timeouts.totalNanos() > 0) {
      totalDeadline = startNanos + timeouts.totalNanos();
      armTimer();
    }
    runRequestHead(0);
  }

  private void runRequestHead(int from) {
    for (int i = from; i < filters.length; i++) {
      filtersBegun = i + 1;
      try {
        filters[i].onRequestHead(this);
      } catch (Throwable t) {
        contain(t, Why.FILTER_ERROR);
        return;
      }
      if (done || isLocal) {
        return;
      }
      if (suspended != Suspended.NO) {
        suspendedAt(Suspended.REQUEST_HEAD, i);
        return;
      }
    }
    dispatch();
  }

  private void dispatch() {
    if (head.contentLength() > maxBody) {
      fail(Why.BODY_TOO_LARGE);
      return;
    }
    if (upstreamUri != null && !useUpstreamUri(upstreamUri)) {
      return;
    }
    if (cluster == null) {
      fail(Why.NO_HEALTHY_ENDPOINT);
      return;
    }
    prepareHead();
    if (hasBodyFilters && head.contentLength() != 0) {
      head.contentLength(RequestHead.UNKNOWN_LENGTH);
      head.headers().remove(HeaderName.CONTENT_LENGTH);
    }
    cluster.retryBudget().onRequest();
    replay = new ReplayBuffer(cluster.spec().retry().replayBufferBytes());
    tryEndpoint(false);
  }

  private boolean useUpstreamUri(URI uri) {
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    String host = uri.getHost();
    if (host == null || !"http".equalsIgnoreCase(uri.getScheme())) {
      fail(Why.FILTER_ERROR);
      return false;
    }
    cluster = state.adHocCluster(new HostPort(stripBrackets(host), port));
    String path = uri.getRawPath();
    head.path(path == null || path.isEmpty() ? "/" : path);
    head.query(uri.getRawQuery());
    return true;
  }

  private static String stripBrackets(String host) {
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  private void prepareHead() {
    if (headPrepared) {
      return;
    }
    headPrepared = true;
    HeaderBlock headers = head.headers();
    HopByHop.stripRequest(headers);
    headers.remove(HeaderName.HOST);
    peer.writeForwarding(head, originalPath);
    if (upgrade) {
      headers.add(HeaderName.CONNECTION, "Upgrade");
      headers.add(HeaderName.UPGRADE, "websocket");
    }
  }

  // ---------------------------------------------------------------- tries

  private void tryEndpoint(boolean fresh) {
    Cluster target = cluster;
    if (target == null) {
      throw new IllegalStateException("no cluster");
    }
    Endpoint chosen = fresh && endpoint != null ? endpoint : target.pick(this);
    if (chosen == null) {
      fail(Why.NO_HEALTHY_ENDPOINT);
      return;
    }
    endpoint = chosen;
    attempts++;
    chosen.started();
    tryOpen = true;
    acquiring = true;
    upstreamStartNanos = System.nanoTime();
    upstreamStatus = 0;
    RoutePlan current = plan;
    long connectNanos = current == null ? 0 : current.timeouts().connectNanos();
    worker
        .upstreams()
        .acquire(
            target,
            chosen,
            fresh,
            connectNanos > 0 ? connectNanos : target.spec().connectTimeout().toNanos(),
            this);
  }

  @Override
  public boolean isWaiting() {
    return acquiring && !done;
  }

  @Override
  public void onUpstreamReady(Upstream stream) {
    try {
      acquiring = false;
      upstream = stream;
      upstreamStartNanos = System.nanoTime();
      stream.sendHead(head, hostFor(), head.contentLength() == 0);
      ReplayBuffer sent = replay;
      if (sent != null && attempts > 1) {
        sent.replayTo(stream);
        if (requestSent) {
          awaitResponseHead();
        }
      }
      drainRequestQueue();
      if (!done && !requestEnded) {
        downstream.readBody(true);
      }
      if (!isInTurn && upstream != null) {
        upstream.flush();
      }
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private String hostFor() {
    Endpoint target = endpoint;
    if (preserveHost || target == null) {
      return head.authority();
    }
    return head.authority().equals(originalAuthority) ? target.label() : head.authority();
  }

  @Override
  public void onUpstreamUnavailable(Why reason) {
    if (done) {
      return;
    }
    try {
      acquiring = false;
      boolean endpointFault = reason == Why.CONNECT_FAILED || reason == Why.CONNECT_TIMEOUT;
      endTry(endpointFault ? Endpoint.Outcome.FAILURE : Endpoint.Outcome.CANCELLED);
      boolean again =
          endpointFault
              && connectFailures++ < CONNECT_RETRIES
              && hasUntriedEndpoint()
              && spendRetry(reason);
      if (again) {
        tryEndpoint(false);
      } else {
        fail(reason);
      }
      flushIfLate();
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private boolean hasUntriedEndpoint() {
    remember(endpoint);
    Cluster target = cluster;
    Endpoint next = target == null ? null : target.pick(this);
    return next != null && !isTried(next);
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

  private boolean spendRetry(Why reason) {
    Cluster target = cluster;
    if (target == null || !target.retryBudget().tryRetry()) {
      return false;
    }
    worker.metrics().onRetry(worker.index(), target.spec().name(), reason.code());
    return true;
  }

  /** The endpoint's connection ended or misbehaved before the response had ended. */
  public void onUpstreamFailure(Why reason, boolean responseByteSeen) {
    if (done) {
      return;
    }
    try {
      Upstream failed = upstream;
      upstream = null;
      boolean reused = failed != null && failed.isReused();
      if (responseStarted) {
        endTry(Endpoint.Outcome.FAILURE);
        fail(reason);
      } else if (reused
          && !responseByteSeen
          && reason == Why.UPSTREAM_CLOSED
          && !staleSaved
          && isReplayable()) {
        // Not the endpoint's fault: it closed an idle connection just as we used it.
        staleSaved = true;
        endTry(Endpoint.Outcome.CANCELLED);
        Cluster target = cluster;
        worker
            .metrics()
            .onStaleConnectionSaved(worker.index(), target == null ? "" : target.spec().name());
        tryEndpoint(true);
      } else {
        endTry(Endpoint.Outcome.FAILURE);
        retryOrFail(reason);
      }
      flushIfLate();
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  /** Whether what was sent may be sent again (RFC 9110 section 9.2.2) and is still there. */
  private boolean isReplayable() {
    ReplayBuffer sent = replay;
    return sent != null && sent.isComplete() && isIdempotent(head.method()) && !upgrade;
  }

  private static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
      default -> false;
    };
  }

  private void retryOrFail(Why reason) {
    RetryPolicy policy = retryPolicy;
    if (policy != null && policy.onFailure() && mayRetryBy(policy) && spendRetry(reason)) {
      retryBy(policy);
    } else {
      fail(reason);
    }
  }

  private boolean mayRetryBy(RetryPolicy policy) {
    ReplayBuffer sent = replay;
    boolean inTime =
        policy.timeout().isZero() || System.nanoTime() - startNanos < policy.timeout().toNanos();
    return retries < policy.retries()
        && inTime
        && policy.methods().contains(head.method())
        && sent != null
        && sent.isComplete();
  }

  private void retryBy(RetryPolicy policy) {
    remember(endpoint);
    retries++;
    lastBackoff = policy.backoff(retries, lastBackoff, (worker.random() >>> 11) * 0x1.0p-53);
    long backoff = lastBackoff.toNanos();
    if (backoff <= 0) {
      tryEndpoint(false);
    } else {
      waitFor(Waiting.BACKOFF, System.nanoTime() + backoff, Why.INTERNAL_ERROR);
    }
  }

  private void endTry(Endpoint.Outcome outcome) {
    Endpoint used = endpoint;
    Cluster target = cluster;
    if (!tryOpen || used == null || target == null) {
      return;
    }
    tryOpen = false;
    long now = System.nanoTime();
    long began = upstreamStartNanos;
    long head = upstreamHeadNanos > began ? upstreamHeadNanos : now;
    used.finished(outcome, head - began);
    worker
        .metrics()
        .onUpstreamEnd(
            worker.index(), target.spec().name(), used.label(), upstreamStatus, now - began);
  }

  // ---------------------------------------------------------------- request body

  private boolean mayForwardRequest() {
    return upstream != null
        && suspended == Suspended.NO
        && (requestQueue == null || requestQueue.isEmpty());
  }

  private ArrayDeque<Object> requestQueue() {
    ArrayDeque<Object> queue = requestQueue;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      requestQueue = queue;
    }
    return queue;
  }

  private void drainRequestQueue() {
    ArrayDeque<Object> queue = requestQueue;
    while (queue != null
        && !queue.isEmpty()
        && upstream != null
        && suspended == Suspended.NO
        && !done) {
      Object next = queue.poll();
      if (next instanceof ByteBuf data) {
        forwardRequestData(data, 0);
      } else {
        forwardRequestEnd();
      }
    }
  }

  private void forwardRequestData(ByteBuf data, int from) {
    ByteBuf piece = data;
    if (hasBodyFilters) {
      for (int i = from; i < filters.length; i++) {
        if (filters[i].isHeadOnly()) {
          continue;
        }
        try {
          piece = filters[i].onRequestData(this, piece);
        } catch (Throwable t) {
          // Ownership went to the filter; what it did before it threw is its own affair.
          contain(t, Why.FILTER_ERROR);
          return;
        }
        if (done || isLocal) {
          piece.release();
          return;
        }
        if (suspended != Suspended.NO) {
          suspendedData = piece;
          suspendedAt(Suspended.REQUEST_DATA, i);
          return;
        }
      }
    }
    sendRequestData(piece);
  }

  private void sendRequestData(ByteBuf piece) {
    Upstream stream = upstream;
    if (stream == null || !piece.isReadable()) {
      piece.release();
      return;
    }
    if (replay != null) {
      replay.add(piece);
    }
    stream.sendData(piece);
    if (!stream.isWritable()) {
      downstream.readBody(false);
      stream.flush();
      if (!stream.isWritable() && waiting == Waiting.NOTHING) {
        long stall = peer.listener().spec().http().writeStallTimeout().toNanos();
        waitFor(Waiting.UPSTREAM_WRITABLE, System.nanoTime() + stall, Why.UPSTREAM_STALLED);
      }
    }
  }

  /** The endpoint's stream can take more request body again. */
  public void onUpstreamWritable() {
    if (done || suspended != Suspended.NO) {
      return;
    }
    if (waiting == Waiting.UPSTREAM_WRITABLE) {
      waitForNothing();
    }
    downstream.readBody(true);
  }

  private void forwardRequestEnd() {
    HeaderBlock trailers = requestTrailers;
    if (hasBodyFilters) {
      trailers = trailers == null ? new HeaderBlock(128, 4) : trailers;
      for (HttpFilter filter : filters) {
        if (!filter.isHeadOnly()) {
          try {
            filter.onRequestTrailers(this, trailers);
          } catch (Throwable t) {
            contain(t, Why.FILTER_ERROR);
            return;
          }
          if (done || isLocal) {
            return;
          }
        }
      }
    }
    Upstream stream = upstream;
    if (stream == null) {
      return;
    }
    stream.sendEnd(trailers);
    if (replay != null) {
      replay.end(trailers);
    }
    requestSent = true;
    if (!responseBegunUpstream) {
      awaitResponseHead();
    }
  }

  private void awaitResponseHead() {
    long now = System.nanoTime();
    Cluster target = cluster;
    RoutePlan current = plan;
    RouteTimeouts timeouts = current == null ? RouteTimeouts.NONE : current.timeouts();
    long firstByte = target == null ? 0 : target.spec().firstByteTimeout().toNanos();
    if (timeouts.responseNanos() != 0) {
      firstByte = timeouts.responseNanos();
    }
    long deadline = Long.MAX_VALUE;
    Why reason = Why.FIRST_BYTE_TIMEOUT;
    if (firstByte > 0) {
      deadline = now + firstByte;
    }
    long overall = peer.listener().spec().http().responseTimeout().toNanos();
    if (overall > 0 && timeouts.responseNanos() == 0 && now + overall < deadline) {
      deadline = now + overall;
      reason = Why.RESPONSE_TIMEOUT;
    }
    long perTry = timeouts.perTryNanos();
    if (perTry > 0 && upstreamStartNanos + perTry < deadline) {
      deadline = upstreamStartNanos + perTry;
      reason = Why.PER_TRY_TIMEOUT;
    }
    waitFor(Waiting.RESPONSE_HEAD, deadline, reason);
  }

  // ---------------------------------------------------------------- what the endpoint's side tells

  /** A 1xx head other than 101 has arrived. */
  public void onResponseInformational(ResponseHead interim) {
    if (done) {
      return;
    }
    try {
      if (++informational > MAX_INFORMATIONAL) {
        cancelUpstream();
        endTry(Endpoint.Outcome.FAILURE);
        fail(Why.UPSTREAM_MALFORMED);
        return;
      }
      if (!responseStarted && head.version() != HttpVersion.HTTP_1_0) {
        HopByHop.stripResponse(interim.headers());
        downstream.sendInformational(interim);
      }
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  /** 101 has arrived: the endpoint switches to the protocol that the client asked for. */
  public void onResponseUpgrade(ResponseHead switched) {
    if (done) {
      return;
    }
    try {
      upstreamHeadNanos = System.nanoTime();
      upstreamStatus = 101;
      HopByHop.stripResponse(switched.headers());
      switched.headers().add(HeaderName.CONNECTION, "Upgrade");
      switched.headers().add(HeaderName.UPGRADE, "websocket");
      response = switched;
      responseStarted = true;
      isTunnel = true;
      releaseReplay();
      downstream.sendUpgrade(switched);
      downstream.readBody(true);
      lastMoveNanos = upstreamHeadNanos;
      waitFor(Waiting.TUNNEL, upstreamHeadNanos + TUNNEL_IDLE_NANOS, Why.TUNNEL_IDLE);
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  /** Whether an endpoint may answer 101. */
  public boolean mayUpgrade() {
    return upgrade;
  }

  /** The final response head has arrived. {@code bodiless}: the end follows without data. */
  public void onResponseHead(ResponseHead arrived, boolean bodiless) {
    if (done) {
      return;
    }
    try {
      upstreamHeadNanos = System.nanoTime();
      upstreamStatus = arrived.status();
      RetryPolicy policy = retryPolicy;
      if (policy != null
          && policy.statuses().contains(arrived.status())
          && requestSent
          && mayRetryBy(policy)
          && spendRetry(Why.RETRIED_STATUS)) {
        cancelUpstream();
        endTry(outcome(arrived.status()));
        retryBy(policy);
        flushIfLate();
        return;
      }
      responseBegunUpstream = true;
      response = arrived;
      responseBodiless = bodiless;
      releaseReplay();
      HopByHop.stripResponse(arrived.headers());
      if (hasBodyFilters && !bodiless) {
        arrived.contentLength(ResponseHead.UNKNOWN_LENGTH);
        arrived.headers().remove(HeaderName.CONTENT_LENGTH);
      }
      setAffinity(arrived);
      lastMoveNanos = upstreamHeadNanos;
      if (bodiless) {
        waitForNothing();
      } else {
        waitFor(
            Waiting.RESPONSE_BODY, upstreamHeadNanos + bodyIdleNanos(), Why.UPSTREAM_IDLE_TIMEOUT);
      }
      runResponseHead(filtersBegun - 1);
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private void setAffinity(ResponseHead arrived) {
    Cluster target = cluster;
    Endpoint used = endpoint;
    if (target == null || used == null || !target.spec().balancer().equals("session-affinity")) {
      return;
    }
    String token = used.affinityToken();
    if (!token.equals(affinity())) {
      arrived
          .headers()
          .add(
              HeaderName.SET_COOKIE,
              target.spec().affinityCookie() + "=" + token + "; Path=/; HttpOnly; SameSite=Lax");
    }
  }

  private long bodyIdleNanos() {
    return peer.listener().spec().http().bodyIdleTimeout().toNanos();
  }

  private void runResponseHead(int from) {
    for (int i = from; i >= 0; i--) {
      runsResponseFilters = true;
      try {
        filters[i].onResponseHead(this);
      } catch (Throwable t) {
        runsResponseFilters = false;
        contain(t, Why.FILTER_ERROR);
        return;
      }
      runsResponseFilters = false;
      if (done || responseStarted) {
        return;
      }
      if (suspended != Suspended.NO) {
        suspendedAt(Suspended.RESPONSE_HEAD, i);
        return;
      }
    }
    ResponseHead ready = response;
    if (ready == null) {
      throw new IllegalStateException("no response to send");
    }
    responseStarted = true;
    downstream.sendHead(ready, responseBodiless);
  }

  /** A piece of response body has arrived; takes ownership. */
  public void onResponseData(ByteBuf data) {
    if (done) {
      data.release();
      return;
    }
    try {
      if (suspended != Suspended.NO) {
        responseQueue().add(data);
        return;
      }
      forwardResponseData(data, filters.length - 1);
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private ArrayDeque<Object> responseQueue() {
    ArrayDeque<Object> queue = responseQueue;
    if (queue == null) {
      queue = new ArrayDeque<>(4);
      responseQueue = queue;
    }
    return queue;
  }

  private void forwardResponseData(ByteBuf data, int from) {
    ByteBuf piece = data;
    if (hasBodyFilters && !isTunnel) {
      for (int i = from; i >= 0; i--) {
        if (filters[i].isHeadOnly()) {
          continue;
        }
        try {
          piece = filters[i].onResponseData(this, piece);
        } catch (Throwable t) {
          contain(t, Why.FILTER_ERROR);
          return;
        }
        if (done) {
          piece.release();
          return;
        }
        if (suspended != Suspended.NO) {
          suspendedData = piece;
          suspendedAt(Suspended.RESPONSE_DATA, i);
          return;
        }
      }
    }
    sendResponseData(piece);
  }

  private void sendResponseData(ByteBuf piece) {
    if (!piece.isReadable()) {
      piece.release();
      return;
    }
    lastMoveNanos = System.nanoTime();
    bytesOut += piece.readableBytes();
    downstream.sendData(piece);
    if (!downstream.isWritable()) {
      downstream.flush();
      Upstream stream = upstream;
      if (stream != null && !downstream.isWritable()) {
        stream.readBody(false);
      }
    }
  }

  /** The response has ended cleanly; {@code trailers} may be null. */
  public void onResponseEnd(@Nullable HeaderBlock trailers) {
    if (done) {
      return;
    }
    try {
      if (suspended != Suspended.NO) {
        responseTrailers = trailers;
        responseQueue().add(END);
        return;
      }
      forwardResponseEnd(trailers);
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private void forwardResponseEnd(@Nullable HeaderBlock received) {
    HeaderBlock trailers = received;
    if (hasBodyFilters && !isTunnel) {
      trailers = trailers == null ? new HeaderBlock(128, 4) : trailers;
      for (int i = filters.length - 1; i >= 0; i--) {
        if (!filters[i].isHeadOnly()) {
          try {
            filters[i].onResponseTrailers(this, trailers);
          } catch (Throwable t) {
            contain(t, Why.FILTER_ERROR);
            return;
          }
          if (done) {
            return;
          }
        }
      }
    }
    Upstream stream = upstream;
    upstream = null;
    endTry(outcome(upstreamStatus));
    downstream.sendEnd(trailers);
    if (stream != null) {
      // A pooled connection must be left readable: only when the whole request went out and the
      // client is still there was its reading never stopped for good (DESIGN.md, the hang).
      stream.release(requestSent && !isTunnel && downstream.isOpen());
    }
    finish(true);
  }

  private static Endpoint.Outcome outcome(int status) {
    return status == 500 || (status >= 502 && status <= 504)
        ? Endpoint.Outcome.FAILURE
        : Endpoint.Outcome.SUCCESS;
  }

  // ---------------------------------------------------------------- tunnel

  private void tunnelToUpstream(ByteBuf data) {
    Upstream stream = upstream;
    if (stream == null) {
      data.release();
      return;
    }
    lastMoveNanos = System.nanoTime();
    stream.sendData(data);
    if (!stream.isWritable()) {
      downstream.readBody(false);
    }
  }

  private void sendTunnelEnd() {
    Upstream stream = upstream;
    if (stream != null) {
      stream.sendEnd(null);
      stream.flush();
    }
  }

  // ---------------------------------------------------------------- suspend and resume

  @Override
  public void suspend() {
    if (suspended == Suspended.NO) {
      // The running hook's loop turns this into the place where it goes on.
      suspended = Suspended.REQUEST_HEAD;
    }
  }

  private void suspendedAt(Suspended where, int filter) {
    suspended = where;
    suspendedFilter = filter;
    downstream.readBody(false);
    Upstream stream = upstream;
    if (stream != null) {
      stream.readBody(false);
    }
    long limit = peer.listener().spec().http().responseTimeout().toNanos();
    limit = limit > 0 ? limit : 60_000_000_000L;
    waitFor(Waiting.FILTER, System.nanoTime() + limit, Why.FILTER_TIMEOUT);
  }

  @Override
  public void resume() {
    if (done || suspended == Suspended.NO) {
      return;
    }
    try {
      Suspended where = suspended;
      suspended = Suspended.NO;
      waitForNothing();
      switch (where) {
        case NO -> {}
        case REQUEST_HEAD -> runRequestHead(suspendedFilter + 1);
        case REQUEST_DATA -> forwardRequestData(takeSuspendedData(), suspendedFilter + 1);
        case RESPONSE_HEAD -> runResponseHead(suspendedFilter - 1);
        case RESPONSE_DATA -> forwardResponseData(takeSuspendedData(), suspendedFilter - 1);
      }
      if (!done && suspended == Suspended.NO) {
        drainRequestQueue();
        drainResponseQueue();
      }
      if (!done && suspended == Suspended.NO) {
        Upstream stream = upstream;
        if (stream != null) {
          if (responseStarted && !responseBodiless) {
            lastMoveNanos = System.nanoTime();
            waitFor(
                Waiting.RESPONSE_BODY, lastMoveNanos + bodyIdleNanos(), Why.UPSTREAM_IDLE_TIMEOUT);
          } else if (requestSent) {
            awaitResponseHead();
          }
          stream.readBody(downstream.isWritable());
          if (!requestEnded && stream.isWritable()) {
            downstream.readBody(true);
          }
        }
      }
      flushUpstream();
      downstream.flush();
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private ByteBuf takeSuspendedData() {
    ByteBuf data = suspendedData;
    suspendedData = null;
    return data == null ? Unpooled.EMPTY_BUFFER : data;
  }

  private void drainResponseQueue() {
    ArrayDeque<Object> queue = responseQueue;
    while (queue != null && !queue.isEmpty() && suspended == Suspended.NO && !done) {
      Object next = queue.poll();
      if (next instanceof ByteBuf data) {
        forwardResponseData(data, filters.length - 1);
      } else {
        forwardResponseEnd(responseTrailers);
      }
    }
  }

  // ---------------------------------------------------------------- local answers and failures

  @Override
  public void respond(LocalResponse answer, @Nullable String reason) {
    if (done || responseStarted || (runsResponseFilters && isLocal)) {
      throw new IllegalStateException("the response has begun already");
    }
    if (reason != null) {
      why = reason;
      worker.metrics().onFailure(worker.index(), reason);
    }
    suspended = Suspended.NO;
    answerLocally(answer, filtersBegun - 1);
    flushIfLate();
  }

  private void answerLocally(LocalResponse answer, int filtersFrom) {
    isLocal = true;
    cancelUpstream();
    endTry(Endpoint.Outcome.CANCELLED);
    releaseReplay();
    ByteBuf body =
        answer.body().isEmpty()
            ? Unpooled.EMPTY_BUFFER
            : Unpooled.wrappedBuffer(answer.body().getBytes(StandardCharsets.UTF_8));
    ResponseHead made = new ResponseHead(new HeaderBlock(512, 12));
    HeaderBlock headers = made.headers();
    for (Map.Entry<String, String> header : answer.headers()) {
      headers.add(header.getKey(), header.getValue());
    }
    if (!why.isEmpty() && peer.isTrusted()) {
      headers.add(HeaderName.X_EXPRESSGATEWAY_WHY, why);
    }
    headers.add(HeaderName.SERVER, "expressgateway");
    boolean mayHaveBody =
        answer.status() != 204 && answer.status() != 304 && answer.status() >= 200;
    if (mayHaveBody) {
      headers.add(HeaderName.CONTENT_LENGTH, Integer.toString(body.readableBytes()));
    }
    made.reset(answer.status(), "", mayHaveBody ? body.readableBytes() : 0);
    response = made;
    responseBodiless = !mayHaveBody || !body.isReadable() || head.method().equals("HEAD");
    for (int i = filtersFrom; i >= 0; i--) {
      runsResponseFilters = true;
      try {
        filters[i].onResponseHead(this);
      } catch (Throwable t) {
        worker.metrics().onContainedException(worker.index(), t);
      } finally {
        runsResponseFilters = false;
      }
    }
    suspended = Suspended.NO;
    responseStarted = true;
    downstream.sendHead(made, responseBodiless);
    if (!responseBodiless) {
      bytesOut += body.readableBytes();
      downstream.sendData(body);
    }
    downstream.sendEnd(null);
    finish(true);
  }

  private void fail(Why reason) {
    if (done) {
      return;
    }
    why = reason.code();
    worker.metrics().onFailure(worker.index(), why);
    if (responseStarted || reason.status() == 0 || !downstream.isOpen()) {
      cancelUpstream();
      endTry(Endpoint.Outcome.CANCELLED);
      downstream.abort();
      finish(false);
      return;
    }
    suspended = Suspended.NO;
    answerLocally(Problem.of(reason), -1);
  }

  private void abortDownstream(Why reason) {
    if (done) {
      return;
    }
    why = reason.code();
    worker.metrics().onFailure(worker.index(), why);
    cancelUpstream();
    endTry(Endpoint.Outcome.CANCELLED);
    finish(false);
  }

  private void cancelUpstream() {
    acquiring = false;
    Upstream stream = upstream;
    upstream = null;
    if (stream != null) {
      stream.cancel();
    }
  }

  /** Something of ours or of a filter threw: this exchange ends, everything else goes on. */
  private void contain(Throwable cause, Why reason) {
    io.expressgateway.net.OutOfMemory.haltOn(cause);
    try {
      worker.metrics().onContainedException(worker.index(), cause);
      fail(reason);
      flushIfLate();
    } catch (Throwable again) {
      io.expressgateway.net.OutOfMemory.haltOn(again);
      if (!done) {
        downstream.abort();
        finish(false);
      }
    }
  }

  private void flushIfLate() {
    if (!isInTurn) {
      flushUpstream();
      downstream.flush();
    }
  }

  private void releaseReplay() {
    if (replay != null) {
      replay.release();
      replay = null;
    }
  }

  private void finish(boolean complete) {
    if (done) {
      return;
    }
    done = true;
    worker.timers().cancel(this);
    cancelUpstream();
    releaseReplay();
    releaseQueue(requestQueue);
    releaseQueue(responseQueue);
    takeSuspendedData().release();
    for (int i = 0; i < filtersBegun; i++) {
      try {
        filters[i].onEnd(this);
      } catch (Throwable t) {
        worker.metrics().onContainedException(worker.index(), t);
      }
    }
    if (!complete) {
      worker.countAborted();
    } else if (isLocal && attempts == 0) {
      worker.countRefused();
    } else {
      worker.countCompleted();
    }
    FinishedExchange record = new FinishedExchange(this, System.nanoTime(), complete);
    worker.metrics().onExchangeEnd(record);
    peer.listener().accessLog().log(record);
    if (trace != null && worker.tracing() != null) {
      worker.tracing().end(trace, record);
    }
    downstream.exchangeEnded();
  }

  private static void releaseQueue(@Nullable ArrayDeque<Object> queue) {
    if (queue != null) {
      for (Object item : queue) {
        if (item instanceof ByteBuf data) {
          data.release();
        }
      }
      queue.clear();
    }
  }

  // ---------------------------------------------------------------- timers

  private void waitFor(Waiting what, long deadlineNanos, Why reason) {
    waiting = what;
    waitDeadline = deadlineNanos;
    waitWhy = reason;
    armTimer();
  }

  private void waitForNothing() {
    waiting = Waiting.NOTHING;
    waitDeadline = Long.MAX_VALUE;
  }

  private void armTimer() {
    long next = Math.min(waitDeadline, totalDeadline);
    if (next != Long.MAX_VALUE) {
      worker.timers().arm(this, next);
    }
  }

  @Override
  protected void onDeadline(long nowNanos) {
    if (done) {
      return;
    }
    try {
      if (nowNanos >= totalDeadline) {
        timeOut(Why.TOTAL_TIMEOUT);
      } else if (nowNanos < waitDeadline || !waitIsOver(nowNanos)) {
        armTimer();
      }
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  /** Whether the wait ended the exchange or its phase; false when it was moved on. */
  private boolean waitIsOver(long nowNanos) {
    switch (waiting) {
      case NOTHING -> {
        waitDeadline = Long.MAX_VALUE;
        return false;
      }
      case BACKOFF -> {
        waitForNothing();
        tryEndpoint(false);
        return true;
      }
      case UPSTREAM_WRITABLE, FILTER -> timeOut(waitWhy);
      case RESPONSE_HEAD -> {
        cancelUpstream();
        endTry(Endpoint.Outcome.FAILURE);
        waitForNothing();
        retryOrFail(waitWhy);
        flushIfLate();
      }
      case RESPONSE_BODY -> {
        // Silence counts only while the endpoint may speak: a slow client is not its fault.
        long from = downstream.isWritable() ? lastMoveNanos : nowNanos;
        if (nowNanos - from < bodyIdleNanos()) {
          waitDeadline = from + bodyIdleNanos();
          return false;
        }
        cancelUpstream();
        endTry(Endpoint.Outcome.FAILURE);
        timeOut(waitWhy);
      }
      case TUNNEL -> {
        if (nowNanos - lastMoveNanos < TUNNEL_IDLE_NANOS) {
          waitDeadline = lastMoveNanos + TUNNEL_IDLE_NANOS;
          return false;
        }
        timeOut(waitWhy);
      }
    }
    return true;
  }

  private void timeOut(Why reason) {
    fail(reason);
    flushIfLate();
  }

  /** Ends the exchange because the gateway stops and its patience is over. */
  public void onShutdown() {
    if (!done) {
      fail(Why.SHUTDOWN);
      downstream.flush();
    }
  }

  // ---------------------------------------------------------------- what filters see

  @Override
  public RequestHead request() {
    return head;
  }

  @Override
  public ResponseHead response() {
    ResponseHead current = response;
    if (current == null) {
      throw new IllegalStateException("the response has not begun");
    }
    return current;
  }

  @Override
  public String routeId() {
    return match == null ? "" : match.route().id();
  }

  @Override
  public Map<String, Object> routeMetadata() {
    return match == null ? Map.of() : match.route().metadata();
  }

  @Override
  public Map<String, String> variables() {
    return match == null ? Map.of() : match.variables();
  }

  @Override
  public InetSocketAddress clientAddress() {
    return client == null ? peer.address() : client;
  }

  @Override
  public long requestBytes() {
    return requestBytes;
  }

  @Override
  public @Nullable Object attribute(Object key) {
    return attributes == null ? null : attributes.get(key);
  }

  @Override
  public void attribute(Object key, Object value) {
    if (attributes == null) {
      attributes = new IdentityHashMap<>(4);
    }
    attributes.put(key, value);
  }

  @Override
  public void execute(Runnable task) {
    worker
        .eventLoop()
        .execute(() -> {
          if (done) {
            return;
          }
          try {
            task.run();
          } catch (Throwable t) {
            contain(t, Why.FILTER_ERROR);
          }
        });
  }

  @Override
  public void preserveHost(boolean preserve) {
    preserveHost = preserve;
  }

  @Override
  public void upstreamUri(URI uri) {
    upstreamUri = uri;
  }

  @Override
  public void retryPolicy(RetryPolicy policy) {
    retryPolicy = policy;
  }

  @Override
  public void maxRequestBody(long bytes) {
    maxBody = bytes;
  }

  // ---------------------------------------------------------------- what routes and balancers see

  @Override
  public RequestHead head() {
    return head;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return peer.address();
  }

  @Override
  public String listener() {
    return peer.listener().spec().name();
  }

  @Override
  public Instant now() {
    return worker.now();
  }

  @Override
  public long random() {
    if (dice == 0) {
      dice = worker.random() | 1;
    }
    return dice;
  }

  @Override
  public long hash() {
    Cluster target = cluster;
    String hashOn = target == null ? "source-ip" : target.spec().hashOn();
    return HashKey.of(hashOn, head, clientAddress().getAddress().getAddress());
  }

  @Override
  public @Nullable String affinity() {
    Cluster target = cluster;
    return target == null ? null : HashKey.cookie(head.headers(), target.spec().affinityCookie());
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

  /** Head and body bytes received. */
  long bytesIn() {
    return headBytes + requestBytes;
  }

  String originalTarget() {
    return originalQuery == null ? originalPath : originalPath + "?" + originalQuery;
  }

  String originalAuthority() {
    return originalAuthority;
  }
}
