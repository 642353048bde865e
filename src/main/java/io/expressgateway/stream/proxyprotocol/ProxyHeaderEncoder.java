package io.expressgateway.stream.proxyprotocol;

import io.expressgateway.net.IpLiteral;
import io.expressgateway.stream.proxyprotocol.ProxyHeader.Command;
import io.expressgateway.stream.proxyprotocol.ProxyHeader.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes headers for endpoints. When one address is IPv4 and the other IPv6, both are written as
 * IPv6, the first as an IPv4-mapped one. The caller owns the buffers. Any thread.
 */
public final class ProxyHeaderEncoder {

  private static final byte[] MAPPED = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private ProxyHeaderEncoder() {}

  /**
   * Version 1, at most 107 bytes. It knows TCP only: whatever else becomes UNKNOWN, for which the
   * endpoint takes the addresses of the connection.
   */
  public static ByteBuf version1(ByteBufAllocator allocator, ProxyHeader header) {
    ByteBuf out = allocator.buffer(TextHeader.MAX_BYTES);
    InetSocketAddress source = header.source();
    InetSocketAddress destination = header.destination();
    String line = "PROXY UNKNOWN\r\n";
    if (source != null && destination != null && header.transport() == Transport.STREAM) {
      boolean wide = isWide(source) || isWide(destination);
      line =
          "PROXY "
              + (wide ? "TCP6 " : "TCP4 ")
              + text(source.getAddress(), wide)
              + ' '
              + text(destination.getAddress(), wide)
              + ' '
              + source.getPort()
              + ' '
              + destination.getPort()
              + "\r\n";
    }
    out.writeCharSequence(line, StandardCharsets.US_ASCII);
    return out;
  }

  /**
   * Version 2.
   *
   * @param checked whether a checksum is added
   * @throws IllegalArgumentException when the extensions do not fit into 65 535 bytes
   */
  public static ByteBuf version2(ByteBufAllocator allocator, ProxyHeader header, boolean checked) {
    ByteBuf out = allocator.buffer(BinaryHeader.FIXED_BYTES + BinaryHeader.IPV6_BYTES + 7);
    try {
      write(out, header, checked);
      return out;
    } catch (RuntimeException e) {
      out.release();
      throw e;
    }
  }

  private static void write(ByteBuf out, ProxyHeader header, boolean checked) {
    out.writeBytes(BinaryHeader.SIGNATURE);
    boolean local = header.command() == Command.LOCAL;
    out.writeByte(local ? BinaryHeader.LOCAL_COMMAND : BinaryHeader.PROXY_COMMAND);
    writeAddresses(out, header.transport(), header.source(), header.destination());
    for (Tlv extension : header.extensions()) {
      out.writeByte(extension.type()).writeShort(extension.length()).writeBytes(extension.value());
    }
    int checksumAt = out.writerIndex() + 3;
    if (checked) {
      out.writeByte(Tlv.CRC32C).writeShort(4).writeInt(0);
    }
    int length = out.readableBytes() - BinaryHeader.FIXED_BYTES;
    if (length > 0xffff) {
      throw new IllegalArgumentException("a header of " + length + " bytes");
    }
    out.setShort(BinaryHeader.FIXED_BYTES - 2, length);
    if (checked) {
      out.setInt(checksumAt, Extensions.checksum(ByteBufUtil.getBytes(out), checksumAt));
    }
  }

  private static void writeAddresses(
      ByteBuf out,
      Transport transport,
      @Nullable InetSocketAddress source,
      @Nullable InetSocketAddress destination) {
    if (source == null || destination == null || transport == Transport.UNSPECIFIED) {
      out.writeByte(BinaryHeader.UNSPECIFIED).writeShort(0);
      return;
    }
    boolean wide = isWide(source) || isWide(destination);
    out.writeByte(family(transport, wide)).writeShort(0);
    writeIp(out, source.getAddress(), wide);
    writeIp(out, destination.getAddress(), wide);
    out.writeShort(source.getPort()).writeShort(destination.getPort());
  }

  private static int family(Transport transport, boolean wide) {
    if (transport == Transport.DATAGRAM) {
      return wide ? BinaryHeader.UDP6 : BinaryHeader.UDP4;
    }
    return wide ? BinaryHeader.TCP6 : BinaryHeader.TCP4;
  }

  private static boolean isWide(InetSocketAddress address) {
    return address.getAddress().getAddress().length == 16;
  }

  private static void writeIp(ByteBuf out, InetAddress ip, boolean wide) {
    byte[] bytes = ip.getAddress();
    if (wide && bytes.length == 4) {
      out.writeBytes(MAPPED);
    }
    out.writeBytes(bytes);
  }

  private static String text(InetAddress ip, boolean wide) {
    byte[] bytes = ip.getAddress();
    String text = IpLiteral.format(bytes);
    return wide && bytes.length == 4 ? "::ffff:" + text : text;
  }
}
