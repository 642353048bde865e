package io.expressgateway.admin;

import io.expressgateway.config.Problem;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** Problem documents where no handler is involved: filters and the last-resort error handler. */
final class ProblemWriter {

  private static final JsonMapper JSON = JsonMapper.shared();

  private ProblemWriter() {}

  static Mono<Void> write(ServerHttpResponse response, int status, String detail) {
    HttpStatus known = HttpStatus.resolve(status);
    String title = known == null ? "" : known.getReasonPhrase();
    response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
    byte[] body =
        JSON.writeValueAsBytes(Answers.document(status, title, detail, List.<Problem>of()));
    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
  }
}
