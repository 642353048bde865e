package io.expressgateway.http.h2;

import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.StreamByteDistributor;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Shares what the connection may send out among its streams (RFC 9218 section 10): a lower urgency
 * goes first; of the same urgency, incremental responses take turns and the others come one after
 * the other in the order of their streams. Where both meet, the first of the others has half.
 *
 * <p>A client that says nothing about priorities gets turns for all: in the order of streams, one
 * long response would stop every later one, and such a client has not agreed to that. Then there is
 * one queue, and one bit tells where it is. Confined to the connection's event loop.
 */
final class PriorityDistributor implements StreamByteDistributor {

  private static final int URGENCIES = 8;

  /** A turn is worth a frame: less would cost more in headers and system calls than it is fair. */
  private static final int LEAST_TURN_BYTES = 1024;

  private final Http2Connection connection;
  private final Http2Connection.PropertyKey key;
  private final @Nullable Level[] levels = new @Nullable Level[URGENCIES];
  private int waitingLevels;
  private long streamableBytes;
  private long sentBytes;
  private boolean signalled;

  PriorityDistributor(Http2Connection connection) {
    this.connection = connection;
    key = connection.newKey();
    Http2Stream whole = connection.connectionStream();
    whole.setProperty(key, new State(whole));
    connection.addListener(
        new Http2ConnectionAdapter() {
          @Override
          public void onStreamAdded(Http2Stream stream) {
            stream.setProperty(key, new State(stream));
          }

          @Override
          public void onStreamClosed(Http2Stream stream) {
            state(stream).close();
          }
        });
  }

  /** One urgency's streams that have something to send. */
  private static final class Level {
    private final ArrayDeque<State> turns = new ArrayDeque<>();
    private @Nullable PriorityQueue<State> inOrder;

    PriorityQueue<State> inOrder() {
      PriorityQueue<State> queue = inOrder;
      if (queue == null) {
        queue = new PriorityQueue<>(Comparator.comparingInt((State state) -> state.stream.id()));
        inOrder = queue;
      }
      return queue;
    }

    boolean isEmpty() {
      return turns.isEmpty() && (inOrder == null || inOrder.isEmpty());
    }
  }

  private State state(Http2Stream stream) {
    return stream.getProperty(key);
  }

  /** The client takes part in RFC 9218: what it leaves out has that RFC's defaults from now on. */
  void signalled() {
    signalled = true;
  }

  /** How urgent a stream is now, as far as anything was said. */
  Priority priority(Http2Stream stream) {
    State state = state(stream);
    return state.isStated ? new Priority(state.urgency, state.isIncremental) : Priority.DEFAULT;
  }

  /** Says how urgent a stream is. */
  void prioritize(Http2Stream stream, Priority priority) {
    State state = state(stream);
    boolean wasQueued = state.isQueued;
    state.unqueue();
    state.urgency = priority.urgency();
    state.isIncremental = priority.isIncremental();
    state.isStated = true;
    if (wasQueued) {
      state.queue();
    }
  }

  /** All bytes of bodies that were sent on the connection so far. */
  long sentBytes() {
    return sentBytes;
  }

  /** All bytes of its body that were sent on a stream so far. */
  long sentBytes(Http2Stream stream) {
    return state(stream).sent;
  }

  /**
   * Whether more may be queued on a stream: as much as its own window and the connection's let
   * through, and one piece that waits for its own. That piece is what tells a client that does not
   * take anything from an endpoint that has nothing more to say. What waits for streams' own
   * windows takes nothing of the connection's, so that a stream that stalls stops itself and no
   * other.
   */
  boolean hasRoom(Http2Stream stream) {
    Http2RemoteFlowController windows = connection.remote().flowController();
    long pending = state(stream).pending;
    return windows.windowSize(connection.connectionStream()) > streamableBytes
        && (pending == 0 || windows.windowSize(stream) > pending);
  }

  @Override
  public void updateStreamableBytes(StreamState told) {
    State state = state(told.stream());
    state.pending = told.pendingBytes();
    int bytes = Math.max(0, (int) Math.min(state.pending, told.windowSize()));
    state.update(bytes, told.hasFrame(), told.windowSize());
  }

