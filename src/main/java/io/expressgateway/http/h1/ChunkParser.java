package io.expressgateway.http.h1;

import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;

/**
 * Takes chunked coding off (RFC 9112 section 7.1). Works in place: the payload of all chunks of one
 * read is moved together within the buffer that was read, so that it goes on as one piece.
 *
 * <p>Strict: sizes are hexadecimal digits only and at most 15 of them; a chunk extension is
 * tolerated up to 256 bytes when it is made of tokens only (RFC 9112 section 7.1.1 without quotes
 * and bad white space, about which parsers disagree), and is dropped; every line ends with CRLF.
 * Trailers have the same rules and limits as headers.
 */
final class ChunkParser {

  private static final int MAX_EXTENSION = 256;
  private static final int MAX_DIGITS = 15;

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    TRAILERS,
    DONE
  }

  private State state = State.SIZE;
  private long remaining;
  private int digits;
  private int extension;
  private int extensions;
  private boolean inValue;
  private boolean hasToken;
  private final Trailers trailers;

  /**
   * @param keepsUnderscore whether trailers whose name holds an underscore are kept, not dropped
   */
  ChunkParser(int maxTrailerBytes, int maxTrailerFields, boolean keepsUnderscore) {
    trailers = new Trailers(maxTrailerBytes, maxTrailerFields, keepsUnderscore);
  }

  /** Begins the next body. */
  void reset() {
    state = State.SIZE;
    remaining = 0;
    digits = 0;
    extension = 0;
    trailers.reset();
  }

  /** Whether the last chunk and the trailers have been read. */
  boolean isDone() {
    return state == State.DONE;
  }

  /** How many chunk extensions have been dropped since this was asked last. */
  int takeExtensions() {
    int count = extensions;
    extensions = 0;
    return count;
  }

  /** The trailers; empty for none. */
  HeaderBlock trailers() {
    return trailers.block;
  }

  /**
   * Reads on. Payload is compacted to the front of what was readable: afterwards it lies at {@code
   * [from, from + result)} where {@code from} was the reader index, and the reader index stands
   * behind everything consumed.
   *
   * @return payload bytes; -1 when the coding is malformed
   */
  int parse(ByteBuf in) {
    int payloadEnd = in.readerIndex();
    int from = payloadEnd;
    while (state != State.DONE && in.isReadable()) {
      switch (state) {
        case SIZE -> {
          if (!size(in.readByte())) {
            return -1;
          }
        }
        case EXTENSION -> {
          if (!extension(in.readByte())) {
            return -1;
          }
        }
        case SIZE_LF -> {
          if (in.readByte() != '\n') {
            return -1;
          }
          state = remaining == 0 ? State.TRAILERS : State.DATA;
        }
        case DATA -> {
          int count = (int) Math.min(remaining, in.readableBytes());
          int at = in.readerIndex();
          if (at != payloadEnd) {
            move(in, at, payloadEnd, count);
          }
          payloadEnd += count;
          in.skipBytes(count);
          remaining -= count;
          if (remaining == 0) {
            state = State.DATA_CR;
          }
        }
        case DATA_CR -> {
          if (in.readByte() != '\r') {
            return -1;
          }
          state = State.DATA_LF;
        }
        case DATA_LF -> {
          if (in.readByte() != '\n') {
            return -1;
          }
          state = State.SIZE;
          digits = 0;
          extension = 0;
        }
        case TRAILERS -> {
          switch (trailers.parse(in)) {
            case COMPLETE -> state = State.DONE;
            case FAILED -> {
              return -1;
            }
            case INCOMPLETE -> {}
          }
        }
        case DONE -> {}
      }
    }
    return payloadEnd - from;
  }

  private static void move(ByteBuf in, int at, int to, int count) {
    // Overlapping when count exceeds the gap: setBytes with the same buffer copies like memmove.
    in.setBytes(to, in, at, count);
  }

  private boolean size(byte b) {
    int digit = Character.digit(b, 16);
    if (digit >= 0) {
      if (++digits > MAX_DIGITS) {
        return false;
      }
      remaining = remaining << 4 | digit;
      return true;
    }
    if (digits == 0) {
      return false;
    }
    if (b == '\r') {
      state = State.SIZE_LF;
      return true;
    }
    if (b == ';') {
      state = State.EXTENSION;
      extensions++;
      inValue = false;
      hasToken = false;
      return true;
    }
    return false;
  }

  /** {@code ;name} or {@code ;name=token}, as often as it likes, without white space. */
  private boolean extension(byte b) {
    if (b == '\r') {
      state = State.SIZE_LF;
      return hasToken;
    }
    if (++extension > MAX_EXTENSION) {
      return false;
    }
    if (Tokens.isToken(b)) {
      hasToken = true;
      return true;
    }
    boolean separator = b == ';' || (b == '=' && !inValue);
    if (!separator || !hasToken) {
      return false;
    }
    inValue = b == '=';
    hasToken = false;
    return true;
  }

  /** Trailer lines: a head without a start line. */
  private static final class Trailers extends HeadParser {

    private final boolean keepsUnderscore;

    Trailers(int maxBytes, int maxFields, boolean keepsUnderscore) {
      super(new HeaderBlock(256, 8), maxBytes, maxFields);
      this.keepsUnderscore = keepsUnderscore;
    }

    @Override
    void reset() {
      super.reset();
      skipStartLine();
    }

    @Override
    boolean toleratesEmptyLine() {
      return false;
    }

    @Override
    boolean acceptsUnderscore() {
      return keepsUnderscore;
    }

    @Override
    Fault startLine(byte[] bytes, int from, int to) {
      return Fault.START_LINE;
    }

    @Override
    @org.jspecify.annotations.Nullable
    Fault complete() {
      return block.holdsFraming() ? Fault.FRAMING : null;
    }
  }
}
