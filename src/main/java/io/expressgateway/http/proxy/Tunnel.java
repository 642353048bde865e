package io.expressgateway.http.proxy;

import io.expressgateway.http.Why;
import io.expressgateway.http.websocket.CloseFrame;
import io.expressgateway.http.websocket.FrameRate;
import io.expressgateway.http.websocket.FrameTracker;
import io.expressgateway.http.websocket.FrameTracker.Fault;
import io.expressgateway.http.websocket.ReservedBits;
import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import io.expressgateway.loop.TimerWheel;
import io.expressgateway.net.Ticker;
import io.expressgateway.snapshot.WebSocketLimits;
import io.netty.buffer.ByteBuf;

/**
 * A WebSocket between its handshake and its end: bytes pass both ways unchanged while the frames in
 * them are followed. Each direction ends by itself; the exchange is over when both have, or when
 * both peers have said Close and the endpoint has ended.
 *
 * <p>When the gateway ends it, whoever broke a rule is told the rule's close code and everybody
 * else 1001, in a close frame of ours where the direction stands between two frames; a peer that is
 * in the middle of one is cut off instead. A client is told after the endpoint has answered what
 * came before. Both have {@link #CLOSE_WAIT_NANOS} to answer, in which what they send is dropped.
 * Confined to the exchange's event loop.
 */
final class Tunnel extends TimerWheel.Task {

  /** Half of the default {@code drain.timeout}, the spread over its first quarter included. */
  private static final long CLOSE_WAIT_NANOS = 5_000_000_000L;

  private final Exchange exchange;
  private final Rules rules;
  private final Worker worker;
  private final Downstream downstream;
  private final FrameTracker fromClient;
  private final FrameTracker fromEndpoint;
  private final long idleNanos;
  private final long lifetimeNanos;
  private final long bornNanos = System.nanoTime();

  private long lastMoveNanos = bornNanos;
  private boolean clientEnded;
  private boolean clientWasToldTheEnd;
  // The close code that the client is told when the endpoint has answered what came before; or 0.
  private int owedToClient;
  private boolean endpointEnded;
  private boolean bothSaidClose;
  private boolean closing;
  private boolean asTheProtocolHasIt;
  private boolean clientDone;
  private boolean endpointDone;
  private boolean cutClient;
  private boolean cutEndpoint;

  /**
   * @param idleNanos how long nothing may move; 0 for ever
   */
  Tunnel(
      Exchange exchange,
      Downstream downstream,
      ReservedBits reserved,
      ListenerContext listener,
      long idleNanos) {
    WebSocketLimits limits = listener.spec().http().webSocket();
    this.rules = listener.rules();
    this.exchange = exchange;
    this.worker = exchange.worker;
    this.downstream = downstream;
    this.idleNanos = idleNanos;
    this.lifetimeNanos = limits.maxLifetime().toNanos();
    this.fromClient = tracker(true, reserved, limits);
    this.fromEndpoint = tracker(false, reserved, limits);
    arm();
  }

  private FrameTracker tracker(boolean masked, ReservedBits reserved, WebSocketLimits limits) {
    return new FrameTracker(
        masked,
        reserved,
        limits,
        new FrameRate(rules.threshold(Rule.WEBSOCKET_PING_FLOOD), Ticker.SYSTEM),
        new FrameRate(rules.threshold(Rule.WEBSOCKET_EMPTY_FLOOD), Ticker.SYSTEM),
        fault -> isObserved(rule(fault)));
  }

  private static Rule rule(Fault fault) {
    return switch (fault) {
      case PROTOCOL -> Rule.WEBSOCKET_PROTOCOL;
      case TOO_LARGE -> Rule.WEBSOCKET_TOO_LARGE;
      case PING_FLOOD -> Rule.WEBSOCKET_PING_FLOOD;
      case EMPTY_FLOOD -> Rule.WEBSOCKET_EMPTY_FLOOD;
    };
  }

  /** Counts what a rule found if that is all that is wanted; false when it is to be acted on. */
  private boolean isObserved(Rule rule) {
    boolean isObserved = rules.isObserved(rule);
    if (isObserved) {
      worker.metrics().onSecurity(worker.index(), rule.text(), Rule.OBSERVED);
    }
    return isObserved;
  }

  // ---------------------------------------------------------------- bytes

