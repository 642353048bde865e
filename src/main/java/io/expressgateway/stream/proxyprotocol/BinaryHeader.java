package io.expressgateway.stream.proxyprotocol;

import io.expressgateway.net.IpLiteral;
import io.expressgateway.stream.proxyprotocol.ProxyHeader.Command;
import io.expressgateway.stream.proxyprotocol.ProxyHeader.Transport;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Complete;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Malformed;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Result;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Version 2 (specification section 2.2): a signature of twelve bytes, version and command, family
 * and transport, the length of the rest; then two addresses and the extensions.
 */
final class BinaryHeader {

  static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };

  /** Signature, version and command, family and transport, length. */
  static final int FIXED_BYTES = 16;

  static final int LOCAL_COMMAND = 0x20;
  static final int PROXY_COMMAND = 0x21;

  static final int UNSPECIFIED = 0x00;
  static final int TCP4 = 0x11;
  static final int UDP4 = 0x12;
  static final int TCP6 = 0x21;
  static final int UDP6 = 0x22;
  private static final int UNIX_STREAM = 0x31;
  private static final int UNIX_DATAGRAM = 0x32;

  /** Two addresses and two ports. */
  static final int IPV4_BYTES = 12;

  static final int IPV6_BYTES = 36;

  /** Two paths. */
  private static final int UNIX_BYTES = 216;

  private BinaryHeader() {}

  /** Reads a header that begins with the signature. */
  static Result parse(ByteBuf in) {
    int from = in.readerIndex();
    int available = in.readableBytes();
    if (available > SIGNATURE.length && !isCommand(in.getUnsignedByte(from + 12))) {
      return new Malformed("a version other than 2, or an unknown command");
    }
    if (available < FIXED_BYTES) {
      return ProxyHeaderParser.INCOMPLETE;
    }
    int length = in.getUnsignedShort(from + 14);
    if (length > ProxyHeaderParser.MAX_BODY_BYTES) {
      return new Malformed(
          length + " bytes, more than " + ProxyHeaderParser.MAX_BODY_BYTES + " are allowed");
    }
    if (available < FIXED_BYTES + length) {
      return ProxyHeaderParser.INCOMPLETE;
    }
    return whole(in.slice(from, FIXED_BYTES + length));
  }

  private static boolean isCommand(int versionAndCommand) {
    return versionAndCommand == LOCAL_COMMAND || versionAndCommand == PROXY_COMMAND;
  }

  private static Result whole(ByteBuf header) {
    if (header.getUnsignedByte(12) == LOCAL_COMMAND) {
      // Family, addresses and extensions are there to be skipped.
      return new Complete(ProxyHeader.LOCAL, header.readableBytes());
    }
    int family = header.getUnsignedByte(13);
    return switch (family) {
      case UNSPECIFIED ->
          new Complete(
              new ProxyHeader(Command.PROXY, Transport.UNSPECIFIED, null, null, List.of()),
              header.readableBytes());
      case TCP4 -> addressed(header, Transport.STREAM, IPV4_BYTES);
      case UDP4 -> addressed(header, Transport.DATAGRAM, IPV4_BYTES);
      case TCP6 -> addressed(header, Transport.STREAM, IPV6_BYTES);
      case UDP6 -> addressed(header, Transport.DATAGRAM, IPV6_BYTES);
      case UNIX_STREAM -> addressed(header, Transport.STREAM, UNIX_BYTES);
      case UNIX_DATAGRAM -> addressed(header, Transport.DATAGRAM, UNIX_BYTES);
      default -> new Malformed("an unknown family or transport");
    };
  }

  private static Result addressed(ByteBuf header, Transport transport, int addressBytes) {
    if (header.readableBytes() < FIXED_BYTES + addressBytes) {
      return new Malformed("too short for the addresses of its family");
    }
    Extensions extensions = new Extensions();
    String fault = extensions.read(header, FIXED_BYTES + addressBytes);
    if (fault != null) {
      return new Malformed(fault);
    }
    boolean told = addressBytes != UNIX_BYTES;
    int ip = (addressBytes - 4) / 2;
    return new Complete(
        new ProxyHeader(
            Command.PROXY,
            transport,
            told ? address(header, FIXED_BYTES, ip, FIXED_BYTES + 2 * ip) : null,
            told ? address(header, FIXED_BYTES + ip, ip, FIXED_BYTES + 2 * ip + 2) : null,
            extensions.kept()),
        header.readableBytes());
  }

  private static InetSocketAddress address(ByteBuf header, int at, int length, int portAt) {
    byte[] bytes = new byte[length];
    header.getBytes(at, bytes);
    return new InetSocketAddress(IpLiteral.address(bytes), header.getUnsignedShort(portAt));
  }
}
