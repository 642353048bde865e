package io.expressgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "expressgateway.admin.token-sha256",
        "server.ssl.key-store-password",
        "expressgateway.listeners[0].tls.certificates[0].private-key"
      })
  void neverHoldsASecret(String key) {
    assertThat(new Problem(key, "s3cret", "r", "m").toString()).doesNotContain("s3cret");
  }

  @Test
  void aValueCannotForgeAnotherLine() {
    Problem problem = new Problem("k", "a\nb | c", "r", "m");

    assertThat(problem.line()).isEqualTo("k | a b   c | r | m");
  }

  @Test
  void printsOneProblemALine() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Problem problem = new Problem("k", "x".repeat(300), "r", "m");
    Problems.print(List.of(problem, problem), new PrintStream(out));

    assertThat(out.toString().lines()).hasSize(2).allMatch(line -> line.length() < 230);
  }
}
