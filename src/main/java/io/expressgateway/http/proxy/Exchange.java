package io.expressgateway.http.proxy;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.cluster.ClusterSpec;
import io.expressgateway.cluster.Endpoint;
import io.expressgateway.filter.LocalResponse;
import io.expressgateway.http.Why;
import io.expressgateway.http.grpc.GrpcCall;
import io.expressgateway.http.grpc.GrpcProblem;
import io.expressgateway.http.proxy.ExchangeTimers.Waiting;
import io.expressgateway.http.websocket.Handshake;
import io.expressgateway.http.websocket.ReservedBits;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.message.GrpcKind;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.HttpVersion;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.RouteMatch;
import io.expressgateway.route.RouteRequest;
import io.expressgateway.snapshot.ListenerSpec.GrpcLimits;
import io.expressgateway.snapshot.WebSocketLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request and its response: joins a downstream stream to an upstream stream, with the route's
 * filters ({@link FilterRun}), tries ({@link Tries}) and timers ({@link ExchangeTimers}) between
 * them.
 *
 * <p>The protocols of both sides call the {@code on...} methods; every one of them contains
 * whatever is thrown below it. Bodies are never collected: what cannot go on waits in a queue that
 * holds at most what had been read when the side was told to stop reading. The exchange ends
 * exactly once, in {@link #finish}.
 *
 * <p>Longer than most files because it is one state machine: forwarding in both directions and
 * ending share the same few fields, and splitting them further would hide the order in which they
 * change. Confined to the event loop of its downstream connection.
 */
public final class Exchange implements RouteRequest, UpstreamSource.Waiter {

  /** 1xx heads passed per response; more is an endpoint gone wrong. */
  private static final int MAX_INFORMATIONAL = 16;

  private static final Object END = new Object();

  final Worker worker;
  final Peer peer;
  final RequestHead head;
  final long startNanos;
  final ProxyState state;
  private final Downstream downstream;
  private final long headBytes;
  private final boolean upgrade;
  private @Nullable GrpcCall grpc;

  private String originalPath = "";
  private @Nullable String originalQuery;
  private String originalAuthority = "";
  private boolean headPrepared;
  private long dice;

  @Nullable RouteMatch match;
  private @Nullable RoutePlan plan;
  private @Nullable FilterRun filters;
  private boolean hasBodyFilters;
  private @Nullable InetSocketAddress client;
  private boolean preserveHost;
  private @Nullable URI upstreamUri;
  private long maxBody;

  final Tries tries;
  final ExchangeTimers timers;
  private @Nullable Upstream upstream;
  private boolean acquiring;
  private UpstreamSource.@Nullable Place queued;
  private boolean isInTurn;

  private long requestBytes;
  private boolean requestEnded;
  private boolean requestSent;
  private @Nullable HeaderBlock requestTrailers;
  private @Nullable ArrayDeque<Object> requestQueue;

  @Nullable ResponseHead response;
  private @Nullable ResponseHead heldHead;
  private boolean responseBodiless;
  private boolean responseStarted;
  private boolean responseBegunUpstream;
  private int informational;
  private @Nullable ArrayDeque<Object> responseQueue;
  private @Nullable HeaderBlock responseTrailers;
  private @Nullable Tunnel tunnel;
  // The client's key, when it is ours to answer; and ours, when the endpoint is to answer it.
  private String clientKey = "";
  private String ownKey = "";
  private boolean isLocal;
  private boolean isPatient;

  long bytesOut;
  String why = "";
  private @Nullable Object trace;
  private boolean done;

  /**
   * A request whose head has arrived.
   *
   * @param headBytes size of the head on the wire
   * @param upgrade whether it asks for a WebSocket in a way that may be passed on: by Upgrade, or
   *     by extended CONNECT (RFC 8441), of which the codec makes a GET
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
    this.grpc = GrpcCall.of(head);
    this.state = worker.state();
    this.tries = new Tries(this, worker);
    this.timers = new ExchangeTimers(this, worker);
    this.maxBody = peer.listener().spec().http().maxBodyBytes();
  }

  // ---------------------------------------------------------------- what the client's side tells

  /** Routes the request and begins to forward it. Called once, first. */
  public void begin() {
    worker.ledger().countAccepted();
    isInTurn = true;
    try {
      originalPath = head.path();
      originalQuery = head.query();
      originalAuthority = head.authority();
      client = peer.client(head);
      stripForgedIdentity(head.headers());
      if (peer.stripUntrusted(head.headers())) {
        worker.metrics().onSecurity(worker.index(), "untrusted-forwarding", "strip");
      }
      if (worker.tracing() != null) {
        trace = worker.tracing().start(head);
      }
      GrpcCall call = grpc;
      if (call == null || beginCall(call)) {
        route();
      }
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
    worker.ledger().countAccepted();
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
      if (tunnel != null) {
        tunnel.onClientData(data);
      } else if (requestBytes > maxBody) {
        data.release();
        refuseBody();
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
    stripForgedIdentity(trailers);
    requestTrailers = trailers;
    if (trailers != null && peer.stripUntrusted(trailers)) {
      worker.metrics().onSecurity(worker.index(), "untrusted-forwarding", "strip");
    }
    try {
      if (tunnel != null) {
        tunnel.onClientEnd();
      } else if (mayForwardRequest()) {
        forwardRequestEnd(0);
      } else {
        requestQueue().add(END);
      }
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private void stripForgedIdentity(@Nullable HeaderBlock fields) {
    if (peer.stripForgedIdentity(fields)) {
      worker.metrics().onSecurity(worker.index(), "forged-identity", "strip");
    }
  }

  /** The client's stream can take more response body again. */
  public void onDownstreamWritable() {
    Upstream stream = upstream;
    if (!done && stream != null && !isSuspended()) {
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

  /** Bytes of request body that are kept so that it can be sent again. */
  public int keptBytes() {
    return tries.keptBytes();
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

  // ---------------------------------------------------------------- gRPC

  /** Whether a gRPC call goes on to a route. */
  private boolean beginCall(GrpcCall call) {
    if (!call.canBeAnswered(head)) {
      // Not a gRPC client, then: it gets the plain answer.
      grpc = null;
      fail(Why.TRAILERS_IMPOSSIBLE);
      return false;
    }
    LocalService service = state.localService();
    if (call.kind() != GrpcKind.GRPC || !service.serves(peer.listener().spec(), head)) {
      return true;
    }
    if (limitCall(call, RouteTimeouts.NONE)) {
      isLocal = true;
      bePatient();
      upstream = service.open(this);
      upstream.sendHead(head, head.authority(), head.contentLength() == 0);
      downstream.readBody(true);
    }
    return false;
  }

  /** Gives the call its deadline; false when that has ended it. */
  private boolean limitCall(GrpcCall call, RouteTimeouts timeouts) {
    long longest = timeouts.grpcMaxDeadlineNanos();
    if (longest == 0) {
      longest = grpcLimits().maxDeadline().toNanos();
    }
    if (!call.readTimeout(head.headers(), longest)) {
      fail(Why.BAD_GRPC_TIMEOUT);
    } else if (call.hasTimeout() && call.timeoutNanos() == 0) {
      fail(Why.GRPC_DEADLINE);
    } else if (call.hasTimeout()) {
      timers.total(startNanos + call.timeoutNanos(), Why.GRPC_DEADLINE);
    }
    return !done;
  }

  private GrpcLimits grpcLimits() {
    return peer.listener().spec().http().grpc();
  }

  /** A gRPC stream may be quiet for as long as its deadline and one idle limit let it. */
  private void bePatient() {
    isPatient = true;
    timers.bePatient(grpcLimits().idleTimeout().toNanos(), System.nanoTime());
  }

  /**
   * Whether this is a gRPC call whose pauses are its own affair: the limits for quiet and slow
   * bodies are not for it, its deadline and {@code http.grpc.idle-timeout} are. Only towards
   * endpoints over HTTP/2, where a waiting stream holds no connection that others could use.
   */
  public boolean isPatient() {
    return isPatient;
  }

  /**
   * Whether the endpoint failed a call because its time is over: it knows the deadline too, and
   * gives up at the same moment.
   */
  private boolean isCallOver(Why reason) {
    return grpc != null
        && reason.side() == Why.Side.UPSTREAM
        && grpc.isOver(System.nanoTime() - startNanos);
  }

  /** Whether the client can be told of a failure by the trailers of the response that has begun. */
  private boolean endsInTrailers() {
    ResponseHead begun = response;
    return grpc != null
        && grpc.kind() == GrpcKind.GRPC
        && begun != null
        && begun.status() == 200
        && begun.contentLength() == ResponseHead.UNKNOWN_LENGTH
        && GrpcKind.of(begun.headers()) == GrpcKind.GRPC
        && !responseBodiless
        && !hasBodyFilters;
  }

  /** Runs a task on the exchange's event loop, later than what runs now. */
  public void execute(Runnable task) {
    worker
        .eventLoop()
        .execute(() -> {
          try {
            task.run();
          } catch (Throwable t) {
            contain(t, Why.INTERNAL_ERROR);
          }
        });
  }

  /** Arms a timer of a stream of this exchange. */
  public void arm(TimerWheel.Task task, long deadlineNanos) {
    worker.timers().arm(task, deadlineNanos);
  }

  /** Takes a timer of a stream of this exchange away. */
  public void disarm(TimerWheel.Task task) {
    worker.timers().cancel(task);
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
    if (chosen.filters().length > 0) {
      filters = new FilterRun(this, chosen.filters());
      hasBodyFilters = chosen.hasBodyFilters();
    }
    tries.cluster(chosen.cluster());
    RouteTimeouts timeouts = chosen.timeouts();
    if (timeouts.maxBodyBytes() > 0) {
      maxBody = timeouts.maxBodyBytes();
    }
    if (timeouts.totalNanos() > 0) {
      timers.total(startNanos + timeouts.totalNanos(), Why.TOTAL_TIMEOUT);
    }
    if (grpc != null && !limitCall(grpc, timeouts)) {
      return;
    }
    filterRequestHead(0);
  }

  /** Goes on with the request head at filter {@code from}. */
  void filterRequestHead(int from) {
    FilterRun run = filters;
    if (run == null || run.requestHead(from)) {
      dispatch();
    }
  }

  private void dispatch() {
    if (head.contentLength() > maxBody) {
      refuseBody();
      return;
    }
    if (upstreamUri != null && !useUpstreamUri(upstreamUri)) {
      return;
    }
    if (tries.cluster == null) {
      fail(Why.NO_HEALTHY_ENDPOINT);
      return;
    }
    if (upgrade && !mayShakeHands(tries.cluster)) {
      return;
    }
    if (grpc != null && tries.cluster.spec().protocol() == ClusterSpec.Protocol.HTTP2) {
      bePatient();
    }
    prepareHead();
    if (hasBodyFilters && head.contentLength() != 0) {
      head.contentLength(RequestHead.UNKNOWN_LENGTH);
      head.headers().remove(HeaderName.CONTENT_LENGTH);
    }
    tries.prepare();
    tryEndpoint(false);
  }

  /** Whether the handshake can go on to this cluster; answers it when not. */
  private boolean mayShakeHands(Cluster target) {
    if (!webSocket().enabled()) {
      fail(Why.UPGRADE_NOT_SUPPORTED);
    } else if (target.spec().protocol() == ClusterSpec.Protocol.HTTP2
        && head.version() == HttpVersion.HTTP_1_1
        && !Handshake.isKey(head.headers().get(Handshake.KEY))) {
      // It is ours to answer: RFC 8441 has no key that the endpoint could judge.
      fail(Why.BAD_WEBSOCKET_KEY);
    } else {
      return true;
    }
    return false;
  }

  private WebSocketLimits webSocket() {
    return peer.listener().spec().http().webSocket();
  }

  private void refuseBody() {
    worker.metrics().onSecurity(worker.index(), Why.BODY_TOO_LARGE.code(), "reject");
    fail(Why.BODY_TOO_LARGE);
  }

  private boolean useUpstreamUri(URI uri) {
    int port = uri.getPort() < 0 ? 80 : uri.getPort();
    String host = uri.getHost();
    boolean isPort = port > 0 && port <= 65_535;
    if (host == null || !isPort || !"http".equalsIgnoreCase(uri.getScheme())) {
      fail(Why.FILTER_ERROR);
      return false;
    }
    tries.cluster(state.adHocCluster(new HostPort(stripBrackets(host), port)));
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
      if (isSpokenByEndpoints(ClusterSpec.Protocol.HTTP2)) {
        String key = headers.get(Handshake.KEY);
        clientKey = key == null ? "" : key;
        headers.remove(Handshake.KEY);
      } else if (head.version() != HttpVersion.HTTP_1_1) {
        ownKey = Handshake.newKey(worker.random(), worker.random());
        headers.set(Handshake.KEY, ownKey);
      }
    }
  }

  private boolean isSpokenByEndpoints(ClusterSpec.Protocol protocol) {
    return tries.cluster != null && tries.cluster.spec().protocol() == protocol;
  }

  // ---------------------------------------------------------------- tries

  private void tryEndpoint(boolean fresh) {
    // What the last try was waited for says nothing about this one.
    timers.waitForNothing();
    Endpoint chosen = tries.begin(fresh);
    Cluster target = tries.cluster;
    if (chosen == null || target == null) {
      fail(Why.NO_HEALTHY_ENDPOINT);
      return;
    }
    acquiring = true;
    long connectNanos = timeouts().connectNanos();
    worker
        .upstreams()
        .acquire(
            target,
            chosen,
            // A connection that ends as a tunnel serves nobody else: it need not be a pooled one,
            // which might be stale.
            fresh || (upgrade && target.spec().protocol() == ClusterSpec.Protocol.HTTP1),
            connectNanos > 0 ? connectNanos : target.spec().connectTimeout().toNanos(),
            this);
  }

  @Override
  public boolean isWaiting() {
    return acquiring && !done;
  }

  @Override
  public void onUpstreamQueued(UpstreamSource.Place place) {
    queued = place;
  }

  @Override
  public void onUpstreamReady(Upstream stream) {
    try {
      acquiring = false;
      queued = null;
      upstream = stream;
      tries.sending();
      if (grpc != null) {
        grpc.writeTimeout(head.headers(), System.nanoTime() - startNanos);
      }
      stream.sendHead(head, hostFor(), isRequestBodiless());
      tries.ready(stream);
      if (requestSent) {
        awaitResponseHead();
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

  /** Whether the head is all there is: a body of length 0 may still have trailers behind it. */
  private boolean isRequestBodiless() {
    return head.contentLength() == 0 && !downstream.awaitsEnd() && requestTrailers == null;
  }

  private String hostFor() {
    Endpoint target = tries.endpoint;
    if (preserveHost || target == null) {
      return head.authority();
    }
    // The port that the scheme implies is left out, as clients do (RFC 9110 section 4.2.1).
    String label = target.label();
    Cluster used = tries.cluster;
    String implied = used != null && used.spec().tls() != null ? ":443" : ":80";
    return label.endsWith(implied) ? label.substring(0, label.length() - implied.length()) : label;
  }

  @Override
  public void onUpstreamUnavailable(Why reason) {
    if (done) {
      return;
    }
    try {
      acquiring = false;
      queued = null;
      boolean endpointFault =
          reason == Why.CONNECT_FAILED
              || reason == Why.CONNECT_TIMEOUT
              || reason == Why.UPSTREAM_TLS;
      tries.end(endpointFault ? Endpoint.Outcome.FAILURE : Endpoint.Outcome.CANCELLED);
      boolean mayBeBetterElsewhere = endpointFault || reason == Why.NO_SOCKET;
      boolean again = mayBeBetterElsewhere && tries.afterConnectFailure(reason);
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

  /** The endpoint's connection ended or misbehaved before the response had ended. */
  public void onUpstreamFailure(Why reason, boolean responseByteSeen) {
    if (done) {
      return;
    }
    try {
      Upstream failed = upstream;
      upstream = null;
      if (tunnel != null && tunnel.onEndpointGone()) {
        return;
      }
      boolean reused = failed != null && failed.isReused();
      if (isCallOver(reason)) {
        tries.end(Endpoint.Outcome.CANCELLED);
        fail(Why.GRPC_DEADLINE);
      } else if (responseStarted || isSuspended()) {
        // What a filter holds back cannot be sent again.
        tries.end(Endpoint.Outcome.FAILURE);
        fail(reason);
      } else if (reused
          && !responseByteSeen
          && reason == Why.UPSTREAM_CLOSED
          && tries.afterStaleConnection()) {
        tryEndpoint(true);
      } else {
        tries.end(Endpoint.Outcome.FAILURE);
        retryOrFail(reason);
      }
      flushIfLate();
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  /**
   * The endpoint did not process the request and says so (RFC 9113 section 8.7): it is sent once
   * more whatever its method, and nobody is blamed.
   */
  public void onUpstreamRefused() {
    if (done) {
      return;
    }
    try {
      upstream = null;
      boolean again = !responseStarted && !isSuspended() && tries.afterRefusal();
      tries.end(Endpoint.Outcome.CANCELLED);
      if (again) {
        tryEndpoint(false);
      } else {
        fail(Why.UPSTREAM_REFUSED);
      }
      flushIfLate();
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private void retryOrFail(Why reason) {
    if (tries.afterFailure(reason)) {
      retry();
    } else {
      fail(reason);
    }
  }

  private void retry() {
    long backoff = tries.backoffNanos();
    if (backoff <= 0) {
      tryEndpoint(false);
    } else {
      timers.waitFor(Waiting.BACKOFF, System.nanoTime() + backoff, Why.INTERNAL_ERROR);
    }
  }

  void onBackoffOver() {
    tryEndpoint(false);
    flushIfLate();
  }

  /** The endpoint kept silent for too long before its response. */
  void onTryTimeout(Why reason) {
    cancelUpstream();
    tries.end(Endpoint.Outcome.FAILURE);
    retryOrFail(reason);
    flushIfLate();
  }

  // ---------------------------------------------------------------- request body

  private boolean mayForwardRequest() {
    return upstream != null && !isSuspended() && (requestQueue == null || requestQueue.isEmpty());
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
    while (queue != null && !queue.isEmpty() && upstream != null && !isSuspended() && !done) {
      Object next = queue.poll();
      if (next instanceof ByteBuf data) {
        forwardRequestData(data, 0);
      } else {
        forwardRequestEnd(0);
      }
    }
  }

  /** Forwards body that the filters before {@code from} have seen; takes ownership. */
  void forwardRequestData(ByteBuf data, int from) {
    FilterRun run = filters;
    ByteBuf piece = run != null && hasBodyFilters ? run.requestData(data, from) : data;
    if (piece != null) {
      sendRequestData(piece);
    }
  }

  private void sendRequestData(ByteBuf piece) {
    Upstream stream = upstream;
    if (stream == null || !piece.isReadable()) {
      piece.release();
      return;
    }
    tries.sent(piece);
    if (isPatient) {
      timers.moved();
    }
    stream.sendData(piece);
    if (!stream.isWritable()) {
      downstream.readBody(false);
      stream.flush();
      if (!stream.isWritable() && !isPatient && timers.isWaitingFor(Waiting.NOTHING)) {
        long stall = peer.listener().spec().http().writeStallTimeout().toNanos();
        timers.waitFor(Waiting.UPSTREAM_WRITABLE, System.nanoTime() + stall, Why.UPSTREAM_STALLED);
      }
    }
  }

  /** The endpoint's stream can take more request body again. */
  public void onUpstreamWritable() {
    if (done || isSuspended()) {
      return;
    }
    if (timers.isWaitingFor(Waiting.UPSTREAM_WRITABLE)) {
      timers.waitForNothing();
    }
    downstream.readBody(true);
  }

  /** Forwards the end that the filters before {@code from} have seen. */
  void forwardRequestEnd(int from) {
    HeaderBlock trailers = requestTrailers;
    FilterRun run = filters;
    if (run != null && hasBodyFilters) {
      trailers = trailers == null ? new HeaderBlock(128, 4) : trailers;
      requestTrailers = trailers;
      if (!run.requestTrailers(trailers, from)) {
        return;
      }
    }
    Upstream stream = upstream;
    if (stream == null || tunnel != null) {
      return;
    }
    stream.sendEnd(trailers);
    tries.sentAll(trailers);
    requestSent = true;
    if (!responseBegunUpstream) {
      awaitResponseHead();
    }
  }

  private RouteTimeouts timeouts() {
    RoutePlan current = plan;
    return current == null ? RouteTimeouts.NONE : current.timeouts();
  }

  private void awaitResponseHead() {
    long now = System.nanoTime();
    Cluster target = tries.cluster;
    RouteTimeouts timeouts = timeouts();
    Why reason = Why.FIRST_BYTE_TIMEOUT;
    long firstByte = target == null || isPatient ? 0 : target.spec().firstByteTimeout().toNanos();
    if (timeouts.responseNanos() != 0) {
      firstByte = timeouts.responseNanos();
      reason = Why.RESPONSE_TIMEOUT;
    }
    long deadline = Long.MAX_VALUE;
    if (firstByte > 0) {
      deadline = now + firstByte;
    }
    long overall = peer.listener().spec().http().responseTimeout().toNanos();
    if (overall > 0 && !isPatient && timeouts.responseNanos() == 0 && now + overall < deadline) {
      deadline = now + overall;
      reason = Why.RESPONSE_TIMEOUT;
    }
    long perTry = timeouts.perTryNanos();
    if (perTry > 0 && tries.startNanos + perTry < deadline) {
      deadline = tries.startNanos + perTry;
      reason = Why.PER_TRY_TIMEOUT;
    }
    timers.waitFor(Waiting.RESPONSE_HEAD, deadline, reason);
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
        tries.end(Endpoint.Outcome.FAILURE);
        fail(Why.UPSTREAM_MALFORMED);
        flushIfLate();
        return;
      }
      if (!responseStarted && head.version() != HttpVersion.HTTP_1_0) {
        HopByHop.stripResponse(interim.headers());
        interim.headers().remove(HeaderName.CONTENT_LENGTH);
        downstream.sendInformational(interim);
      }
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  /**
   * The endpoint goes over to WebSocket: with 101, or with 2xx on HTTP/2 (RFC 8441 section 5). The
   * client's side gets the head as a 101 and says it in its protocol's way.
   */
  public void onResponseUpgrade(ResponseHead switched) {
    if (done) {
      return;
    }
    try {
      tries.answered(switched.status());
      HeaderBlock headers = switched.headers();
      HopByHop.stripResponse(headers);
      headers.add(HeaderName.CONNECTION, "Upgrade");
      headers.add(HeaderName.UPGRADE, "websocket");
      if (switched.status() != 101) {
        switched.reset(101, "", 0);
        headers.set(Handshake.ACCEPT, Handshake.accept(clientKey));
      }
      setAffinity(switched);
      response = switched;
      responseStarted = true;
      long routes = timeouts().tunnelIdleNanos();
      tunnel =
          new Tunnel(
              this,
              downstream,
              ReservedBits.agreed(headers),
              peer.listener(),
              routes > 0 ? routes : webSocket().idleTimeout().toNanos());
      // The request had no body, but the tunnel's end is yet to come.
      requestEnded = false;
      tries.noMore();
      timers.waitForNothing();
      downstream.sendUpgrade(switched);
      downstream.readBody(true);
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  /** Whether a WebSocket is asked for. */
  public boolean mayUpgrade() {
    return upgrade;
  }

  /** Whether a 101 answers what was asked: proves that our key, if it was ours, was understood. */
  public boolean mayUpgrade(ResponseHead switched) {
    return upgrade
        && (ownKey.isEmpty()
            || Handshake.accept(ownKey).equals(switched.headers().get(Handshake.ACCEPT)));
  }

  /** The final response head has arrived. {@code bodiless}: the end follows without data. */
  public void onResponseHead(ResponseHead arrived, boolean bodiless) {
    if (done) {
      return;
    }
    responseBodiless = bodiless;
    if (isSuspended()) {
      // An early answer, while a filter still holds the request.
      heldHead = arrived;
      return;
    }
    try {
      answered(arrived);
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private void answered(ResponseHead arrived) {
    tries.answered(arrived.status());
    if (requestSent && tries.afterStatus(arrived.status())) {
      cancelUpstream();
      tries.end();
      retry();
      flushIfLate();
      return;
    }
    if (upgrade
        && head.version() != HttpVersion.HTTP_1_1
        && arrived.status() >= 200
        && arrived.status() < 300) {
      // To this client 2xx would say that the WebSocket is open.
      cancelUpstream();
      tries.end(Endpoint.Outcome.SUCCESS);
      fail(Why.UPGRADE_IGNORED);
      flushIfLate();
      return;
    }
    responseBegunUpstream = true;
    response = arrived;
    tries.noMore();
    HopByHop.stripResponse(arrived.headers());
    if (hasBodyFilters && !responseBodiless) {
      arrived.contentLength(ResponseHead.UNKNOWN_LENGTH);
      arrived.headers().remove(HeaderName.CONTENT_LENGTH);
    }
    setAffinity(arrived);
    if (responseBodiless) {
      timers.waitForNothing();
    } else {
      timers.waitForBody(tries.headNanos);
    }
    FilterRun run = filters;
    filterResponseHead(run == null ? -1 : run.lastBegun());
  }

  private void setAffinity(ResponseHead arrived) {
    Cluster target = tries.cluster;
    Endpoint used = tries.endpoint;
    if (target == null || used == null || !target.spec().balancer().equals("session-affinity")) {
      return;
    }
    String token = used.affinityToken();
    if (!token.equals(tries.affinity())) {
      arrived
          .headers()
          .add(
              HeaderName.SET_COOKIE,
              target.spec().affinityCookie() + "=" + token + "; Path=/; HttpOnly; SameSite=Lax");
    }
  }

  /** How long the response body may pause. */
  long bodyIdleNanos() {
    return peer.listener().spec().http().bodyIdleTimeout().toNanos();
  }

  /** Goes on with the response head at filter {@code from}, downwards. */
  void filterResponseHead(int from) {
    FilterRun run = filters;
    if (run != null && !run.responseHead(from)) {
      return;
    }
    ResponseHead ready = response;
    if (ready == null) {
      throw new IllegalStateException("no response to send");
    }
    frame(ready);
    responseStarted = true;
    downstream.sendHead(ready, responseBodiless);
  }

  /**
   * Makes the head say what the client's connection can carry: a filter may have changed the status
   * from or to one that has no body (RFC 9112 section 6.3). A body that may not follow is dropped.
   */
  private void frame(ResponseHead ready) {
    int status = ready.status();
    HeaderBlock headers = ready.headers();
    if (status == 204 || status == 304) {
      responseBodiless = true;
      if (status == 204) {
        headers.remove(HeaderName.CONTENT_LENGTH);
      }
    } else if (responseBodiless
        && !head.method().equals("HEAD")
        && (ready.contentLength() != 0 || !headers.contains(HeaderName.CONTENT_LENGTH))) {
      ready.contentLength(0);
      headers.set(HeaderName.CONTENT_LENGTH, "0");
    }
  }

  /** A piece of response body has arrived; takes ownership. */
  public void onResponseData(ByteBuf data) {
    if (done) {
      data.release();
      return;
    }
    try {
      if (tunnel != null) {
        tunnel.onEndpointData(data);
        return;
      }
      if (isSuspended()) {
        responseQueue().add(data);
        return;
      }
      forwardResponseData(data);
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

  private void forwardResponseData(ByteBuf data) {
    FilterRun run = filters;
    forwardResponseData(data, run == null ? -1 : run.last());
  }

  /** Forwards body that the filters behind {@code from} have seen; takes ownership. */
  void forwardResponseData(ByteBuf data, int from) {
    FilterRun run = filters;
    ByteBuf piece = run != null && hasBodyFilters ? run.responseData(data, from) : data;
    if (piece != null) {
      sendResponseData(piece);
    }
  }

  /** Sends what filters have seen, or a tunnel's bytes, to the client; takes ownership. */
  void sendResponseData(ByteBuf piece) {
    if (!piece.isReadable() || responseBodiless) {
      piece.release();
      return;
    }
    timers.moved();
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
      if (tunnel != null) {
        tunnel.onEndpointEnd();
        return;
      }
      responseTrailers = trailers;
      if (isSuspended()) {
        responseQueue().add(END);
        return;
      }
      forwardResponseEnd();
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  private void forwardResponseEnd() {
    FilterRun run = filters;
    forwardResponseEnd(run == null ? -1 : run.nextTrailers());
  }

  /** The end waits behind data that an outer filter holds. */
  void holdResponseEnd() {
    responseQueue().addFirst(END);
  }

  /** Forwards the end that the filters behind {@code from} have seen. */
  void forwardResponseEnd(int from) {
    HeaderBlock trailers = responseTrailers;
    FilterRun run = filters;
    if (run != null && hasBodyFilters) {
      trailers = trailers == null ? new HeaderBlock(128, 4) : trailers;
      responseTrailers = trailers;
      if (!run.responseTrailers(trailers, from)) {
        return;
      }
    }
    Upstream stream = upstream;
    upstream = null;
    tries.end();
    downstream.sendEnd(trailers);
    if (stream != null) {
      // A pooled connection must be left readable: only when the whole request went out and the
      // client is still there was its reading never stopped for good (DESIGN.md, the hang).
      stream.release(requestSent && downstream.isOpen());
    }
    finish(true);
  }

  // ---------------------------------------------------------------- tunnel

  /** The endpoint's stream; null when it is gone. */
  @Nullable Upstream upstream() {
    return upstream;
  }

  /** The gateway ends the tunnel. */
  void tunnelEndsFor(Why reason) {
    why = reason.code();
    worker.metrics().onFailure(worker.index(), why);
  }

  /**
   * Ends the exchange with its tunnel.
   *
   * @param complete whether that is an end as the protocol has it
   * @param cutClient whether the client is to see a reset instead of an end
   * @param cutEndpoint the same for the endpoint
   */
  void endTunnel(boolean complete, boolean cutClient, boolean cutEndpoint) {
    Upstream stream = upstream;
    upstream = null;
    if (stream != null && cutEndpoint) {
      stream.cancel();
    } else if (stream != null) {
      stream.sendEnd(null);
      stream.flush();
      stream.release(false);
    }
    if (complete) {
      tries.end();
    } else {
      tries.end(Endpoint.Outcome.CANCELLED);
    }
    if (cutClient) {
      downstream.abort();
    } else {
      downstream.sendEnd(null);
    }
    finish(complete);
    flushIfLate();
  }

  /** The client's connection is asked to leave. */
  public void onDrain() {
    try {
      if (!done && tunnel != null) {
        tunnel.drain();
      }
    } catch (Throwable t) {
      contain(t, Why.INTERNAL_ERROR);
    }
  }

  // ---------------------------------------------------------------- suspend and resume

  private boolean isSuspended() {
    FilterRun run = filters;
    return run != null && run.isSuspended();
  }

  /** A filter waits: nothing is read from either side. */
  void onSuspended() {
    downstream.readBody(false);
    Upstream stream = upstream;
    if (stream != null) {
      stream.readBody(false);
    }
    long limit = peer.listener().spec().http().responseTimeout().toNanos();
    limit = limit > 0 ? limit : 60_000_000_000L;
    timers.waitFor(Waiting.FILTER, System.nanoTime() + limit, Why.FILTER_TIMEOUT);
  }

  /** The filter waits no longer, and what it held has gone on: what has queued up follows. */
  void onResumed() {
    if (!done && !isSuspended()) {
      drainRequestQueue();
      drainResponseQueue();
    }
    if (!done && !isSuspended()) {
      readAgain();
    }
    flushUpstream();
    downstream.flush();
  }

  private void readAgain() {
    Upstream stream = upstream;
    if (stream == null || tunnel != null) {
      return;
    }
    if (responseStarted) {
      timers.waitForBody(System.nanoTime());
    } else if (requestSent) {
      awaitResponseHead();
    }
    stream.readBody(downstream.isWritable());
    if (!requestEnded && stream.isWritable()) {
      downstream.readBody(true);
    }
  }

  private void drainResponseQueue() {
    ResponseHead early = heldHead;
    if (early != null) {
      heldHead = null;
      answered(early);
    }
    ArrayDeque<Object> queue = responseQueue;
    while (queue != null && !queue.isEmpty() && !isSuspended() && !done) {
      Object next = queue.poll();
      if (next instanceof ByteBuf data) {
        forwardResponseData(data);
      } else {
        forwardResponseEnd();
      }
    }
  }

  // ---------------------------------------------------------------- local answers and failures

  /** Answers for a filter; {@code reason} is null for an intended answer. */
  void respond(LocalResponse answer, @Nullable String reason) {
    if (done || (responseStarted && reason == null)) {
      throw new IllegalStateException("the response has begun already");
    }
    if (reason != null) {
      why = reason;
      worker.metrics().onFailure(worker.index(), reason);
    }
    if (responseStarted) {
      // Too late to say it: the client notices that what it has is not whole.
      cancelUpstream();
      tries.end(Endpoint.Outcome.CANCELLED);
      downstream.abort();
      finish(false);
      return;
    }
    GrpcCall call = grpc;
    LocalResponse made =
        call == null || reason == null ? answer : GrpcProblem.of(call.kind(), answer, reason);
    answerLocally(made, filters);
    flushIfLate();
  }

  private void answerLocally(LocalResponse answer, @Nullable FilterRun shownTo) {
    isLocal = true;
    cancelUpstream();
    tries.end(Endpoint.Outcome.CANCELLED);
    tries.noMore();
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
    if (shownTo != null) {
      shownTo.localResponseHead();
    }
    frame(made);
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
    GrpcCall call = grpc;
    why = reason.code();
    worker.metrics().onFailure(worker.index(), why);
    boolean mayTell = reason.status() != 0 && downstream.isOpen();
    if (responseStarted || !mayTell) {
      cancelUpstream();
      tries.end(Endpoint.Outcome.CANCELLED);
      if (mayTell && endsInTrailers()) {
        HeaderBlock trailers = GrpcProblem.trailers(reason);
        if (peer.isTrusted()) {
          trailers.add(HeaderName.X_EXPRESSGATEWAY_WHY, why);
        }
        downstream.sendEnd(trailers);
      } else {
        downstream.abort();
      }
      finish(false);
      return;
    }
    answerLocally(call == null ? Problem.of(reason) : GrpcProblem.of(call.kind(), reason), null);
  }

  private void abortDownstream(Why reason) {
    if (done || (tunnel != null && tunnel.onClientGone())) {
      return;
    }
    why = reason.code();
    worker.metrics().onFailure(worker.index(), why);
    cancelUpstream();
    tries.end(Endpoint.Outcome.CANCELLED);
    finish(false);
  }

  private void cancelUpstream() {
    acquiring = false;
    UpstreamSource.Place place = queued;
    if (place != null) {
      queued = null;
      place.leave();
    }
    Upstream stream = upstream;
    upstream = null;
    if (stream != null) {
      stream.cancel();
    }
  }

  /** Something of ours or of a filter threw: this exchange ends, everything else goes on. */
  void contain(Throwable cause, Why reason) {
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

  private void finish(boolean complete) {
    if (done) {
      return;
    }
    done = true;
    timers.cancel();
    if (tunnel != null) {
      tunnel.cancel();
    }
    cancelUpstream();
    tries.noMore();
    releaseQueue(requestQueue);
    releaseQueue(responseQueue);
    FilterRun run = filters;
    if (run != null) {
      run.end();
    }
    if (!complete) {
      worker.ledger().countAborted();
    } else if (isLocal && tries.count == 0) {
      worker.ledger().countRefused();
    } else {
      worker.ledger().countCompleted();
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

  boolean isDownstreamWritable() {
    return downstream.isWritable();
  }

  /** The endpoint fell silent within its response body. */
  void onResponseStalled(Why reason) {
    cancelUpstream();
    tries.end(Endpoint.Outcome.FAILURE);
    timeOut(reason);
  }

  void timeOut(Why reason) {
    if (tunnel != null) {
      tunnel.expire(reason);
    } else {
      fail(reason);
    }
    flushIfLate();
  }

  /** Ends the exchange because the gateway stops and its patience is over. */
  public void onShutdown() {
    if (!done && tunnel != null) {
      tunnel.shutDown();
    } else if (!done) {
      fail(Why.SHUTDOWN);
      downstream.flush();
    }
  }

  // ---------------------------------------------------------------- what filters see and set

  /** Whether there is nothing left to filter: the exchange is over or answered locally. */
  boolean isAnswered() {
    return done || isLocal;
  }

  /** The client: the peer, or what trusted forwarding headers say. */
  InetSocketAddress clientAddress() {
    return client == null ? peer.address() : client;
  }

  /** Request body bytes received so far. */
  long requestBytes() {
    return requestBytes;
  }

  void preserveHost(boolean preserve) {
    preserveHost = preserve;
  }

  void upstreamUri(URI uri) {
    upstreamUri = uri;
  }

  void maxRequestBody(long bytes) {
    maxBody = bytes;
  }

  // ---------------------------------------------------------------- what routes and records see

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
