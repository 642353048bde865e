package io.expressgateway.filter;

import io.expressgateway.message.GrpcKind;
import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.HeaderName;
import io.expressgateway.message.RequestHead;
import io.expressgateway.message.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * {@code GrpcWeb}: lets browsers call gRPC endpoints (gRPC's PROTOCOL-WEB). The request becomes
 * gRPC; the trailers of the response become the last frame of its body, so that no trailers need to
 * reach the client. Nothing is collected: a piece that arrives is a piece that leaves. What is not
 * grpc-web passes as it is.
 */
final class GrpcWeb implements HttpFilter {

  private static final String WHY = "bad-grpc-web";

  /** The flag of a frame that holds trailers. */
  private static final int TRAILERS = 0x80;

  /** One request. */
  private static final class Call {
    private final Base64Pieces decoder = new Base64Pieces();
    private final boolean textRequest;
    private final boolean textResponse;
    private boolean bridged;

    Call(boolean textRequest, boolean textResponse) {
      this.textRequest = textRequest;
      this.textResponse = textResponse;
    }
  }

  GrpcWeb(Arguments arguments) {}

  @Override
  public boolean isHeadOnly() {
    return false;
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead head = exchange.request();
    HeaderBlock headers = head.headers();
    GrpcKind kind = GrpcKind.of(headers);
    if (!kind.isWeb()) {
      return;
    }
    boolean text = kind == GrpcKind.WEB_TEXT;
    exchange.attribute(this, new Call(text, wantsText(headers, text)));
    rename(headers, kind, GrpcKind.GRPC);
    headers.set(HeaderName.TE, "trailers");
  }

  /** The form of the response: what Accept says of grpc-web, else the request's own. */
  private static boolean wantsText(HeaderBlock headers, boolean text) {
    String accept = headers.get("Accept");
    String lower = accept == null ? "" : accept.toLowerCase(Locale.ROOT);
    if (lower.contains(GrpcKind.WEB_TEXT.text())) {
      return true;
    }
    return text && !lower.contains(GrpcKind.WEB.text());
  }

  /** Gives the content type another name; suffix and parameters stay. */
  private static void rename(HeaderBlock headers, GrpcKind from, GrpcKind to) {
    int field = headers.indexOf(HeaderName.CONTENT_TYPE);
    headers.setValue(field, to.text() + headers.value(field).substring(from.text().length()));
  }

  @Override
  public ByteBuf onRequestData(FilterExchange exchange, ByteBuf data) {
    Call call = call(exchange);
    if (call == null || !call.textRequest) {
      return data;
    }
    try {
      return call.decoder.decode(data);
    } catch (IllegalArgumentException notBase64) {
      refuse(exchange);
      return Unpooled.EMPTY_BUFFER;
    } finally {
      data.release();
    }
  }

  @Override
  public void onRequestTrailers(FilterExchange exchange, HeaderBlock trailers) {
    Call call = call(exchange);
    if (call != null && call.textRequest && !call.decoder.isWhole()) {
      refuse(exchange);
    }
  }

  private static void refuse(FilterExchange exchange) {
    exchange.respond(LocalResponse.of(400), WHY);
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    Call call = call(exchange);
    ResponseHead head = exchange.response();
    if (call == null || GrpcKind.of(head.headers()) != GrpcKind.GRPC) {
      // No gRPC endpoint answered: its response is its own.
      return;
    }
    call.bridged = true;
    rename(head.headers(), GrpcKind.GRPC, call.textResponse ? GrpcKind.WEB_TEXT : GrpcKind.WEB);
    head.headers().remove(HeaderName.TRAILER);
  }

  @Override
  public ByteBuf onResponseData(FilterExchange exchange, ByteBuf data) {
    Call call = call(exchange);
    return call != null && call.bridged ? coded(call, data) : data;
  }

  @Override
  public ByteBuf lastResponseData(FilterExchange exchange, HeaderBlock trailers) {
    Call call = call(exchange);
    if (call == null || !call.bridged || trailers.size() == 0) {
      return Unpooled.EMPTY_BUFFER;
    }
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < trailers.size(); i++) {
      lines.append(trailers.name(i).toLowerCase(Locale.ROOT));
      lines.append(": ").append(trailers.value(i)).append("\r\n");
    }
    trailers.clear();
    byte[] bytes = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
    ByteBuf frame = Unpooled.buffer(5 + bytes.length);
    frame.writeByte(TRAILERS).writeInt(bytes.length).writeBytes(bytes);
    return coded(call, frame);
  }

  /** A piece of body in the form that the client wants; each piece is padded by itself. */
  private static ByteBuf coded(Call call, ByteBuf data) {
    if (!call.textResponse || !data.isReadable()) {
      return data;
    }
    try {
      return Unpooled.wrappedBuffer(Base64.getEncoder().encode(data.nioBuffer()));
    } finally {
      data.release();
    }
  }

  private @Nullable Call call(FilterExchange exchange) {
    return (Call) exchange.attribute(this);
  }
}
