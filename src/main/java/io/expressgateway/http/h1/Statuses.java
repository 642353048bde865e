package io.expressgateway.http.h1;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** Status lines, made once (RFC 9112 section 4). */
final class Statuses {

  private static final byte[][] LINES = new byte[600][];
  private static final String[] REASONS = new String[600];

  static {
    for (int status = 100; status < 600; status++) {
      String known = HttpResponseStatus.valueOf(status).reasonPhrase();
      REASONS[status] = known.indexOf('(') >= 0 ? "" : known;
      LINES[status] = line(status, REASONS[status]);
    }
  }

  private Statuses() {}

  /** The usual reason phrase; empty for none. */
  static String reason(int status) {
    return status < 600 ? REASONS[status] : "";
  }

  /** {@code HTTP/1.1 200 OK} with its line end. */
  static byte[] line(int status, String reason, boolean usual) {
    if (usual && status < 600) {
      return LINES[status];
    }
    return line(status, reason);
  }

  private static byte[] line(int status, String reason) {
    return ("HTTP/1.1 " + status + " " + reason + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }
}
