package io.expressgateway.stream.proxyprotocol;

import io.expressgateway.net.IpLiteral;
import io.expressgateway.stream.proxyprotocol.ProxyHeader.Command;
import io.expressgateway.stream.proxyprotocol.ProxyHeader.Transport;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Complete;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Malformed;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Result;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Version 1: one line of text (specification section 2.1). Exactly one space between fields, CRLF
 * at the end, no leading zeros, at most 107 bytes.
 */
final class TextHeader {

  /** "PROXY TCP6 " with two longest addresses and ports, and CRLF. */
  static final int MAX_BYTES = 107;

  private static final int FIELDS = 6;

  private TextHeader() {}

  /** Reads a header that begins with {@code "PROXY "}. */
  static Result parse(ByteBuf in) {
    int from = in.readerIndex();
    int available = Math.min(in.readableBytes(), MAX_BYTES);
    for (int i = 0; i < available; i++) {
      byte b = in.getByte(from + i);
      if (b == '\n') {
        return new Malformed("a line feed without a carriage return");
      }
      if (b == '\r' && i + 1 < available) {
        return in.getByte(from + i + 1) == '\n'
            ? line(in.toString(from, i, StandardCharsets.ISO_8859_1), i + 2)
            : new Malformed("a carriage return without a line feed");
      }
    }
    return available < MAX_BYTES
        ? ProxyHeaderParser.INCOMPLETE
        : new Malformed("longer than " + MAX_BYTES + " bytes");
  }

  private static Result line(String line, int length) {
    String[] fields = line.split(" ", -1);
    if (fields[1].equals("UNKNOWN")) {
      // What else stands in the line is to be ignored.
      return new Complete(
          new ProxyHeader(Command.PROXY, Transport.UNSPECIFIED, null, null, List.of()), length);
    }
    boolean wide = fields[1].equals("TCP6");
    if (!wide && !fields[1].equals("TCP4")) {
      return new Malformed("a protocol other than TCP4, TCP6 and UNKNOWN");
    }
    if (fields.length != FIELDS) {
      return new Malformed(fields.length + " fields in place of " + FIELDS);
    }
    InetSocketAddress source = address(fields[2], fields[4], wide);
    InetSocketAddress destination = address(fields[3], fields[5], wide);
    if (source == null || destination == null) {
      return new Malformed("an address or a port that is none");
    }
    return new Complete(ProxyHeader.stream(source, destination), length);
  }

  private static @Nullable InetSocketAddress address(String ip, String port, boolean wide) {
    int number = port(port);
    byte[] bytes = ip.indexOf(':') >= 0 == wide ? IpLiteral.parse(ip) : null;
    if (bytes == null || number < 0) {
      return null;
    }
    return new InetSocketAddress(IpLiteral.address(bytes), number);
  }

  /** The port, or -1. */
  private static int port(String text) {
    if (text.isEmpty() || text.length() > 5 || (text.length() > 1 && text.charAt(0) == '0')) {
      return -1;
    }
    int port = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      port = port * 10 + digit;
    }
    return port <= 0xffff ? port : -1;
  }
}
