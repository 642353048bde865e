package io.expressgateway.admin;

import io.expressgateway.config.Problem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The two shapes of every answer: JSON, or a problem document (RFC 9457). */
final class Answers {

  private Answers() {}

  static Mono<ServerResponse> json(Object body) {
    return ServerResponse.ok().contentType(MediaType.APPLICATION_JSON).bodyValue(body);
  }

  static Mono<ServerResponse> problem(HttpStatus status, String detail, Problem... problems) {
    return problem(status, detail, List.of(problems));
  }

  static Mono<ServerResponse> problem(HttpStatus status, String detail, List<Problem> problems) {
    return ServerResponse.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .bodyValue(document(status.value(), status.getReasonPhrase(), detail, problems));
  }

  static Map<String, Object> document(
      int status, String title, String detail, List<Problem> problems) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("type", "about:blank");
    document.put("title", title);
    document.put("status", status);
    document.put("detail", detail);
    document.put("problems", problems);
    return document;
  }
}
