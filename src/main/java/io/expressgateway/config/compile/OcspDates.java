package io.expressgateway.config.compile;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * When an OCSP response ends, which the JDK validates and does not tell: a walk through the DER
 * (RFC 6960 section 4.2.1) down to {@code nextUpdate}. Verifies nothing.
 */
final class OcspDates {

  private static final int ENUMERATED = 0x0a;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int EXPLICIT_0 = 0xa0;

  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'");

  private OcspDates() {}

  /**
   * The earliest {@code nextUpdate} of its answers.
   *
   * @throws IllegalArgumentException with the reason when it is no successful response, or one of
   *     its answers has none
   */
  static Instant nextUpdate(byte[] response) {
    try {
      return walk(ByteBuffer.wrap(response));
    } catch (java.nio.BufferUnderflowException | DateTimeException truncated) {
      throw new IllegalArgumentException("it is malformed or truncated", truncated);
    }
  }

  private static Instant walk(ByteBuffer file) {
    ByteBuffer response = value(file, SEQUENCE);
    int status = value(response, ENUMERATED).get();
    if (status != 0) {
      throw new IllegalArgumentException("the responder answered with error " + status);
    }
    ByteBuffer bytes = value(value(response, EXPLICIT_0), SEQUENCE);
    value(bytes, OBJECT_IDENTIFIER);
    ByteBuffer data = value(value(value(bytes, OCTET_STRING), SEQUENCE), SEQUENCE);
    if (tag(data) == EXPLICIT_0) {
      value(data, EXPLICIT_0);
    }
    value(data, tag(data)); // responderID
    value(data, GENERALIZED_TIME); // producedAt
    return earliest(value(data, SEQUENCE));
  }

  private static Instant earliest(ByteBuffer answers) {
    Instant earliest = null;
    while (answers.hasRemaining()) {
      Instant next = nextUpdate(value(answers, SEQUENCE));
      if (earliest == null || next.isBefore(earliest)) {
        earliest = next;
      }
    }
    if (earliest == null) {
      throw new IllegalArgumentException("it holds no answer");
    }
    return earliest;
  }

  private static Instant nextUpdate(ByteBuffer answer) {
    value(answer, SEQUENCE); // certID
    value(answer, tag(answer)); // certStatus
    value(answer, GENERALIZED_TIME); // thisUpdate
    if (!answer.hasRemaining() || tag(answer) != EXPLICIT_0) {
      throw new IllegalArgumentException("it has no nextUpdate");
    }
    ByteBuffer time = value(value(answer, EXPLICIT_0), GENERALIZED_TIME);
    String text = StandardCharsets.US_ASCII.decode(time).toString();
    return LocalDateTime.parse(text, TIME).toInstant(ZoneOffset.UTC);
  }

  private static int tag(ByteBuffer at) {
    return at.get(at.position()) & 0xff;
  }

  /** The content of the next element, which must have this tag; moves behind it. */
  private static ByteBuffer value(ByteBuffer at, int tag) {
    int found = at.get() & 0xff;
    if (found != tag) {
      throw new IllegalArgumentException("it is malformed");
    }
    int length = at.get() & 0xff;
    if (length >= 0x80) {
      int count = length & 0x7f;
      length = 0;
      if (count == 0 || count > 3) {
        throw new IllegalArgumentException("it is malformed");
      }
      for (int i = 0; i < count; i++) {
        length = (length << 8) | (at.get() & 0xff);
      }
    }
    if (length > at.remaining()) {
      throw new IllegalArgumentException("it is truncated");
    }
    ByteBuffer content = at.slice(at.position(), length);
    at.position(at.position() + length);
    return content;
  }
}
