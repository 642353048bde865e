package io.expressgateway.metrics;

import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.message.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Spring Cloud Gateway's {@code spring.cloud.gateway.requests}: same name, same tags, so that
 * dashboards keep working. Rows are route id and uri; status and method share the number. As there,
 * a request without route is not in it.
 */
final class GatewayTimer {

  static final int COUNT = 0;
  static final int SUM = 1;
  static final int MAX = 2;
  static final int MAX_AGE = 3;
  static final int SIZE = 4;

  /** The method of a request that uses none of these: a client must not make label values. */
  private static final String[] METHODS = {
    "CUSTOM", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"
  };

  /** 2^36 ns, 69 s: the maximum is that of this and the last such span. */
  private static final int AGE_SHIFT = 36;

  private GatewayTimer() {}

  /** Status and method as the number of a row. */
  static int number(ExchangeRecord exchange) {
    return exchange.status() * METHODS.length + methodIndex(exchange.request());
  }

  static void record(long[] cell, long endNanos, long nanos) {
    LoopTable.add(cell, COUNT, 1);
    LoopTable.add(cell, SUM, nanos);
    long age = endNanos >> AGE_SHIFT;
    if (cell[MAX_AGE] != age || nanos > cell[MAX]) {
      LoopTable.set(cell, MAX, nanos);
      LoopTable.set(cell, MAX_AGE, age);
    }
  }

  private static int methodIndex(@Nullable RequestHead request) {
    if (request == null) {
      return 0;
    }
    return switch (request.method()) {
      case "GET" -> 1;
      case "HEAD" -> 2;
      case "POST" -> 3;
      case "PUT" -> 4;
      case "PATCH" -> 5;
      case "DELETE" -> 6;
      case "OPTIONS" -> 7;
      case "TRACE" -> 8;
      case "CONNECT" -> 9;
      default -> 0;
    };
  }

  /** The maximum of one loop's cell; 0 once it is older than the last span. */
  static long maximum(long[] cell, long nowNanos) {
    return (nowNanos >> AGE_SHIFT) - cell[MAX_AGE] <= 1 ? cell[MAX] : 0;
  }

  static int status(int number) {
    return number / METHODS.length;
  }

  static String method(int number) {
    return METHODS[number % METHODS.length];
  }

  /** The series name that Spring gives a status. */
  static String outcome(int status) {
    return switch (status / 100) {
      case 1 -> "INFORMATIONAL";
      case 2 -> "SUCCESSFUL";
      case 3 -> "REDIRECTION";
      case 4 -> "CLIENT_ERROR";
      case 5 -> "SERVER_ERROR";
      default -> "UNKNOWN";
    };
  }
}
