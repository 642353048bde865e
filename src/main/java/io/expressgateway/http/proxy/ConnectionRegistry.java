package io.expressgateway.http.proxy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The downstream connections of one listener on one event loop, so that a drain finds them.
 * Confined to the loop but for {@link #size}.
 */
public final class ConnectionRegistry {

  private final Set<ServerConnection> open = new HashSet<>();
  private volatile int size;
  private boolean draining;

  /** A connection is open. */
  public void add(ServerConnection connection) {
    open.add(connection);
    size = open.size();
  }

  /** A connection is closed. */
  public void remove(ServerConnection connection) {
    open.remove(connection);
    size = open.size();
  }

  /** Whether connections are asked to leave. */
  public boolean isDraining() {
    return draining;
  }

  /** How many are open. Any thread. */
  public int size() {
    return size;
  }

  /**
   * Idle connections close, spread over {@code spreadNanos} so that their clients do not come back
   * somewhere else all at once; busy ones close after their response; new ones serve one request.
   */
  public void drain(long spreadNanos) {
    draining = true;
    for (ServerConnection connection : snapshot()) {
      connection.drain(spreadNanos);
    }
  }

  /** Ends all of them now. */
  public void shutDown() {
    for (ServerConnection connection : snapshot()) {
      connection.shutDown();
    }
  }

  private List<ServerConnection> snapshot() {
    return new ArrayList<>(open);
  }
}
