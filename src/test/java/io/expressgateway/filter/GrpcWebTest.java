package io.expressgateway.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GrpcWebTest {

  @Test
  void theRequestBecomesGrpcAndAsksForTrailers() {
    FakeFilterExchange exchange =
        FakeFilterExchange.get("/").with("Content-Type", "application/grpc-web-text+proto;a=b");
    Filters.of("GrpcWeb").onRequestHead(exchange);
    assertThat(exchange.request.headers().get("content-type"))
        .isEqualTo("application/grpc+proto;a=b");
    assertThat(exchange.request.headers().get("te")).isEqualTo("trailers");
  }

  @Test
  void otherRequestsStayAsTheyAre() {
    FakeFilterExchange exchange = FakeFilterExchange.get("/").with("Content-Type", "text/plain");
    exchange.through(Filters.of("GrpcWeb"));
    assertThat(exchange.request.headers().toString()).isEqualTo("Content-Type: text/plain\n");
  }

  @Test
  void base64IsDecodedWhereverItIsCut() {
    byte[] text = "AAAAAAI=aGk=QUJD".getBytes(StandardCharsets.US_ASCII);
    for (int cut = 0; cut <= text.length; cut++) {
      Base64Pieces pieces = new Base64Pieces();
      ByteBuf all = Unpooled.buffer();
      all.writeBytes(pieces.decode(Unpooled.wrappedBuffer(text, 0, cut)));
      all.writeBytes(pieces.decode(Unpooled.wrappedBuffer(text, cut, text.length - cut)));
      assertThat(all.toString(StandardCharsets.ISO_8859_1)).isEqualTo("\0\0\0\0\2hiABC");
      assertThat(pieces.isWhole()).isTrue();
    }
  }

  @Test
  void whatIsLeftOverAndWhatIsNoBase64IsNoticed() {
    Base64Pieces pieces = new Base64Pieces();
    assertThat(pieces.decode(bytes("AAAAA")).readableBytes()).isEqualTo(3);
    assertThat(pieces.isWhole()).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> pieces.decode(bytes("*AA")));
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
  }
}
