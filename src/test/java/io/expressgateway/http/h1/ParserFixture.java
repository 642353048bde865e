package io.expressgateway.http.h1;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.expressgateway.snapshot.ListenerSpec.HttpLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Runs the parsers over bytes that are cut into pieces, and says what came out as one text. */
final class ParserFixture {

  private ParserFixture() {}

  /** The request in one line, or the fault; and how many bytes were consumed. */
  static String request(byte[] wire, int... cuts) {
    RequestParser parser =
        new RequestParser(
            Stage.limits(HttpLimits.DEFAULTS).sizes(1000, 4096, 32, 1 << 20, 16), "http");
    parser.reset();
    return run(
        parser,
        wire,
        cuts,
        () -> {
          RequestHead head = parser.head();
          return head.method()
              + " "
              + head.authority()
              + " "
              + head.target()
              + " "
              + head.version()
              + " "
              + head.contentLength()
              + " "
              + parser.isKeepAlive()
              + " "
              + parser.isUpgrade()
              + "\n"
              + head.headers();
        });
  }

  static String response(byte[] wire, boolean toHead, int... cuts) {
    ResponseParser parser = new ResponseParser();
    parser.reset(toHead);
    return run(
        parser,
        wire,
        cuts,
        () -> {
          ResponseHead head = parser.head();
          return head.status()
              + " "
              + head.reason()
              + " "
              + parser.framing()
              + " "
              + parser.length()
              + " "
              + parser.isKeepAlive()
              + "\n"
              + head.headers();
        });
  }

  private static String run(
      HeadParser parser, byte[] wire, int[] cuts, java.util.function.Supplier<String> result) {
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : wire.length;
      ByteBuf in = Unpooled.wrappedBuffer(wire, from, to - from);
      HeadParser.Progress progress = parser.parse(in);
      switch (progress) {
        case COMPLETE -> {
          return (from + in.readerIndex()) + " " + result.get();
        }
        case FAILED -> {
          return parser.failure().name();
        }
        case INCOMPLETE -> {}
      }
      if (in.isReadable()) {
        throw new AssertionError("an incomplete head left bytes unread");
      }
      from = to;
    }
    return "INCOMPLETE";
  }

  /** Payload, trailers and consumed bytes of a chunked body; {@code BAD} when malformed. */
  static String chunks(byte[] wire, int... cuts) {
    ChunkParser parser = new ChunkParser(1024, 16, true);
    parser.reset();
    StringBuilder payload = new StringBuilder();
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : wire.length;
      // A copy: the parser moves payload within the buffer.
      ByteBuf in = Unpooled.copiedBuffer(Arrays.copyOfRange(wire, from, to));
      int length = parser.parse(in);
      if (length < 0) {
        return "BAD";
      }
      payload.append(in.toString(0, length, StandardCharsets.ISO_8859_1));
      if (parser.isDone()) {
        HeaderBlock trailers = parser.trailers();
        return (from + in.readerIndex()) + " " + payload + "\n" + trailers;
      }
      if (in.isReadable()) {
        throw new AssertionError("an incomplete body left bytes unread");
      }
      from = to;
    }
    return "INCOMPLETE";
  }

  /** A cut behind every byte. */
  static int[] everywhere(byte[] wire) {
    int[] cuts = new int[wire.length];
    Arrays.setAll(cuts, i -> i);
    return cuts;
  }
}
