package io.expressgateway.http.h1;

import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The line reader that request and response heads share: takes bytes from the socket's buffer into
 * the head's block, finds lines, and indexes header fields (RFC 9112 sections 2 and 5).
 *
 * <p>Incremental: a head may arrive byte by byte; no byte is looked at twice while searching for a
 * line's end, so a slow sender costs linear work. Strict where two parsers could disagree: bare CR
 * or LF, obs-fold, white space before the colon, control bytes and over-long heads are errors.
 *
 * <p>Confined to the connection's event loop; one head at a time.
 */
abstract class HeadParser {

  /** How a call to {@link #parse} ended. */
  enum Progress {
    /** More bytes are needed. */
    INCOMPLETE,
    /** The head is complete and the buffer stands behind it. */
    COMPLETE,
    /** The head is refused; {@link HeadParser#failure()} says why. */
    FAILED
  }

  /** How head lines are refused; the sides give these different reason codes. */
  enum Fault {
    START_LINE,
    VERSION,
    HEADER,
    HOST,
    FRAMING,
    CODING,
    UNDERSCORE,
    UPGRADE_WITH_BODY,
    TOO_LARGE,
    START_LINE_TOO_LARGE,
    EXPECTATION
  }

  // Bytes copied at a time: a usual head fits one step, and body bytes behind it are copied in
  // vain.
  private static final int STEP = 1024;

  final HeaderBlock block;
  private final int maxBytes;
  private final int maxFields;

  private int scanned;
  private int lineStart;
  // Behind the empty line that came before the start line, if one did.
  private int headStart;
  private boolean startLineSeen;
  private @Nullable Fault failure;

  HeadParser(HeaderBlock block, int maxBytes, int maxFields) {
    this.block = block;
    this.maxBytes = maxBytes;
    this.maxFields = maxFields;
  }

  /** Begins the next head. */
  void reset() {
    block.clear();
    scanned = 0;
    lineStart = 0;
    headStart = 0;
    startLineSeen = false;
    failure = null;
  }

  /** Makes header lines expected at once: trailers have no start line. */
  final void skipStartLine() {
    startLineSeen = true;
  }

  /** Whether a byte of the current head has been read; an empty line before it does not count. */
  boolean hasBegun() {
    return scanned > headStart;
  }

  /** Whether an empty line came before the head. */
  boolean hadEmptyLine() {
    return headStart > 0;
  }

  /** Bytes of the current head that have been read. */
  int size() {
    return scanned;
  }

  /** Why the head was refused. */
  Fault failure() {
    Fault fault = failure;
    if (fault == null) {
      throw new IllegalStateException("the head was not refused");
    }
    return fault;
  }

  /** Reads on; never consumes a byte behind the head. */
  Progress parse(ByteBuf in) {
    while (in.isReadable()) {
      int step = Math.min(in.readableBytes(), STEP);
      int at = block.reserve(step);
      in.readBytes(block.array(), at, step);
      Progress progress = lines(block.used());
      if (progress != Progress.INCOMPLETE) {
        int surplus = block.used() - lineStart;
        if (progress == Progress.COMPLETE && surplus > 0) {
          in.readerIndex(in.readerIndex() - surplus);
          block.reserve(-surplus);
        }
        return progress;
      }
      if (block.used() > maxBytes) {
        return fail(startLineSeen ? Fault.TOO_LARGE : Fault.START_LINE_TOO_LARGE);
      }
    }
    return Progress.INCOMPLETE;
  }

  private Progress lines(int end) {
    byte[] bytes = block.array();
    int at = scanned;
    while (at < end) {
      if (bytes[at++] != '\n') {
        continue;
      }
      scanned = at;
      int start = lineStart;
      lineStart = at;
      int lineEnd = at - 2;
      if (lineEnd < start || bytes[lineEnd] != '\r') {
        return fail(startLineSeen ? Fault.HEADER : Fault.START_LINE);
      }
      if (!startLineSeen) {
        if (lineEnd == start && start == 0 && toleratesEmptyLine()) {
          headStart = at;
          continue;
        }
        if (at > maxBytes) {
          return fail(Fault.START_LINE_TOO_LARGE);
        }
        Fault fault = startLine(bytes, start, lineEnd);
        if (fault != null) {
          return fail(fault);
        }
        startLineSeen = true;
      } else if (lineEnd == start) {
        if (at > maxBytes) {
          return fail(Fault.TOO_LARGE);
        }
        Fault fault = complete();
        return fault == null ? Progress.COMPLETE : fail(fault);
      } else if (!field(bytes, start, lineEnd)) {
        return Progress.FAILED;
      }
    }
    scanned = at;
    return Progress.INCOMPLETE;
  }

  private boolean field(byte[] bytes, int start, int end) {
    int colon = start;
    boolean underscore = false;
    while (colon < end && Tokens.isToken(bytes[colon])) {
      underscore |= bytes[colon] == '_';
      colon++;
    }
    // Covers obs-fold (a line that begins with white space) and white space before the colon.
    if (colon == start || colon == end || bytes[colon] != ':') {
      fail(Fault.HEADER);
      return false;
    }
    int from = colon + 1;
    while (from < end && isBlank(bytes[from])) {
      from++;
    }
    int to = end;
    while (to > from && isBlank(bytes[to - 1])) {
      to--;
    }
    for (int i = from; i < to; i++) {
      if (!Tokens.isValue(bytes[i])) {
        fail(Fault.HEADER);
        return false;
      }
    }
    if (block.size() == maxFields) {
      fail(Fault.TOO_LARGE);
      return false;
    }
    if (underscore && !acceptsUnderscore()) {
      if (failure != null) {
        return false;
      }
      return true;
    }
    block.index(start, colon - start, from, to - from, end + 2);
    return true;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** Refuses the head. */
  final Progress fail(Fault fault) {
    failure = fault;
    return Progress.FAILED;
  }

  /** Whether one empty line may come before the start line (RFC 9112 section 2.2). */
  abstract boolean toleratesEmptyLine();

  /** Reads the start line; null when it is good. */
  abstract @Nullable Fault startLine(byte[] bytes, int from, int to);

  /**
   * Whether a field whose name holds an underscore is kept. False without a {@link #fail} drops it.
   */
  abstract boolean acceptsUnderscore();

  /** Checks the head as a whole; null when it is good. */
  abstract @Nullable Fault complete();

  /**
   * The value of Content-Length, or -1 when it is no plain number that fits (RFC 9110 section 8.6):
   * digits only, no sign, no list.
   */
  static long contentLength(HeaderBlock block, int field) {
    byte[] bytes = block.array();
    int from = block.valueOffset(field);
    int length = block.valueLength(field);
    if (length == 0 || length > 18) {
      return -1;
    }
    long value = 0;
    for (int i = from; i < from + length; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
