package io.expressgateway.tls;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name in a ClientHello (RFC 8446 section 4.1.2, RFC 6066 section 3) that comes in pieces, in
 * however many records. Strict, because whoever gets the bytes reads them again: every length has
 * to fit the one around it, there is one name, and it is one that DNS can have. Every byte is
 * looked at once, so that small pieces cost no more than large ones.
 */
final class HelloName {

  /** How far it has come. */
  enum Progress {
    /** The hello is not complete. */
    MORE,
    /** It is; {@link #name} says what it asks for. */
    DONE,
    /** What has come is no ClientHello. */
    BAD
  }

  /** Content type of a record: handshake (RFC 8446 section 5.1). */
  private static final int HANDSHAKE = 22;

  /** Type of a handshake message: client_hello (RFC 8446 section 4). */
  private static final int CLIENT_HELLO = 1;

  private static final int RECORD_HEADER_BYTES = 5;
  private static final int MESSAGE_HEADER_BYTES = 4;

  /** RFC 8446 section 5.1. */
  private static final int MAX_RECORD_BYTES = 16 * 1024;

  private static final int RANDOM_BYTES = 32;
  private static final int MAX_SESSION_ID_BYTES = 32;
  private static final int SERVER_NAME = 0;
  private static final int HOST_NAME = 0;
  private static final int MAX_NAME_BYTES = 253;

  private final int maxBytes;
  private final byte[] header = new byte[RECORD_HEADER_BYTES];
  private int inHeader;
  private int leftInRecord;
  private byte[] message = new byte[MESSAGE_HEADER_BYTES];
  private int inMessage;
  private String name = "";

  /** A hello of at most this many bytes, headers of records not counted. */
  HelloName(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** What the hello asks for, in lower case; empty for nothing. After {@link Progress#DONE}. */
  String name() {
    return name;
  }

  /** Looks at what has come next; the buffer's indexes stay. Not after the end. */
  Progress next(ByteBuf data) {
    int at = data.readerIndex();
    int end = data.writerIndex();
    while (at < end) {
      if (leftInRecord == 0) {
        header[inHeader] = data.getByte(at++);
        if (!isHeaderPossible(inHeader++)) {
          return Progress.BAD;
        }
        if (inHeader == RECORD_HEADER_BYTES) {
          inHeader = 0;
          leftInRecord = u16(header, 3);
          if (leftInRecord == 0 || leftInRecord > MAX_RECORD_BYTES) {
            return Progress.BAD;
          }
        }
        continue;
      }
      int count = Math.min(Math.min(leftInRecord, end - at), message.length - inMessage);
      data.getBytes(at, message, inMessage, count);
      at += count;
      inMessage += count;
      leftInRecord -= count;
      if (message[0] != CLIENT_HELLO) {
        return Progress.BAD;
      }
      if (inMessage == message.length) {
        if (inMessage > MESSAGE_HEADER_BYTES) {
          return isReadable() ? Progress.DONE : Progress.BAD;
        }
        int length = (message[1] & 0xff) << 16 | u16(message, 2);
        if (length == 0 || length > maxBytes) {
          return Progress.BAD;
        }
        message = java.util.Arrays.copyOf(message, MESSAGE_HEADER_BYTES + length);
      }
    }
    return Progress.MORE;
  }

  private boolean isHeaderPossible(int place) {
    return switch (place) {
      case 0 -> header[0] == HANDSHAKE;
      case 1 -> header[1] == 3;
      default -> true;
    };
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }

  /** Reads the complete message; whether it is one. */
  private boolean isReadable() {
    Cursor hello = new Cursor(MESSAGE_HEADER_BYTES, message.length);
    hello.skip(2 + RANDOM_BYTES);
    int session = hello.u8();
    if (session > MAX_SESSION_ID_BYTES) {
      return false;
    }
    hello.skip(session);
    int ciphers = hello.u16();
    if (ciphers < 2 || ciphers % 2 != 0) {
      return false;
    }
    hello.skip(ciphers);
    int compressions = hello.u8();
    if (compressions < 1) {
      return false;
    }
    hello.skip(compressions);
    if (hello.isAtEnd()) {
      // Before extensions there were none (RFC 5246 section 7.4.1.2).
      return hello.isGood;
    }
    Cursor extensions = hello.within(hello.u16());
    return hello.isAtEnd() && hello.isGood && areExtensionsReadable(extensions);
  }

  private boolean areExtensionsReadable(Cursor extensions) {
    boolean isNamed = false;
    while (extensions.isGood && !extensions.isAtEnd()) {
      int type = extensions.u16();
      Cursor content = extensions.within(extensions.u16());
      if (type == SERVER_NAME) {
        String read = extensions.isGood && !isNamed ? serverName(content) : null;
        if (read == null) {
          return false;
        }
        name = read;
        isNamed = true;
      }
    }
    return extensions.isGood;
  }

  private @Nullable String serverName(Cursor content) {
    Cursor list = content.within(content.u16());
    if (!content.isGood || !content.isAtEnd()) {
      return null;
    }
    String host = null;
    while (list.isGood && !list.isAtEnd()) {
      int type = list.u8();
      Cursor text = list.within(list.u16());
      if (type == HOST_NAME) {
        if (!list.isGood || host != null || !isHost(text)) {
          return null;
        }
        host =
            new String(message, text.at, text.end - text.at, StandardCharsets.US_ASCII)
                .toLowerCase(Locale.ROOT);
      }
    }
    return list.isGood ? host : null;
  }

  private boolean isHost(Cursor text) {
    int length = text.end - text.at;
    if (length == 0 || length > MAX_NAME_BYTES) {
      return false;
    }
    for (int i = text.at; i < text.end; i++) {
      byte b = message[i];
      boolean isLetter = (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
      if (!isLetter && !(b >= '0' && b <= '9') && b != '-' && b != '.' && b != '_') {
        return false;
      }
    }
    return true;
  }

  /** A place in the message and an end that it cannot pass; what would, makes it bad for good. */
  private final class Cursor {

    private int at;
    private final int end;
    private boolean isGood = true;

    Cursor(int at, int end) {
      this.at = at;
      this.end = end;
    }

    boolean isAtEnd() {
      return at == end;
    }

    void skip(int count) {
      if (count > end - at) {
        isGood = false;
        at = end;
      } else {
        at += count;
      }
    }

    int u8() {
      int from = at;
      skip(1);
      return isGood ? message[from] & 0xff : 0;
    }

    int u16() {
      int from = at;
      skip(2);
      return isGood ? HelloName.u16(message, from) : 0;
    }

    /** The next {@code length} bytes, passed here. */
    Cursor within(int length) {
      int from = at;
      skip(length);
      return new Cursor(isGood ? from : end, isGood ? at : end);
    }
  }
}
