package io.expressgateway.filter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The names by which Spring's configuration calls a status: the constants of its {@code
 * HttpStatus}, which a test holds equal to this table.
 */
final class StatusNames {

  private static final String TABLE =
      """
      100 CONTINUE
      101 SWITCHING_PROTOCOLS
      102 PROCESSING
      103 EARLY_HINTS
      200 OK
      201 CREATED
      202 ACCEPTED
      203 NON_AUTHORITATIVE_INFORMATION
      204 NO_CONTENT
      205 RESET_CONTENT
      206 PARTIAL_CONTENT
      207 MULTI_STATUS
      208 ALREADY_REPORTED
      226 IM_USED
      300 MULTIPLE_CHOICES
      301 MOVED_PERMANENTLY
      302 FOUND
      303 SEE_OTHER
      304 NOT_MODIFIED
      307 TEMPORARY_REDIRECT
      308 PERMANENT_REDIRECT
      400 BAD_REQUEST
      401 UNAUTHORIZED
      402 PAYMENT_REQUIRED
      403 FORBIDDEN
      404 NOT_FOUND
      405 METHOD_NOT_ALLOWED
      406 NOT_ACCEPTABLE
      407 PROXY_AUTHENTICATION_REQUIRED
      408 REQUEST_TIMEOUT
      409 CONFLICT
      410 GONE
      411 LENGTH_REQUIRED
      412 PRECONDITION_FAILED
      413 CONTENT_TOO_LARGE
      413 PAYLOAD_TOO_LARGE
      414 URI_TOO_LONG
      415 UNSUPPORTED_MEDIA_TYPE
      416 REQUESTED_RANGE_NOT_SATISFIABLE
      417 EXPECTATION_FAILED
      418 I_AM_A_TEAPOT
      421 MISDIRECTED_REQUEST
      422 UNPROCESSABLE_CONTENT
      422 UNPROCESSABLE_ENTITY
      423 LOCKED
      424 FAILED_DEPENDENCY
      425 TOO_EARLY
      426 UPGRADE_REQUIRED
      428 PRECONDITION_REQUIRED
      429 TOO_MANY_REQUESTS
      431 REQUEST_HEADER_FIELDS_TOO_LARGE
      451 UNAVAILABLE_FOR_LEGAL_REASONS
      500 INTERNAL_SERVER_ERROR
      501 NOT_IMPLEMENTED
      502 BAD_GATEWAY
      503 SERVICE_UNAVAILABLE
      504 GATEWAY_TIMEOUT
      505 HTTP_VERSION_NOT_SUPPORTED
      506 VARIANT_ALSO_NEGOTIATES
      507 INSUFFICIENT_STORAGE
      508 LOOP_DETECTED
      509 BANDWIDTH_LIMIT_EXCEEDED
      510 NOT_EXTENDED
      511 NETWORK_AUTHENTICATION_REQUIRED
      """;

  private static final Map<String, Integer> CODES = codes();

  private StatusNames() {}

  private static Map<String, Integer> codes() {
    Map<String, Integer> codes = new HashMap<>();
    TABLE
        .lines()
        .forEach(line -> codes.put(line.substring(4), Integer.valueOf(line.substring(0, 3))));
    return Map.copyOf(codes);
  }

  /** All names and their codes. */
  static Map<String, Integer> all() {
    return CODES;
  }

  /** The code of a number or of a name in any case; -1 for anything else. */
  static int code(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return CODES.getOrDefault(text.toUpperCase(Locale.ROOT), -1);
    }
  }

  /** The codes that have a name and begin with this digit. */
  static List<Integer> series(int digit) {
    List<Integer> series = new ArrayList<>();
    for (int code : CODES.values()) {
      if (code / 100 == digit && !series.contains(code)) {
        series.add(code);
      }
    }
    return series;
  }
}
