package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;
import java.util.Locale;

/**
 * {@code RequestSize} with {@code maxSize}: answers 413 when the announced body is longer, and
 * stops one without announced length when it gets there.
 */
final class RequestSize implements HttpFilter {

  /** The reason code of the refusal. */
  static final String WHY = "request-body-too-large";

  private final long maxBytes;

  RequestSize(Arguments arguments) {
    maxBytes = arguments.bytes("maxSize", 5_000_000);
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    if (request.contentLength() <= maxBytes) {
      exchange.maxRequestBody(maxBytes);
      return;
    }
    String message =
        "Request size is larger than permissible limit. Request size is "
            + readable(request.contentLength())
            + " where permissible limit is "
            + readable(maxBytes);
    exchange.respond(LocalResponse.of(413, "errorMessage", message), WHY);
  }

  /** Bytes with a decimal prefix: {@code 999 B}, {@code 5.0 MB}. */
  static String readable(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    int power = (int) (Math.log((double) bytes) / Math.log(1000));
    return String.format(
        Locale.ROOT,
        "%.1f %sB",
        (double) bytes / Math.pow(1000, power),
        "kMGTPE".charAt(power - 1));
  }
}
