package io.expressgateway.admin;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebExceptionHandler;
import reactor.core.publisher.Mono;

/** Unknown paths, wrong methods, malformed bodies and our own mistakes as problem documents. */
final class ProblemExceptionHandler implements WebExceptionHandler, Ordered {

  private static final Logger LOG = LoggerFactory.getLogger(ProblemExceptionHandler.class);

  /** In front of Boot's error page, which has order -1. */
  @Override
  public int getOrder() {
    return -2;
  }

  @Override
  public Mono<Void> handle(ServerWebExchange exchange, Throwable failure) {
    ServerHttpResponse response = exchange.getResponse();
    if (response.isCommitted()) {
      return Mono.error(failure);
    }
    if (failure instanceof ResponseStatusException refused) {
      HttpStatusCode status = refused.getStatusCode();
      String reason = refused.getReason();
      response.setStatusCode(status);
      refused.getHeaders().forEach((name, values) -> response.getHeaders().put(name, values));
      return ProblemWriter.write(
          response,
          status.value(),
          reason == null ? exchange.getRequest().getPath().value() : reason);
    }
    LOG.error("a management call failed", failure);
    response.setStatusCode(HttpStatus.INTERNAL_SERVER_ERROR);
    return ProblemWriter.write(response, 500, "the call failed; the log has the reason");
  }
}
