package io.expressgateway.http.h2;

import io.expressgateway.message.HeaderBlock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Netty's HPACK next to ours: what one says of the same bytes, as lines that can be compared. */
final class HpackOracle {

  static final long MAX_LIST_BYTES = 64 * 1024;

  private final HpackReader ours = new HpackReader(MAX_LIST_BYTES);
  private String refusal = "";
  private final DefaultHttp2HeadersDecoder netty =
      new DefaultHttp2HeadersDecoder(false, MAX_LIST_BYTES);

  /** Why our reader has refused the last section that it did refuse. */
  String refusal() {
    return refusal;
  }

  /** What our reader makes of a section: its fields, or the kind of error. */
  List<String> ours(byte[] section) {
    ByteBuf bytes = Unpooled.wrappedBuffer(section);
    try {
      return lines((FieldBlock) ours.decodeHeaders(3, bytes));
    } catch (Http2Exception refused) {
      refusal = refused.getMessage();
      return List.of(refused.error().name() + " " + Http2Exception.isStreamError(refused));
    } finally {
      bytes.release();
    }
  }

  /** The same of Netty's. */
  List<String> netty(byte[] section) {
    ByteBuf bytes = Unpooled.wrappedBuffer(section);
    try {
      Http2Headers headers = netty.decodeHeaders(3, bytes);
      List<String> lines = new ArrayList<>();
      for (Map.Entry<CharSequence, CharSequence> field : headers) {
        lines.add(field.getKey() + ": " + field.getValue());
      }
      return lines;
    } catch (Http2Exception refused) {
      return List.of(refused.error().name() + " " + Http2Exception.isStreamError(refused));
    } catch (IllegalArgumentException refused) {
      return List.of("COMPRESSION_ERROR false");
    } finally {
      bytes.release();
    }
  }

  /** Pseudo-headers and fields as lines; pseudo-headers first, as they have to come. */
  static List<String> lines(FieldBlock fields) {
    List<String> lines = new ArrayList<>();
    pseudo(lines, ":method", fields.method());
    pseudo(lines, ":path", fields.path());
    pseudo(lines, ":scheme", fields.scheme());
    pseudo(lines, ":authority", fields.authority());
    pseudo(lines, ":status", fields.status());
    HeaderBlock block = fields.block();
    for (int i = 0; i < block.size(); i++) {
      lines.add(block.name(i) + ": " + block.value(i));
    }
    return lines;
  }

  private static void pseudo(List<String> lines, String name, String value) {
    if (value != null) {
      lines.add(name + ": " + value);
    }
  }

  static byte[] bytes(String hex) {
    return ByteBufUtil.decodeHexDump(hex.replace(" ", ""));
  }
}
