package io.expressgateway.message;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GrpcKindTest {

  @ParameterizedTest
  @CsvSource({
    "application/grpc, GRPC",
    "Application/GRPC, GRPC",
    "application/grpc+proto, GRPC",
    "application/grpc+json;charset=utf-8, GRPC",
    "application/grpc; charset=utf-8, GRPC",
    "application/grpc-web, WEB",
    "application/grpc-web+proto, WEB",
    "application/grpc-web-text, WEB_TEXT",
    "application/grpc-web-text+proto, WEB_TEXT",
    "application/grpc-webber, NONE",
    "application/grpcx, NONE",
    "application/grp, NONE",
    "application/json, NONE",
    "text/plain;x=application/grpc, NONE",
  })
  void isToldByTheContentType(String contentType, GrpcKind kind) {
    HeaderBlock headers = new HeaderBlock();
    headers.add(HeaderName.CONTENT_TYPE, contentType);
    assertThat(GrpcKind.of(headers)).isEqualTo(kind);
  }

  @Test
  void withoutAContentTypeThereIsNone() {
    assertThat(GrpcKind.of(new HeaderBlock())).isEqualTo(GrpcKind.NONE);
  }
}
