package io.expressgateway.filter;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code Retry}: when another endpoint is tried. Sets the exchange's {@link RetryPolicy}; the
 * trying itself is the engine's.
 *
 * <p>Without {@code backoff.*} there is no wait between tries. Exceptions are named as in Spring
 * Cloud Gateway and mean the failures that they stand for there.
 */
final class Retry implements HttpFilter {

  /** The groups of statuses. */
  enum Series {
    /** 1xx. */
    INFORMATIONAL,
    /** 2xx. */
    SUCCESSFUL,
    /** 3xx. */
    REDIRECTION,
    /** 4xx. */
    CLIENT_ERROR,
    /** 5xx. */
    SERVER_ERROR
  }

  /** Classes that a reset or a time-out of an endpoint is an instance of there. */
  private static final Set<String> FAILURES =
      Set.of(
          "java.io.IOException",
          "java.util.concurrent.TimeoutException",
          "org.springframework.cloud.gateway.support.TimeoutException",
          "java.net.SocketException",
          "java.net.SocketTimeoutException",
          "io.netty.handler.timeout.ReadTimeoutException",
          "io.netty.handler.timeout.TimeoutException",
          "reactor.netty.http.client.PrematureCloseException",
          "org.springframework.web.server.ResponseStatusException",
          "java.lang.RuntimeException",
          "java.lang.Exception",
          "java.lang.Throwable");

  /** Classes of failures before any byte was sent, which are retried without a policy. */
  private static final Set<String> CONNECT_FAILURES =
      Set.of(
          "java.net.ConnectException",
          "java.net.NoRouteToHostException",
          "java.net.UnknownHostException",
          "io.netty.channel.ConnectTimeoutException",
          "org.springframework.cloud.gateway.support.NotFoundException");

  private final RetryPolicy policy;

  Retry(Arguments arguments) {
    boolean backoff =
        List.of(
                "backoff.firstBackoff",
                "backoff.maxBackoff",
                "backoff.factor",
                "backoff.basedOnPreviousValue")
            .stream()
            .anyMatch(name -> arguments.optional(name) != null);
    boolean jitter = arguments.optional("jitter.randomFactor") != null;
    Set<Integer> statuses = statuses(arguments);
    List<String> exceptions =
        arguments.list(
            "exceptions", List.of("java.io.IOException"), name -> checkException(arguments, name));
    if (statuses.isEmpty() && exceptions.isEmpty()) {
      throw arguments.refuse("series", "", "series, statuses and exceptions may not all be empty");
    }
    Set<String> methods =
        Set.copyOf(arguments.list("methods", List.of("GET"), name -> method(arguments, name)));
    if (methods.isEmpty()) {
      throw arguments.refuse("methods", "", "write at least one, for example GET");
    }
    policy =
        new RetryPolicy(
            arguments.wholeNumber("retries", 3, 1),
            methods,
            Set.copyOf(statuses),
            exceptions.stream().anyMatch(FAILURES::contains),
            backoff
                ? arguments.duration("backoff.firstBackoff", Duration.ofMillis(5))
                : Duration.ZERO,
            arguments.duration("backoff.maxBackoff", Duration.ZERO),
            arguments.wholeNumber("backoff.factor", 2, 1),
            arguments.flag("backoff.basedOnPreviousValue", true),
            jitter ? arguments.fraction("jitter.randomFactor", 0.5) : 0,
            arguments.duration("timeout", Duration.ZERO));
  }

  private static Set<Integer> statuses(Arguments arguments) {
    Set<Integer> statuses =
        new HashSet<>(
            arguments.list(
                "statuses", List.of(), text -> arguments.status("statuses", text, 200, 999)));
    for (Series series :
        arguments.list(
            "series",
            List.of(Series.SERVER_ERROR),
            text -> arguments.choice("series", text, Series.class))) {
      // Only statuses that have a name belong to a series there; so 599 is not repeated.
      statuses.addAll(StatusNames.series(series.ordinal() + 1));
    }
    return statuses;
  }

  private static String checkException(Arguments arguments, String name) {
    if (!FAILURES.contains(name) && !CONNECT_FAILURES.contains(name)) {
      throw arguments.refuse(
          "exceptions",
          name,
          "no failure of an endpoint; write java.io.IOException,"
              + " org.springframework.cloud.gateway.support.TimeoutException"
              + " or java.net.ConnectException");
    }
    return name;
  }

  private static String method(Arguments arguments, String name) {
    return arguments.headerName("methods", name);
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    exchange.retryPolicy(policy);
  }
}
