package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real server behind the gateway: bytes come and go unchanged, whatever their framing. */
@Timeout(120)
class NginxEndpointIT {

  @TempDir static Path directory;

  private static Nginx nginx;
  private static GatewayJar gateway;

  @BeforeAll
  static void start() throws IOException {
    Needs.present(Nginx.isInstalled(), "nginx");
    nginx = Nginx.start(directory);
    gateway =
        GatewayJar.start(
            GatewayJar.file(
                directory,
                """
                expressgateway:
                  event-loops: 1
                  listeners: [ { name: web, bind: "127.0.0.1:0", http: { max-body-size: 200MB } } ]
                  clusters: [ { name: nginx, endpoints: [ { address: "%s" } ] } ]
                  drain.settle: 0s
                spring.cloud.gateway.server.webflux.routes:
                  - { id: all, uri: "lb://nginx", predicates: [ "Path=/**" ] }
                """
                    .formatted(nginx.address())));
  }

  @AfterAll
  static void stop() {
    if (gateway != null) {
      gateway.close();
    }
    if (nginx != null) {
      nginx.close();
    }
  }

  @Test
  void aSmallFileArrives() {
    HttpResponse<String> response = Http.get(gateway.on("web", "/small.txt"));

    assertThat(response.body()).isEqualTo("small\n");
    assertThat(response.headers().firstValue("Server"))
        .hasValueSatisfying(v -> assertThat(v).startsWith("nginx"));
    assertThat(response.headers().firstValue("ETag")).isPresent();
  }

  @Test
  void statusesOfTheEndpointPass() {
    HttpResponse<String> whole = Http.get(gateway.on("web", "/small.txt"));
    String tag = whole.headers().firstValue("ETag").orElseThrow();

    assertThat(Http.get(gateway.on("web", "/nothing")).statusCode()).isEqualTo(404);
    assertThat(Http.get(gateway.on("web", "/small.txt"), "If-None-Match", tag).statusCode())
        .isEqualTo(304);
    HttpResponse<String> part = Http.get(gateway.on("web", "/small.txt"), "Range", "bytes=1-2");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo("ma");
    assertThat(
            Http.send("HEAD", gateway.on("web", "/10k.bin"), "")
                .headers()
                .firstValue("Content-Length"))
        .hasValue("10240");
  }

  @Test
  void tenKibibytesAreTheSameBytes() {
    HttpResponse<byte[]> response =
        Http.send(Http.request(gateway.on("web", "/10k.bin")), BodyHandlers.ofByteArray());

    assertThat(response.body()).isEqualTo(Nginx.pattern(10 * 1024));
  }

  @Test
  void aBodyWithoutLengthArrivesInChunksAndWhole() {
    HttpResponse<String> response = Http.get(gateway.on("web", "/chunked.txt"));

    assertThat(response.headers().firstValue("Transfer-Encoding")).hasValue("chunked");
    assertThat(response.body()).isEqualTo("a line of text\n".repeat(20_000));
  }

  @Test
  void aHundredMegabytesArriveUnchanged() throws IOException {
    Path received = directory.resolve("received.bin");

    HttpResponse<Path> response =
        Http.send(Http.request(gateway.on("web", "/large.bin")), BodyHandlers.ofFile(received));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Files.mismatch(received, directory.resolve("files/large.bin"))).isEqualTo(-1);
  }

  @Test
  void anUploadWithALengthIsStoredUnchanged() throws IOException {
    byte[] bytes = Nginx.pattern(8 * 1024 * 1024 + 7);

    HttpResponse<String> response =
        Http.send(
            Http.request(gateway.on("web", "/upload/long.bin"))
                .PUT(BodyPublishers.ofByteArray(bytes)),
            BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(Files.readAllBytes(nginx.uploaded("long.bin"))).isEqualTo(bytes);
  }

  @Test
  void anUploadInChunksIsStoredUnchanged() throws IOException {
    byte[] bytes = Nginx.pattern(1024 * 1024 + 3);

    HttpResponse<String> response =
        Http.send(
            Http.request(gateway.on("web", "/upload/chunks.bin"))
                .PUT(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))),
            BodyHandlers.ofString());

    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(Files.readAllBytes(nginx.uploaded("chunks.bin"))).isEqualTo(bytes);
  }

  /** nginx tells its connection's number and how many requests that has carried. */
  @Test
  void bothSidesKeepTheirConnections() throws IOException {
    try (RawConnection client = new RawConnection(gateway.listener("web"))) {
      client.sendGet("/connection");
      String[] first = client.read().text().split(" ", -1);
      client.sendGet("/connection");
      RawConnection.Response response = client.read();
      String[] second = response.text().split(" ", -1);

      assertThat(response.asksToClose()).isFalse();
      assertThat(second[0]).as("the endpoint's connection").isEqualTo(first[0]);
      assertThat(Integer.parseInt(second[1])).isEqualTo(Integer.parseInt(first[1]) + 1);
    }
  }
}
