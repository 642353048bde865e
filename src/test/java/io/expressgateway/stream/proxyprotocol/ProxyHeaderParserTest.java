package io.expressgateway.stream.proxyprotocol;

import static io.expressgateway.stream.proxyprotocol.Headers.at;
import static io.expressgateway.stream.proxyprotocol.Headers.binary;
import static io.expressgateway.stream.proxyprotocol.Headers.extension;
import static io.expressgateway.stream.proxyprotocol.Headers.header;
import static io.expressgateway.stream.proxyprotocol.Headers.hex;
import static io.expressgateway.stream.proxyprotocol.Headers.join;
import static io.expressgateway.stream.proxyprotocol.Headers.parse;
import static io.expressgateway.stream.proxyprotocol.Headers.text;
import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.stream.proxyprotocol.ProxyHeader.Command;
import io.expressgateway.stream.proxyprotocol.ProxyHeader.Transport;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Absent;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Complete;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Incomplete;
import io.expressgateway.stream.proxyprotocol.ProxyHeaderParser.Malformed;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderParserTest {

  private static final String V4 = "c0a80001" + "0a000001" + "1f90" + "0050";
  private static final String V6 =
      "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "1f90" + "01bb";

  @Test
  void readsTextOfBothFamilies() {
    assertThat(parse(text("PROXY TCP4 192.168.0.1 10.0.0.1 8080 80\r\nGET")))
        .isEqualTo(
            new Complete(ProxyHeader.stream(at("192.168.0.1", 8080), at("10.0.0.1", 80)), 41));
    assertThat(header(text("PROXY TCP6 2001:db8::1 2001:db8::2 0 65535\r\n")))
        .isEqualTo(ProxyHeader.stream(at("2001:db8::1", 0), at("2001:db8::2", 65535)));
  }

  @Test
  void readsTheLongestText() {
    String ip = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
    String line = "PROXY TCP6 " + ip + " " + ip + " 65535 65535\r\n";
    assertThat(((Complete) parse(text(line))).length()).isEqualTo(104);
    assertThat(parse(text("PROXY UNKNOWN " + ip + " " + ip + " 65535 65535\r\n")))
        .isEqualTo(new Complete(unknown(), 107));
  }

  @Test
  void readsMappedAddressesAsWhatTheyMean() {
    assertThat(header(text("PROXY TCP6 ::ffff:192.0.2.1 2001:db8::2 1 2\r\n")).source())
        .isEqualTo(at("192.0.2.1", 1));
  }

  @Test
  void takesUnknownForTheConnectionsOwnAddresses() {
    assertThat(parse(text("PROXY UNKNOWN\r\n"))).isEqualTo(new Complete(unknown(), 15));
    assertThat(header(text("PROXY UNKNOWN whatever, 1 2 3 4\r\n")).source()).isNull();
  }

  private static ProxyHeader unknown() {
    return new ProxyHeader(Command.PROXY, Transport.UNSPECIFIED, null, null, List.of());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "PROXY TCP4 192.168.0.1 10.0.0.1 8080 80\n",
        "PROXY TCP4 192.168.0.1 10.0.0.1 8080 80\r\r\n",
        "PROXY TCP4 192.168.0.1 10.0.0.1 8080\r 80\r\n",
        "PROXY TCP4 192.168.0.1 10.0.0.1 8080 80 \r\n",
        "PROXY TCP4  192.168.0.1 10.0.0.1 8080 80\r\n",
        "PROXY  TCP4 192.168.0.1 10.0.0.1 8080 80\r\n",
        "PROXY TCP4\t192.168.0.1 10.0.0.1 8080 80\r\n",
        "PROXY tcp4 192.168.0.1 10.0.0.1 8080 80\r\n",
        "PROXY UDP4 192.168.0.1 10.0.0.1 8080 80\r\n",
        "PROXY TCP4 192.168.0.1 10.0.0.1 8080\r\n",
        "PROXY TCP4 192.168.0.1 10.0.0.1 08080 80\r\n",
        "PROXY TCP4 192.168.0.1 10.0.0.1 65536 80\r\n",
        "PROXY TCP4 192.168.0.1 10.0.0.1 +80 80\r\n",
        "PROXY TCP4 192.168.0.1 10.0.0.1  80\r\n",
        "PROXY TCP4 192.168.0.01 10.0.0.1 80 80\r\n",
        "PROXY TCP4 192.168.1 10.0.0.1 80 80\r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 80 80\r\n",
        "PROXY TCP6 192.168.0.1 10.0.0.1 80 80\r\n",
        "PROXY TCP6 2001:db8::1%eth0 2001:db8::2 80 80\r\n",
        "PROXY TCP6 [2001:db8::1] 2001:db8::2 80 80\r\n",
        "PROXY TCP4 localhost 10.0.0.1 80 80\r\n",
        "PROXY \r\n",
        "PROXY UNKNOWN\n",
      })
  void refusesOtherText(String line) {
    assertThat(parse(text(line))).isInstanceOf(Malformed.class);
    assertThat(Headers.byteByByte(text(line))).isEqualTo(parse(text(line)));
  }

  @Test
  void refusesTextThatDoesNotEnd() {
    byte[] endless = new byte[107];
    Arrays.fill(endless, (byte) 'x');
    byte[] line = join(text("PROXY UNKNOWN "), endless);
    assertThat(parse(Arrays.copyOf(line, 106))).isInstanceOf(Incomplete.class);
    assertThat(parse(Arrays.copyOf(line, 107))).isInstanceOf(Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\n",
        "PRI * HTTP/2.0\r\n",
        "PROXX",
        "proxy TCP4",
        "\r\n\r\nGET",
        "\u0016\u0003\u0001"
      })
  void knowsWhatIsNoHeader(String bytes) {
    assertThat(parse(text(bytes))).isInstanceOf(Absent.class);
  }

  @Test
  void waitsForTheRest() {
    for (byte[] whole :
        List.of(
            text("PROXY TCP4 192.168.0.1 10.0.0.1 8080 80\r\n"),
            binary(0x21, 0x11, V4, extension(0x05, "0102")))) {
      for (int i = 0; i < whole.length; i++) {
        assertThat(parse(Arrays.copyOf(whole, i))).isInstanceOf(Incomplete.class);
      }
      assertThat(parse(whole)).isInstanceOf(Complete.class);
    }
  }

  @Test
  void readsBinaryOfBothFamiliesAndTransports() {
    assertThat(header(binary(0x21, 0x11, V4)))
        .isEqualTo(ProxyHeader.stream(at("192.168.0.1", 8080), at("10.0.0.1", 80)));
    assertThat(header(binary(0x21, 0x12, V4)).transport()).isEqualTo(Transport.DATAGRAM);
    assertThat(header(binary(0x21, 0x21, V6)))
        .isEqualTo(ProxyHeader.stream(at("2001:db8::1", 8080), at("2001:db8::2", 443)));
    assertThat(header(binary(0x21, 0x22, V6)).transport()).isEqualTo(Transport.DATAGRAM);
  }

  @Test
  void readsUnixSocketsAndSkipsTheirPaths() {
    ProxyHeader unix = header(binary(0x21, 0x31, "2f".repeat(216), extension(0x05, "07")));
    assertThat(unix.source()).isNull();
    assertThat(unix.extensions()).containsExactly(new Tlv(0x05, new byte[] {7}));
    assertThat(parse(binary(0x21, 0x32, "2f".repeat(215)))).isInstanceOf(Malformed.class);
  }

  @Test
  void skipsWhateverComesWithLocalAndWithUnspecified() {
    assertThat(parse(join(binary(0x20, 0x00), text("rest"))))
        .isEqualTo(new Complete(ProxyHeader.LOCAL, 16));
    assertThat(parse(binary(0x20, 0x11, V4, "ffffff")))
        .isEqualTo(new Complete(ProxyHeader.LOCAL, 31));
    assertThat(parse(binary(0x20, 0xee, "aa"))).isEqualTo(new Complete(ProxyHeader.LOCAL, 17));
    assertThat(parse(binary(0x21, 0x00, "aabb"))).isEqualTo(new Complete(unknown(), 18));
  }

  @Test
  void refusesOtherVersionsCommandsAndFamilies() {
    for (int command : new int[] {0x00, 0x11, 0x22, 0x2f, 0x31}) {
      assertThat(parse(binary(command, 0x11, V4))).isInstanceOf(Malformed.class);
    }
    for (int family : new int[] {0x01, 0x10, 0x13, 0x20, 0x41, 0xff}) {
      assertThat(parse(binary(0x21, family, V6))).isInstanceOf(Malformed.class);
    }
  }

  @Test
  void refusesALengthThatCutsTheAddresses() {
    assertThat(parse(binary(0x21, 0x11, V4.substring(2)))).isInstanceOf(Malformed.class);
    assertThat(parse(binary(0x21, 0x21, V4))).isInstanceOf(Malformed.class);
  }

  @Test
  void refusesALengthBeyondTheBoundBeforeTheBytesCome() {
    byte[] most = hex(Headers.SIGNATURE, "2111", "4000");
    byte[] over = hex(Headers.SIGNATURE, "2111", "4001");
    assertThat(parse(most)).isInstanceOf(Incomplete.class);
    assertThat(parse(over)).isInstanceOf(Malformed.class);
  }

  @Test
  void refusesExtensionsThatLeakIntoWhatFollows() {
    byte[] follows = text("the protocol above");
    for (String extension : List.of("05", "0500", "050001", "0500ff00", "05000107" + "05")) {
      assertThat(parse(join(binary(0x21, 0x11, V4, extension), follows)))
          .as(extension)
          .isInstanceOf(Malformed.class);
    }
  }

  @Test
  void keepsExtensionsInOrderWithoutPadding() {
    ProxyHeader header =
        header(
            binary(
                0x21,
                0x11,
                V4,
                extension(Tlv.NOOP, "000000"),
                extension(Tlv.AUTHORITY, "6578"),
                extension(0xea, ""),
                extension(Tlv.SSL, "0100000000" + extension(0x21, "31"))));
    assertThat(header.extensions())
        .containsExactly(
            new Tlv(Tlv.AUTHORITY, text("ex")),
            new Tlv(0xea, new byte[0]),
            new Tlv(Tlv.SSL, hex("0100000000", extension(0x21, "31"))));
  }

  @Test
  void refusesNestedExtensionsThatDoNotFillTheirOwn() {
    for (String nested : List.of("", "01000000", "010000000021", "0100000000210005aa")) {
      assertThat(parse(binary(0x21, 0x11, V4, extension(Tlv.SSL, nested))))
          .as(nested)
          .isInstanceOf(Malformed.class);
    }
  }

  @Test
  void boundsTheNumberOfExtensions() {
    String many = extension(0xea, "").repeat(ProxyHeaderParser.MAX_EXTENSIONS);
    assertThat(parse(binary(0x21, 0x11, V4, many))).isInstanceOf(Complete.class);
    assertThat(parse(binary(0x21, 0x11, V4, many, extension(Tlv.NOOP, ""))))
        .isInstanceOf(Malformed.class);
    assertThat(parse(binary(0x21, 0x11, V4, extension(Tlv.UNIQUE_ID, "00".repeat(129)))))
        .isInstanceOf(Malformed.class);
  }

  @Test
  void verifiesTheChecksum() {
    byte[] good = hex("0d0a0d0a000d0a515549540a2111", "00137f0000017f000001df601b5a030004866ed3ca");
    assertThat(parse(good)).isInstanceOf(Complete.class);
    int type = 28;
    for (int i = 14; i < good.length; i++) {
      if (i == type) {
        // Of another type it is an extension like any other.
        continue;
      }
      byte[] bad = good.clone();
      bad[i] ^= 1;
      assertThat(parse(bad)).as("byte " + i).isNotInstanceOf(Complete.class);
    }
  }

  @Test
  void refusesTwoChecksumsAndOnesOfAnotherSize() {
    assertThat(parse(binary(0x21, 0x11, V4, extension(Tlv.CRC32C, "000000"))))
        .isInstanceOf(Malformed.class);
    String twice = extension(Tlv.CRC32C, "00000000").repeat(2);
    assertThat(parse(binary(0x21, 0x11, V4, twice))).isInstanceOf(Malformed.class);
  }
}
