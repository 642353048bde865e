package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;
import io.expressgateway.message.RequestHead;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * {@code RequestHeaderSize=maxSize}: answers 431 when the name and all values of one header are
 * longer together. The answer's header {@code errorHeaderName} says which.
 */
final class RequestHeaderSize implements HttpFilter {

  /** The reason code of the refusal. */
  static final String WHY = "request-header-too-large";

  private final long maxBytes;
  private final String errorHeaderName;

  RequestHeaderSize(Arguments arguments) {
    maxBytes = arguments.bytes("maxSize", 16000);
    String name = arguments.optional("errorHeaderName");
    errorHeaderName = arguments.headerName("errorHeaderName", name == null ? "errorMessage" : name);
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    if (isWholeHeadWithin(exchange.request())) {
      return;
    }
    StringBuilder message = new StringBuilder();
    sizes(exchange.request())
        .forEach((name, size) -> {
          if (size > maxBytes) {
            message
                .append(" Request Header/s size for '")
                .append(name)
                .append("' is ")
                .append(size)
                .append("B.");
          }
        });
    if (!message.isEmpty()) {
      String limit = "Request Header/s size is larger than permissible limit (" + maxBytes + "B).";
      exchange.respond(LocalResponse.of(431, errorHeaderName, limit + message), WHY);
    }
  }

  /** The usual case without counting by name: nothing can be too large if all of it is not. */
  private boolean isWholeHeadWithin(RequestHead request) {
    HeaderBlock headers = request.headers();
    long bytes = 4L + request.authority().length();
    for (int i = 0; i < headers.size(); i++) {
      bytes += headers.nameLength(i) + utf8Length(headers, i);
    }
    return bytes <= maxBytes;
  }

  private static Map<String, Long> sizes(RequestHead request) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    HeaderBlock headers = request.headers();
    for (int i = 0; i < headers.size(); i++) {
      long name = headers.nameLength(i);
      long value = utf8Length(headers, i);
      sizes.merge(headers.name(i).toLowerCase(Locale.ROOT), name + value, (sum, _) -> sum + value);
    }
    return sizes;
  }

  /** Spring counts a value as UTF-8, in which a byte above ASCII takes two. */
  private static int utf8Length(HeaderBlock headers, int i) {
    byte[] bytes = headers.array();
    int from = headers.valueOffset(i);
    int length = headers.valueLength(i);
    int wide = 0;
    for (int k = from; k < from + length; k++) {
      wide += bytes[k] < 0 ? 1 : 0;
    }
    return length + wide;
  }
}
