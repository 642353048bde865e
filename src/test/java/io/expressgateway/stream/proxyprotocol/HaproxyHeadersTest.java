package io.expressgateway.stream.proxyprotocol;

import static io.expressgateway.stream.proxyprotocol.Headers.at;
import static io.expressgateway.stream.proxyprotocol.Headers.header;
import static io.expressgateway.stream.proxyprotocol.Headers.hex;
import static io.expressgateway.stream.proxyprotocol.Headers.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

/** Headers as HAProxy 2.6.12 of Debian 12 sent them, recorded from its sockets. */
class HaproxyHeadersTest {

  private static final String CHECKED_V4 =
      "0d0a0d0a000d0a515549540a211100137f0000017f000001df601b5a030004866ed3ca";
  private static final String CHECKED_V6 =
      "0d0a0d0a000d0a515549540a2121002b0000000000000000000000000000000100000000000000000000000000"
          + "000001ac981b5b0300043b04b390";

  @Test
  void readsWhatSendProxySends() {
    assertThat(header(text("PROXY TCP4 127.0.0.1 127.0.0.1 50974 7001\r\n")))
        .isEqualTo(ProxyHeader.stream(at("127.0.0.1", 50974), at("127.0.0.1", 7001)));
    assertThat(header(text("PROXY TCP6 ::1 ::1 43288 7004\r\n")))
        .isEqualTo(ProxyHeader.stream(at("::1", 43288), at("::1", 7004)));
  }

  @Test
  void readsAndWritesTheSameChecksum() {
    ProxyHeader v4 = ProxyHeader.stream(at("127.0.0.1", 0xdf60), at("127.0.0.1", 7002));
    ProxyHeader v6 = ProxyHeader.stream(at("::1", 0xac98), at("::1", 7003));
    assertThat(header(hex(CHECKED_V4))).isEqualTo(v4);
    assertThat(header(hex(CHECKED_V6))).isEqualTo(v6);
    assertThat(checked(v4)).isEqualTo(hex(CHECKED_V4));
    assertThat(checked(v6)).isEqualTo(hex(CHECKED_V6));
  }

  private static byte[] checked(ProxyHeader header) {
    return Headers.take(
        ProxyHeaderEncoder.version2(UnpooledByteBufAllocator.DEFAULT, header, true));
  }

  @Test
  void readsWhatIsToldAboutTls() {
    ProxyHeader header =
        header(
            hex(
                "0d0a0d0a000d0a515549540a2111004f7f0000017f000001c9c81b5d030004e2885e30010002",
                "6832020009736974652e746573742000280100000000210007544c5376312e33230016544c53",
                "5f4145535f3235365f47434d5f534841333834"));
    assertThat(header.extensions())
        .extracting(Tlv::type)
        .containsExactly(Tlv.ALPN, Tlv.AUTHORITY, Tlv.SSL);
    assertThat(header.extensions().get(1)).isEqualTo(new Tlv(Tlv.AUTHORITY, text("site.test")));
  }

  @Test
  void readsWhatHealthChecksAndUnixClientsSend() {
    assertThat(header(hex("0d0a0d0a000d0a515549540a20000000"))).isEqualTo(ProxyHeader.LOCAL);
  }
}