  /** Takes ownership. */
  void onClientData(ByteBuf data) {
    int passes = fromClient.inspect(data);
    if (closing) {
      data.release();
      clientDone |= fromClient.isClosed() || fromClient.fault() != null;
      endWhenDone();
      return;
    }
    lastMoveNanos = System.nanoTime();
    Fault fault = fromClient.fault();
    Upstream stream = exchange.upstream();
    if (fault == null && stream != null) {
      stream.sendData(data);
      if (!stream.isWritable()) {
        downstream.readBody(false);
      }
      noteClose();
      return;
    }
    if (stream != null && passes > 0) {
      stream.sendData(data.readRetainedSlice(passes));
    }
    data.release();
    if (fault != null) {
      clientDone = true;
      broken(fault, true);
    }
  }

  /** Takes ownership. */
  void onEndpointData(ByteBuf data) {
    int passes = fromEndpoint.inspect(data);
    if (closing) {
      if (owedToClient != 0 && passes > 0) {
        exchange.sendResponseData(data.readRetainedSlice(passes));
      }
      data.release();
      endpointDone |=
          fromEndpoint.isClosed() || fromEndpoint.isStopped() || fromEndpoint.fault() != null;
      endWhenDone();
      return;
    }
    lastMoveNanos = System.nanoTime();
    Fault fault = fromEndpoint.fault();
    if (fault == null) {
      exchange.sendResponseData(data);
      noteClose();
      return;
    }
    if (passes > 0) {
      exchange.sendResponseData(data.readRetainedSlice(passes));
    }
    data.release();
    endpointDone = true;
    broken(fault, false);
  }

  /** Once both have said Close there is nothing to wait for but the end. */
  private void noteClose() {
    if (!bothSaidClose && fromClient.isClosed() && fromEndpoint.isClosed()) {
      bothSaidClose = true;
      worker.timers().arm(this, System.nanoTime() + CLOSE_WAIT_NANOS);
    }
  }

  private void broken(Fault fault, boolean byClient) {
    Why why =
        switch (fault) {
          case PROTOCOL -> byClient ? Why.WEBSOCKET_PROTOCOL : Why.UPSTREAM_WEBSOCKET_PROTOCOL;
          case TOO_LARGE -> byClient ? Why.WEBSOCKET_TOO_LARGE : Why.UPSTREAM_WEBSOCKET_TOO_LARGE;
          case PING_FLOOD ->
              byClient ? Why.WEBSOCKET_PING_FLOOD : Why.UPSTREAM_WEBSOCKET_PING_FLOOD;
          case EMPTY_FLOOD ->
              byClient ? Why.WEBSOCKET_EMPTY_FLOOD : Why.UPSTREAM_WEBSOCKET_EMPTY_FLOOD;
        };
    int code =
        switch (fault) {
          case PROTOCOL -> CloseFrame.PROTOCOL_ERROR;
          case TOO_LARGE -> CloseFrame.TOO_LARGE;
          case PING_FLOOD, EMPTY_FLOOD -> CloseFrame.POLICY_VIOLATION;
        };
    worker.metrics().onSecurity(worker.index(), rule(fault).text(), "close");
    if (byClient) {
      owedToClient = code;
      close(why, code, CloseFrame.GOING_AWAY);
    } else {
      close(why, CloseFrame.GOING_AWAY, code);
    }
  }

  // ---------------------------------------------------------------- ends

  /** The client sends nothing more. */
  void onClientEnd() {
    clientEnded = true;
    clientDone = true;
    if (closing) {
      endWhenDone();
      return;
    }
    if (endpointEnded) {
      exchange.endTunnel(true, false, false);
      return;
    }
    Upstream stream = exchange.upstream();
    if (stream != null) {
      stream.sendEnd(null);
      stream.flush();
    }
  }

  /** The endpoint sends nothing more. */
  void onEndpointEnd() {
    endpointEnded = true;
    endpointDone = true;
    if (closing) {
      endWhenDone();
    } else if (clientEnded || bothSaidClose) {
      exchange.endTunnel(true, false, false);
    } else {
      clientWasToldTheEnd = true;
      downstream.sendEnd(null);
      downstream.flush();
    }
  }

  /**
   * The client's stream is gone.
   *
   * @return whether that is the end that everybody expects
   */
  boolean onClientGone() {
    if (bothSaidClose || closing) {
      clientDone = true;
      cutClient = true;
      exchange.endTunnel(bothSaidClose, true, cutEndpoint);
      return true;
    }
    return false;
  }

  /**
   * The endpoint's stream is gone.
   *
   * @return whether that is the end that everybody expects
   */
  boolean onEndpointGone() {
    if (closing) {
      endpointDone = true;
      cutEndpoint = true;
      asTheProtocolHasIt = false;
      endWhenDone();
      return true;
    }
    if (bothSaidClose) {
      exchange.endTunnel(true, false, true);
    }
    return bothSaidClose;
  }

