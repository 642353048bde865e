package io.expressgateway.http.websocket;

import io.expressgateway.snapshot.WebSocketLimits;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Follows the frames of one direction of a WebSocket (RFC 6455 section 5) while their bytes pass:
 * reads headers wherever the buffers happen to be split, and skips payload. Nothing is copied, held
 * or changed.
 *
 * <p>After a fault the direction is over: {@link #inspect} lets nothing more pass. Confined to the
 * event loop of the exchange.
 */
public final class FrameTracker {

  /** What a peer may not do. */
  public enum Fault {
    /** The frames are none by RFC 6455: close code 1002. */
    PROTOCOL,
    /** A frame or message is larger than the limit: close code 1009. */
    TOO_LARGE,
    /** Too many pings: close code 1008. */
    PING_FLOOD,
    /** Too many frames that carry nothing and end nothing: close code 1008. */
    EMPTY_FLOOD
  }

  /** Who knows which limits are only observed. */
  public interface Observer {

    /** Whether what was found is to be let pass; never asked for {@link Fault#PROTOCOL}. */
    boolean lets(Fault fault);
  }

  private enum State {
    FIRST,
    SECOND,
    LENGTH,
    MASK,
    PAYLOAD
  }

  private static final int FIN = 0x80;
  private static final int CONTROL = 0x8;
  private static final int CONTINUATION = 0;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;
  private static final int MASKED = 0x80;
  private static final int MASK_BYTES = 4;

  /** RFC 6455 section 5.5; also the longest that the second byte can say. */
  private static final int MAX_CONTROL_BYTES = 125;

  private static final int LENGTH_IN_TWO = 126;
  private static final int MAX_IN_TWO = 65_535;

  private final boolean masked;
  private final ReservedBits reserved;
  private final long maxFrameBytes;
  private final long maxMessageBytes;
  private final FrameRate pings;
  private final FrameRate empties;
  private final Observer observer;

  private State state = State.FIRST;
  private boolean isFinal;
  private int opcode;
  private int needed;
  private int lengthBytes;
  private long remaining;
  private boolean inMessage;
  private long messageBytes;
  private boolean isClosed;
  private boolean stopsAtClose;
  private boolean isStopped;
  private @Nullable Fault fault;

  /**
   * @param masked whether the sender must mask: a client must, an endpoint may not
   * @param reserved what the handshake's extensions allow
   * @param empties counts frames that carry nothing and end nothing
   */
  public FrameTracker(
      boolean masked,
      ReservedBits reserved,
      WebSocketLimits limits,
      FrameRate pings,
      FrameRate empties,
      Observer observer) {
    this.masked = masked;
    this.reserved = reserved;
    this.maxFrameBytes = orNone(limits.maxFrameBytes());
    this.maxMessageBytes = orNone(limits.maxMessageBytes());
    this.pings = pings;
    this.empties = empties;
    this.observer = observer;
  }

  private static long orNone(long limit) {
    return limit == 0 ? Long.MAX_VALUE : limit;
  }

  /**
   * Looks at the next bytes of the direction; indexes stay where they are.
   *
   * @return how many of them may pass: all, or with a {@link #fault} those before the frame that it
   *     is in, or before a close frame after {@link #stopAtClose}
   */
  public int inspect(ByteBuf in) {
    int from = in.readerIndex();
    int end = in.writerIndex();
    if (fault != null || isStopped) {
      return 0;
    }
    int frameAt = state == State.FIRST ? from : -1;
    int at = from;
    while (at < end) {
      switch (state) {
        case FIRST -> {
          frameAt = at;
          first(in.getUnsignedByte(at++));
        }
        case SECOND -> second(in.getUnsignedByte(at++));
        case LENGTH -> {
          remaining = remaining << 8 | in.getUnsignedByte(at++);
          if (--needed == 0) {
            length();
          }
        }
        case MASK -> {
          int count = Math.min(needed, end - at);
          at += count;
          needed -= count;
          if (needed == 0) {
            payload();
          }
        }
        case PAYLOAD -> {
          int count = (int) Math.min(remaining, end - at);
          at += count;
          remaining -= count;
          if (remaining == 0) {
            ended();
          }
        }
      }
      if (fault != null || isStopped) {
        if (frameAt < 0) {
          return 0;
        }
        state = State.FIRST;
        return frameAt - from;
      }
    }
    return end - from;
  }

  private void first(int bits) {
    isFinal = (bits & FIN) != 0;
    opcode = bits & 0xf;
    boolean isControl = (opcode & CONTROL) != 0;
    boolean begins = !isControl && opcode != CONTINUATION;
    if ((isControl ? opcode > PONG : opcode > BINARY)
        || !reserved.allow(bits, begins)
        || (isControl && !isFinal)
        || (!isControl && begins == inMessage)) {
      fault = Fault.PROTOCOL;
    }
    isStopped = stopsAtClose && opcode == CLOSE;
    state = State.SECOND;
  }

  private void second(int bits) {
    int length = bits & 0x7f;
    boolean isControl = (opcode & CONTROL) != 0;
    if (((bits & MASKED) != 0) != masked || (isControl && length > MAX_CONTROL_BYTES)) {
      fault = Fault.PROTOCOL;
    } else if (length < LENGTH_IN_TWO) {
      remaining = length;
      lengthBytes = 0;
      length();
    } else {
      lengthBytes = length == LENGTH_IN_TWO ? 2 : 8;
      needed = lengthBytes;
      remaining = 0;
      state = State.LENGTH;
    }
  }

  /** The length is known: nothing of the payload has been seen yet. */
  private void length() {
    // The shortest form that there is, and no negative number (RFC 6455 section 5.2).
    boolean isShortest =
        lengthBytes == 0 || remaining >= (lengthBytes == 2 ? LENGTH_IN_TWO : MAX_IN_TWO + 1);
    if (!isShortest) {
      fault = Fault.PROTOCOL;
    } else if (opcode < CONTROL) {
      message();
    } else if (opcode == PING && !pings.allows()) {
      exceeded(Fault.PING_FLOOD);
    }
    if (fault == null && masked) {
      needed = MASK_BYTES;
      state = State.MASK;
    } else if (fault == null) {
      payload();
    }
  }

  private void message() {
    inMessage = true;
    if (remaining > maxFrameBytes || remaining > maxMessageBytes - messageBytes) {
      exceeded(Fault.TOO_LARGE);
    } else if (remaining == 0 && !isFinal && !empties.allows()) {
      exceeded(Fault.EMPTY_FLOOD);
    }
    messageBytes = Math.min(messageBytes + remaining, Long.MAX_VALUE / 2);
  }

  private void exceeded(Fault limit) {
    if (!observer.lets(limit)) {
      fault = limit;
    }
  }

  private void payload() {
    state = State.PAYLOAD;
    if (remaining == 0) {
      ended();
    }
  }

  private void ended() {
    state = State.FIRST;
    if (opcode == CLOSE) {
      isClosed = true;
    } else if (opcode < CONTROL && isFinal) {
      inMessage = false;
      messageBytes = 0;
    }
  }

  /** From now on the direction is over before its next close frame. */
  public void stopAtClose() {
    stopsAtClose = true;
  }

  /** Whether the close frame that it stops at has come. */
  public boolean isStopped() {
    return isStopped;
  }

  /** What was wrong; null for nothing. */
  public @Nullable Fault fault() {
    return fault;
  }

  /**
   * Whether what has passed ends with a whole frame, so that a frame of ours may follow it. Between
   * the frames of a fragmented message is such a place for a close frame too (RFC 6455 section
   * 5.4).
   */
  public boolean isAtBoundary() {
    return state == State.FIRST;
  }

  /** Whether a whole close frame has passed. */
  public boolean isClosed() {
    return isClosed;
  }
}
