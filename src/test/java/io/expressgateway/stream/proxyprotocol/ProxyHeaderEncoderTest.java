package io.expressgateway.stream.proxyprotocol;

import static io.expressgateway.stream.proxyprotocol.Headers.at;
import static io.expressgateway.stream.proxyprotocol.Headers.header;
import static io.expressgateway.stream.proxyprotocol.Headers.hex;
import static io.expressgateway.stream.proxyprotocol.Headers.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.stream.proxyprotocol.ProxyHeader.Command;
import io.expressgateway.stream.proxyprotocol.ProxyHeader.Transport;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProxyHeaderEncoderTest {

  private static final ByteBufAllocator ALLOCATOR = UnpooledByteBufAllocator.DEFAULT;
  private static final InetSocketAddress V4 = at("192.0.2.1", 4711);
  private static final InetSocketAddress OTHER_V4 = at("198.51.100.2", 443);
  private static final InetSocketAddress V6 = at("2001:db8::1", 4711);
  private static final InetSocketAddress OTHER_V6 = at("2001:db8::2", 443);

  @Test
  void writesText() {
    assertThat(version1(ProxyHeader.stream(V4, OTHER_V4)))
        .isEqualTo(text("PROXY TCP4 192.0.2.1 198.51.100.2 4711 443\r\n"));
    assertThat(version1(ProxyHeader.stream(V6, OTHER_V6)))
        .isEqualTo(text("PROXY TCP6 2001:db8:0:0:0:0:0:1 2001:db8:0:0:0:0:0:2 4711 443\r\n"));
    assertThat(version1(ProxyHeader.stream(V4, OTHER_V6)))
        .isEqualTo(text("PROXY TCP6 ::ffff:192.0.2.1 2001:db8:0:0:0:0:0:2 4711 443\r\n"));
  }

  @Test
  void writesAsTextWhatTextCannotSayAsUnknown() {
    assertThat(version1(ProxyHeader.LOCAL)).isEqualTo(text("PROXY UNKNOWN\r\n"));
    assertThat(version1(ProxyHeader.datagram(V4, OTHER_V4))).isEqualTo(text("PROXY UNKNOWN\r\n"));
  }

  @Test
  void writesDatagramsAndLocal() {
    assertThat(version2(ProxyHeader.datagram(V4, OTHER_V4), false))
        .isEqualTo(hex(Headers.SIGNATURE, "2112000c", "c0000201c6336402126701bb"));
    assertThat(version2(ProxyHeader.LOCAL, false)).isEqualTo(hex(Headers.SIGNATURE, "20000000"));
  }

  @Test
  void writesWhatTheParserReads() {
    List<Tlv> extensions = List.of(new Tlv(Tlv.AUTHORITY, text("a")), new Tlv(0xe0, new byte[0]));
    for (boolean checked : new boolean[] {false, true}) {
      for (Transport transport : List.of(Transport.STREAM, Transport.DATAGRAM)) {
        for (InetSocketAddress source : List.of(V4, V6)) {
          for (InetSocketAddress destination : List.of(OTHER_V4, OTHER_V6)) {
            ProxyHeader header =
                new ProxyHeader(Command.PROXY, transport, source, destination, extensions);
            assertThat(header(version2(header, checked))).isEqualTo(header);
          }
        }
      }
    }
  }

  @Test
  void refusesExtensionsThatDoNotFit() {
    Tlv large = new Tlv(0xe0, new byte[0xffff]);
    ProxyHeader header =
        new ProxyHeader(Command.PROXY, Transport.STREAM, V4, OTHER_V4, List.of(large));
    assertThatThrownBy(() -> ProxyHeaderEncoder.version2(ALLOCATOR, header, false))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static byte[] version1(ProxyHeader header) {
    return Headers.take(ProxyHeaderEncoder.version1(ALLOCATOR, header));
  }

  private static byte[] version2(ProxyHeader header, boolean checked) {
    return Headers.take(ProxyHeaderEncoder.version2(ALLOCATOR, header, checked));
  }
}