  @Override
  public void updateDependencyTree(int child, int parent, short weight, boolean exclusive) {
    // RFC 7540's tree: deprecated by RFC 9113 section 5.3.
  }

  @Override
  public boolean distribute(int maxBytes, Writer writer) throws Http2Exception {
    int left = maxBytes;
    while (waitingLevels != 0) {
      int urgency = Integer.numberOfTrailingZeros(waitingLevels);
      Level level = levels[urgency];
      if (level == null || level.isEmpty()) {
        waitingLevels &= ~(1 << urgency);
        continue;
      }
      left = serve(level, left, writer);
      if (!level.isEmpty()) {
        // There was not enough for this one, and the less urgent wait for it.
        break;
      }
    }
    return streamableBytes > 0;
  }

  private int serve(Level level, int bytes, Writer writer) throws Http2Exception {
    int left = bytes;
    PriorityQueue<State> inOrder = level.inOrder;
    if (inOrder != null && !inOrder.isEmpty()) {
      left -= serveInOrder(inOrder, level.turns.isEmpty() ? left : left / 2, writer);
      left = serveTurns(level.turns, left, writer);
      return left - (left > 0 ? serveInOrder(inOrder, left, writer) : 0);
    }
    return serveTurns(level.turns, left, writer);
  }

  /** Returns how much was used. */
  private int serveInOrder(PriorityQueue<State> queue, int bytes, Writer writer)
      throws Http2Exception {
    int left = bytes;
    State state;
    while ((state = queue.peek()) != null && (left > 0 || state.streamable == 0)) {
      queue.poll();
      state.isQueued = false;
      left -= state.send(left, writer);
    }
    return bytes - left;
  }

  /** Returns how much is left. */
  private static int serveTurns(ArrayDeque<State> queue, int bytes, Writer writer)
      throws Http2Exception {
    int left = bytes;
    int turn = queue.isEmpty() ? 0 : Math.max(LEAST_TURN_BYTES, bytes / queue.size());
    State state;
    while ((state = queue.peekFirst()) != null && (left > 0 || state.streamable == 0)) {
      queue.pollFirst();
      state.isQueued = false;
      left -= state.send(Math.min(left, turn), writer);
    }
    return left;
  }

  /** What a stream has to send, and where it waits. */
  private final class State {
    private final Http2Stream stream;
    private long pending;
    private int streamable;
    private long sent;
    private int urgency = Priority.DEFAULT.urgency();
    private boolean isIncremental = !signalled;
    private boolean isStated;
    private boolean isWindowNegative;
    private boolean isQueued;
    private boolean isSending;

    State(Http2Stream stream) {
      this.stream = stream;
    }

    /**
     * A stream without window may still send what needs none, once: while it sends, it has had its
     * chance.
     */
    void update(int bytes, boolean hasFrame, int window) {
      streamableBytes += bytes - streamable;
      streamable = bytes;
      isWindowNegative = window < 0;
      if (hasFrame && (window > 0 || (window == 0 && !isSending))) {
        queue();
      }
    }

    void queue() {
      if (isQueued) {
        return;
      }
      isQueued = true;
      Level level = levels[urgency];
      if (level == null) {
        level = new Level();
        levels[urgency] = level;
      }
      if (isIncremental) {
        level.turns.addLast(this);
      } else {
        level.inOrder().add(this);
      }
      waitingLevels |= 1 << urgency;
    }

    void unqueue() {
      Level level = levels[urgency];
      if (isQueued && level != null) {
        isQueued = false;
        if (isIncremental) {
          level.turns.remove(this);
        } else {
          level.inOrder().remove(this);
        }
      }
    }

    /** Sends up to {@code most}; how much it was. The codec tells through update what is left. */
    int send(int most, Writer writer) throws Http2Exception {
      if (isWindowNegative) {
        return 0;
      }
      int count = Math.min(most, streamable);
      isSending = true;
      try {
        writer.write(stream, count);
      } catch (RuntimeException failed) {
        throw Http2Exception.connectionError(
            Http2Error.INTERNAL_ERROR, failed, "cannot write a stream's bytes");
      } finally {
        isSending = false;
      }
      sent += count;
      sentBytes += count;
      return count;
    }

    void close() {
      unqueue();
      pending = 0;
      update(0, false, 0);
    }
  }
}
