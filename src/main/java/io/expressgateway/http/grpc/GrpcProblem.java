package io.expressgateway.http.grpc;

import io.expressgateway.filter.LocalResponse;
import io.expressgateway.http.Why;
import io.expressgateway.message.GrpcKind;
import io.expressgateway.message.HeaderBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The gateway's failures as gRPC clients expect them: HTTP 200 and the status in the only header
 * block (PROTOCOL-HTTP2, rule Trailers-Only), which PROTOCOL-WEB allows as well; or in trailers
 * when the response has begun.
 */
public final class GrpcProblem {

  private static final String STATUS = "grpc-status";
  private static final String MESSAGE = "grpc-message";

  private GrpcProblem() {}

  /** The answer to this failure. */
  public static LocalResponse of(GrpcKind kind, Why why) {
    return answer(kind, List.of(), GrpcStatus.of(why), text(why));
  }

  /**
   * What a filter answered, for a gRPC client: the status translated, the body replaced, the other
   * headers kept.
   */
  public static LocalResponse of(GrpcKind kind, LocalResponse answer, String why) {
    List<Map.Entry<String, String>> kept =
        answer.headers().stream().filter(header -> !describesBody(header.getKey())).toList();
    return answer(kind, kept, GrpcStatus.ofHttp(answer.status()), why);
  }

  private static boolean describesBody(String name) {
    return name.regionMatches(true, 0, "content-", 0, 8);
  }

  private static LocalResponse answer(
      GrpcKind kind, List<Map.Entry<String, String>> kept, int code, String message) {
    List<Map.Entry<String, String>> headers = new ArrayList<>(kept);
    headers.add(Map.entry("content-type", kind.text()));
    headers.add(Map.entry(STATUS, Integer.toString(code)));
    headers.add(Map.entry(MESSAGE, GrpcStatus.message(message)));
    return new LocalResponse(200, headers, "");
  }

  /** The trailers that end a response that had begun. */
  public static HeaderBlock trailers(Why why) {
    return trailers(GrpcStatus.of(why), text(why));
  }

  /** Trailers with this status; an empty message is left out. */
  public static HeaderBlock trailers(int code, String message) {
    HeaderBlock trailers = new HeaderBlock(128, 4);
    trailers.add(STATUS, Integer.toString(code));
    if (!message.isEmpty()) {
      trailers.add(MESSAGE, GrpcStatus.message(message));
    }
    return trailers;
  }

  private static String text(Why why) {
    return why.code() + ": " + why.sentence();
  }
}
