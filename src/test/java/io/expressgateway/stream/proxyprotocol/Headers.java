package io.expressgateway.stream.proxyprotocol;

import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Complete;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Incomplete;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** Headers as bytes, and what the parser makes of them. */
final class Headers {

  static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

  private Headers() {}

  static byte[] text(String line) {
    return line.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] hex(String... pieces) {
    return HexFormat.of().parseHex(String.join("", pieces));
  }

  /** A version 2 header with the right length. */
  static byte[] binary(int command, int family, String... bodyHex) {
    byte[] body = hex(bodyHex);
    return hex(
        SIGNATURE,
        "%02x%02x%04x".formatted(command, family, body.length),
        HexFormat.of().formatHex(body));
  }

  /** An extension in hexadecimal digits. */
  static String extension(int type, String valueHex) {
    return "%02x%04x".formatted(type, valueHex.length() / 2) + valueHex;
  }

  static byte[] join(byte[]... pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      out.writeBytes(piece);
    }
    return out.toByteArray();
  }

  static byte[] take(ByteBuf encoded) {
    byte[] bytes = ByteBufUtil.getBytes(encoded);
    encoded.release();
    return bytes;
  }

  static InetSocketAddress at(String ip, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(ip), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(ip, e);
    }
  }

  static Result parse(byte[] bytes) {
    return ProxyHeaderParser.parse(Unpooled.wrappedBuffer(bytes));
  }

  static ProxyHeader header(byte[] bytes) {
    return ((Complete) parse(bytes)).header();
  }

  /** The first result that is no longer open, looking after each byte; else the open one. */
  static Result byteByByte(byte[] bytes) {
    Result result = new Incomplete();
    for (int i = 0; i <= bytes.length && result instanceof Incomplete; i++) {
      result = parse(Arrays.copyOf(bytes, i));
    }
    return result;
  }
}
