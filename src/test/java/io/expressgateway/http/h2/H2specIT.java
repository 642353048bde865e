package io.expressgateway.http.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.expressgateway.http.Gateway;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.tls.TestCertificates;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The conformance suite h2spec, strict, against a listener in clear text and one with TLS. */
class H2specIT {

  private static final String PROGRAM = "/h2spec/2.2.0/h2spec_linux_amd64.tar.gz";

  @TempDir Path directory;

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void everyCaseOfTheStrictSuitePasses() throws Exception {
    assertEveryCasePasses(spec -> spec);
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void everyCaseOfTheStrictSuitePassesOverTls() throws Exception {
    TestCertificates certificates = new TestCertificates();
    assertEveryCasePasses(
        spec ->
            new ListenerSpec(
                spec.name(),
                spec.bind(),
                ListenerSpec.Protocol.HTTPS,
                spec.maxConnections(),
                spec.maxConnectionsPerIp(),
                spec.trustedProxies(),
                spec.trustedProxyPattern(),
                spec.forwarding(),
                spec.accessLog(),
                spec.http(),
                TestCertificates.spec(certificates.server("localhost"))),
        "-t",
        "-k");
  }

  private void assertEveryCasePasses(UnaryOperator<ListenerSpec> listener, String... options)
      throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "the suite's program is for Linux on x86-64");
    Path program = program();
    HttpServer endpoint =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    endpoint.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          byte[] body = "hello".getBytes(StandardCharsets.US_ASCII);
          boolean head = exchange.getRequestMethod().equals("HEAD");
          exchange.sendResponseHeaders(200, head ? -1 : body.length);
          if (!head) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    endpoint.start();
    Path output = directory.resolve("output");
    try (Gateway gateway =
        Gateway.builder().endpoints(endpoint.getAddress().getPort()).listener(listener).start()) {
      List<String> command = new ArrayList<>(List.of(program.toString(), "-S", "-h", "127.0.0.1"));
      command.addAll(List.of("-p", "" + gateway.port()));
      command.addAll(List.of(options));
      Process suite =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      int status = suite.waitFor();
      String text = Files.readString(output);
      assertThat(status).as(text).isZero();
      assertThat(text).contains("146 tests, 146 passed, 0 skipped, 0 failed");
    } finally {
      endpoint.stop(0);
    }
  }

  private Path program() throws Exception {
    Path archive = directory.resolve("h2spec.tar.gz");
    try (InputStream packed = H2specIT.class.getResourceAsStream(PROGRAM)) {
      Files.copy(packed, archive);
    }
    int status =
        new ProcessBuilder("tar", "xzf", archive.toString(), "-C", directory.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertThat(status).isZero();
    return directory.resolve("h2spec");
  }
}
