package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.expressgateway.http.Gateway;
import io.expressgateway.http.h1.RawEndpoint;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients that others wrote stay below every threshold; skipped where they are not installed. */
class RealClientsTest {

  private static final int BODY = 20 << 20;

  private static String run(String... command) throws Exception {
    Path program = Path.of("/usr/bin", command[0]);
    assumeTrue(Files.isExecutable(program), () -> "needs " + command[0]);
    List<String> words = new ArrayList<>(List.of(command));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static RawEndpoint endpoint() {
    return RawEndpoint.scripted(request -> {
      request.body();
      if (request.target().equals("/large")) {
        request.send("HTTP/1.1 200 OK\r\nContent-Length: " + BODY + "\r\n\r\n");
        byte[] piece = new byte[64 * 1024];
        for (int sent = 0; sent < BODY; sent += piece.length) {
          request.send(piece);
        }
      } else {
        request.ok("hello");
      }
    });
  }

  @Test
  void h2loadWithManyStreams() throws Exception {
    try (RawEndpoint endpoint = endpoint();
        Gateway gateway = Gateway.to(endpoint.port())) {
      String output =
          run("h2load", "-n", "900", "-c", "2", "-m", "100", "http://127.0.0.1:" + gateway.port());
      assertThat(output).contains("900 succeeded, 0 failed, 0 errored");
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  @Test
  void nghttpWithItsTreeOfPriorities() throws Exception {
    try (RawEndpoint endpoint = endpoint();
        Gateway gateway = Gateway.to(endpoint.port())) {
      String url = "http://127.0.0.1:" + gateway.port() + "/";
      assertThat(run("nghttp", "-n", "-s", "-m", "200", url)).contains(" 200 ");
      assertThat(gateway.engine().ledger().completed()).isEqualTo(200);
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  @Test
  void nghttpWithSmallWindowsAndALargeBody() throws Exception {
    try (RawEndpoint endpoint = endpoint();
        Gateway gateway = Gateway.to(endpoint.port())) {
      String url = "http://127.0.0.1:" + gateway.port() + "/large";
      assertThat(run("nghttp", "-n", "-s", "-w", "14", "-W", "14", url)).contains(" 200 ");
      assertThat(gateway.metrics.security).isEmpty();
    }
  }

  @Test
  void curlWithALargeDownloadAndAnUpload() throws Exception {
    try (RawEndpoint endpoint = endpoint();
        Gateway gateway = Gateway.to(endpoint.port())) {
      String url = "http://127.0.0.1:" + gateway.port() + "/";
      String format = "%{http_version} %{http_code} %{size_download}";
      String[] get = {
        "curl", "-sS", "--http2-prior-knowledge", "-o", "/dev/null", "-w", format, url + "large"
      };
      assertThat(run(get)).isEqualTo("2 200 " + BODY);
      Path body = Files.createTempFile("upload", ".bin");
      Files.write(body, new byte[5 << 20]);
      String[] put = {
        "curl",
        "-sS",
        "--http2-prior-knowledge",
        "-o",
        "/dev/null",
        "-w",
        format,
        "-T",
        body.toString(),
        url
      };
      assertThat(run(put)).isEqualTo("2 200 5");
      Files.delete(body);
      assertThat(gateway.metrics.security).isEmpty();
    }
  }
}