  /** The gateway leaves: both are told, and asked to leave as well. */
  void drain() {
    if (!closing && !bothSaidClose) {
      close(Why.WEBSOCKET_DRAIN, CloseFrame.GOING_AWAY, CloseFrame.GOING_AWAY);
    }
  }

  /** Ends it for {@code reason}, telling both. */
  void expire(Why reason) {
    if (!closing) {
      close(reason, CloseFrame.GOING_AWAY, CloseFrame.GOING_AWAY);
    }
  }

  /** The gateway's patience is over: both are told, and nobody is waited for. */
  void shutDown() {
    expire(Why.SHUTDOWN);
    if (!exchange.isDone()) {
      payClient();
      exchange.endTunnel(false, cutClient, cutEndpoint);
    }
  }

  private void close(Why why, int clientCode, int endpointCode) {
    closing = true;
    asTheProtocolHasIt = why.side() == Why.Side.GATEWAY;
    exchange.tunnelEndsFor(why);
    tellEndpoint(endpointCode);
    if (owedToClient != 0 && !endpointDone && !fromEndpoint.isClosed()) {
      fromEndpoint.stopAtClose();
    } else {
      owedToClient = 0;
      tellClient(clientCode);
    }
    downstream.readBody(true);
    Upstream stream = exchange.upstream();
    if (stream != null) {
      stream.readBody(owedToClient == 0 || downstream.isWritable());
      stream.flush();
    }
    downstream.flush();
    worker.timers().arm(this, System.nanoTime() + CLOSE_WAIT_NANOS);
    endWhenDone();
  }

  private void tellClient(int code) {
    clientDone |= fromClient.isClosed();
    if (clientWasToldTheEnd || fromEndpoint.isClosed()) {
      return;
    }
    if (fromEndpoint.isAtBoundary()) {
      downstream.sendData(CloseFrame.toClient(code));
    } else {
      cutClient = true;
      clientDone = true;
    }
  }

  private void tellEndpoint(int code) {
    Upstream stream = exchange.upstream();
    endpointDone |= fromEndpoint.isClosed() || stream == null;
    if (clientEnded || fromClient.isClosed() || stream == null) {
      return;
    }
    if (fromClient.isAtBoundary()) {
      stream.sendData(CloseFrame.toEndpoint(code, (int) worker.random()));
    } else {
      cutEndpoint = true;
      endpointDone = true;
    }
  }

  /** The endpoint has had its time to answer what the client had sent before it broke a rule. */
  private void payClient() {
    int code = owedToClient;
    if (code != 0) {
      owedToClient = 0;
      tellClient(code);
    }
  }

  private void endWhenDone() {
    if (endpointDone) {
      payClient();
    }
    if (clientDone && endpointDone && !exchange.isDone()) {
      exchange.endTunnel(asTheProtocolHasIt && !cutClient && !cutEndpoint, cutClient, cutEndpoint);
    }
  }

  // ---------------------------------------------------------------- time

  private void arm() {
    long next = Long.MAX_VALUE;
    if (idleNanos > 0) {
      next = lastMoveNanos + idleNanos;
    }
    if (lifetimeNanos > 0) {
      next = Math.min(next, bornNanos + lifetimeNanos);
    }
    if (next != Long.MAX_VALUE) {
      worker.timers().arm(this, next);
    }
  }

  @Override
  protected void onDeadline(long nowNanos) {
    if (exchange.isDone()) {
      return;
    }
    try {
      if (closing || bothSaidClose) {
        payClient();
        exchange.endTunnel(bothSaidClose && !closing, cutClient, cutEndpoint);
      } else if (lifetimeNanos > 0 && nowNanos - bornNanos >= lifetimeNanos) {
        expire(Why.WEBSOCKET_LIFETIME);
      } else if (idleNanos > 0 && nowNanos - lastMoveNanos >= idleNanos) {
        idle(nowNanos);
      } else {
        arm();
      }
    } catch (Throwable t) {
      exchange.contain(t, Why.INTERNAL_ERROR);
    }
  }

  /** A client that takes what waits for it is slow, not idle; the write stall bounds that. */
  private void idle(long nowNanos) {
    if (!downstream.isWritable() || isObserved(Rule.WEBSOCKET_IDLE)) {
      lastMoveNanos = nowNanos;
      arm();
      return;
    }
    worker.metrics().onSecurity(worker.index(), Rule.WEBSOCKET_IDLE.text(), "close");
    expire(Why.TUNNEL_IDLE);
  }

  /** The exchange is over. */
  void cancel() {
    worker.timers().cancel(this);
  }
}
