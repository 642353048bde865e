package io.expressgateway.metrics;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** How an exchange or a flow becomes a line. One instance per event loop: it may keep a clock. */
interface AccessLogFormat {

  /** Apache's "combined" as a pattern. */
  String COMBINED = "%h - - [%t] \"%r\" %s %b \"%{Referer}i\" \"%{User-Agent}i\"";

  /** Writes the line without its end. */
  void write(LogEntry entry, Line line);

  /**
   * The format of this name, or of this pattern.
   *
   * @param text {@code json}, {@code combined} or a pattern ({@link PatternFormat})
   * @throws IllegalArgumentException with a sentence for the operator when the pattern is wrong
   */
  static AccessLogFormat of(String text) {
    return switch (text) {
      case "json" -> new JsonFormat();
      case "combined" -> PatternFormat.parse(COMBINED);
      default -> PatternFormat.parse(text);
    };
  }

  /** The client's address, without its port. */
  static void client(InetSocketAddress client, Line line) {
    InetAddress address = client.getAddress();
    if (address == null) {
      line.quoted(client.getHostString());
      return;
    }
    byte[] octets = address.getAddress();
    if (octets.length != 4) {
      line.ascii(address.getHostAddress());
      return;
    }
    for (int i = 0; i < 4; i++) {
      if (i > 0) {
        line.raw('.');
      }
      line.number(octets[i] & 0xff);
    }
  }
}
