package io.expressgateway.http.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.http.Why;
import io.grpc.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GrpcStatusTest {

  @ParameterizedTest
  @CsvSource({
    "NO_ROUTE, UNIMPLEMENTED",
    "CONNECT_REFUSED, UNIMPLEMENTED",
    "NO_HEALTHY_ENDPOINT, UNAVAILABLE",
    "CONNECT_FAILED, UNAVAILABLE",
    "POOL_EXHAUSTED, UNAVAILABLE",
    "POOL_TIMEOUT, UNAVAILABLE",
    "UPSTREAM_RESET, UNAVAILABLE",
    "UPSTREAM_TRUNCATED, UNAVAILABLE",
    "GRPC_IDLE, UNAVAILABLE",
    "GRPC_DEADLINE, DEADLINE_EXCEEDED",
    "CONNECT_TIMEOUT, DEADLINE_EXCEEDED",
    "FIRST_BYTE_TIMEOUT, DEADLINE_EXCEEDED",
    "TOTAL_TIMEOUT, DEADLINE_EXCEEDED",
    "BODY_IDLE_TIMEOUT, DEADLINE_EXCEEDED",
    "BODY_TOO_LARGE, RESOURCE_EXHAUSTED",
    "HEADER_TOO_LARGE, RESOURCE_EXHAUSTED",
    "URI_TOO_LONG, RESOURCE_EXHAUSTED",
    "BAD_HEADER, INTERNAL",
    "BAD_GRPC_TIMEOUT, INTERNAL",
    "FILTER_ERROR, INTERNAL",
    "INTERNAL_ERROR, INTERNAL",
  })
  void failuresHaveTheStatusThatTheGuideNames(Why why, Status.Code code) {
    assertThat(GrpcStatus.of(why)).isEqualTo(code.value());
  }

  @ParameterizedTest
  @EnumSource(Why.class)
  void theGuideNamesEveryFailureOrItsHttpStatusUnderItsGrpcStatus(Why why) throws Exception {
    if (why.status() != 0 && why != Why.TRAILERS_IMPOSSIBLE) {
      String name = Status.fromCodeValue(GrpcStatus.of(why)).getCode().name();
      assertThat(Files.readString(Path.of("docs/guide/grpc.md")))
          .containsPattern(
              "\\| " + name + " \\|[^\\n]*(`" + why.code() + "`|\\b" + why.status() + "\\b)");
    }
  }

  @Test
  void messagesArePercentEncodedUtf8() {
    assertThat(GrpcStatus.message("a b~")).isEqualTo("a b~");
    assertThat(GrpcStatus.message("50%\r\né")).isEqualTo("50%25%0D%0A%C3%A9");
  }

  @Test
  void theGuideNamesEachStatusOnce() throws Exception {
    String guide = Files.readString(Path.of("docs/guide/grpc.md"));
    for (Status.Code code : Status.Code.values()) {
      assertThat(
              Pattern.compile("^\\| " + code + " \\|", Pattern.MULTILINE).matcher(guide).results())
          .hasSizeLessThanOrEqualTo(1);
    }
  }
}
