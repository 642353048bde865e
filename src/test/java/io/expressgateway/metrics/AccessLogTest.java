package io.expressgateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.http.AccessLog;
import io.expressgateway.net.HostPort;
import io.expressgateway.snapshot.ListenerSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AccessLogTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final AccessLogs logs = new AccessLogs(path -> out);

  @Test
  void jsonHasTheContractsFieldsInItsOrder() {
    log("json", new Exchanges());

    JsonNode line = JsonMapper.shared().readTree(written());
    assertThat(String.join(" ", line.propertyNames()))
        .isEqualTo(
            "time listener protocol client method host path status bytesIn bytesOut durationMs"
                + " route cluster endpoint attempts why traceId");
    assertThat(line.get("durationMs").doubleValue()).isEqualTo(1.234);
    assertThat(line.get("path").stringValue()).isEqualTo("/orders?x=1");
    assertThat(line.get("client").stringValue()).isEqualTo("127.0.0.1");
    assertThat(line.get("time").stringValue())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "combined", "%r %v %{User-Agent}i"})
  void aClientCanNeitherEndTheLineNorLeaveItsQuotes(String format) {
    Exchanges exchange = new Exchanges();
    exchange.target = "/a\"b\\c\r\n{\"forged\":1}\u0000\u007f\u00e9";
    exchange.host = "x\ny";
    exchange.request.headers().add("User-Agent", "evil\" \\");
    log(format, exchange);

    String text = written();
    assertThat(text).endsWith("\n");
    assertThat(text.substring(0, text.length() - 1))
        .doesNotContain("\n")
        .doesNotContain("\r")
        .doesNotContain("\u0000")
        .doesNotContain("a\"b");
    if (format.equals("json")) {
      assertThat(JsonMapper.shared().readTree(text).get("path").stringValue())
          .isEqualTo(exchange.target);
    }
  }

  @Test
  void combinedIsApaches() {
    Exchanges exchange = new Exchanges();
    exchange.request.headers().add("User-Agent", "curl/8");
    log("combined", exchange);

    assertThat(written())
        .matches(
            "127\\.0\\.0\\.1 - - \\[\\d\\d/\\w{3}/\\d{4}:\\d\\d:\\d\\d:\\d\\d \\+0000\\]"
                + " \"GET /orders\\?x=1 HTTP/1\\.1\" 200 24 \"-\" \"curl/8\"\n");
  }

  @Test
  void aPatternKnowsAllItsDirectives() {
    Exchanges exchange = new Exchanges();
    exchange.bytesOut = 0;
    exchange.response.headers().add("X-Out", "o");
    log(
        "%m %U %q %H %v %s %b %B %I %D %T %{X-Out}o %{listener}g %{route}g %{cluster}g"
            + " %{endpoint}g %{attempts}g %{why}g %{traceId}g 100%%",
        exchange);

    assertThat(written())
        .isEqualTo(
            "GET /orders ?x=1 HTTP/1.1 example.org 200 - 0 120 1234 0 o web orders orders"
                + " 127.0.0.1:9001 1 - 4bf92f3577b34da6a3ce929d0e0e4736 100%\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"jsno", "%z", "%{x", "%{nothing}g", "%", "%{X}h"})
  void aWrongFormatIsRefusedWhenTheListenerIsMade(String format) {
    assertThatThrownBy(() -> logs.apply(listener(format, "x", 1.0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anIpv6ClientAndAnUnparsableHeadAreLogged() {
    Exchanges exchange = new Exchanges();
    exchange.client = new InetSocketAddress("2001:db8::1", 1);
    exchange.request = null;
    exchange.route = null;
    exchange.target = "";
    log("%h %m %U %{route}g", exchange);

    assertThat(written()).isEqualTo("2001:db8:0:0:0:0:0:1 - - -\n");
  }

  @Test
  void offLogsNothing() {
    assertThat(logs.apply(listener("off", "stdout", 1.0))).isSameAs(AccessLog.NONE);
    assertThat(logs.apply(listener("json", "stdout", 0.0))).isSameAs(AccessLog.NONE);
  }

  @Test
  void aSampleIsAboutItsShare() {
    AccessLog log = logs.apply(listener("%s", "x", 0.25));
    for (int i = 0; i < 10_000; i++) {
      log.log(new Exchanges());
    }

    // 2500 expected, deviation of a binomial 43: six of them.
    assertThat(written().lines().count()).isBetween(2_240L, 2_760L);
  }

  @Test
  void whatFindsNoRoomIsDroppedAndCounted() {
    CountDownLatch released = new CountDownLatch(1);
    AccessLogs stuck = new AccessLogs(path -> new StuckStream(released));
    AccessLog log = stuck.apply(listener("json", "x", 1.0));
    for (int i = 0; i < 10_000; i++) {
      log.log(new Exchanges());
    }

    assertThat(stuck.dropped().get("x")).isPositive();
    released.countDown();
    stuck.close();
  }

  @Test
  void everyLoopsLinesArriveWholeInOneFile(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("access.log");
    AccessLogs files = new AccessLogs();
    AccessLog log = files.apply(listener("%{listener}g %{route}g", file.toString(), 1.0));
    for (int i = 0; i < 1_000; i++) {
      Exchanges exchange = new Exchanges();
      exchange.loop = i % 3;
      log.log(exchange);
    }
    files.close();

    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(1_000).containsOnly("web orders");
  }

  @Test
  void aFileThatCannotBeOpenedIsSaid(@TempDir Path directory) {
    assertThatThrownBy(() -> new AccessLogs().apply(listener("json", directory.toString(), 1.0)))
        .hasMessageContaining("cannot be opened");
  }

  private void log(String format, Exchanges exchange) {
    logs.apply(listener(format, "x", 1.0)).log(exchange);
  }

  private String written() {
    logs.close();
    return out.toString(StandardCharsets.UTF_8);
  }

  private static ListenerSpec listener(String format, String path, double sample) {
    return new ListenerSpec(
        "web",
        new HostPort("127.0.0.1", 0),
        ListenerSpec.Protocol.HTTP,
        1,
        1,
        List.of(),
        "",
        ListenerSpec.Forwarding.ALL,
        new ListenerSpec.AccessLogSpec(format, path, sample),
        ListenerSpec.HttpLimits.DEFAULTS);
  }

  /** A disk that does not answer. */
  private static final class StuckStream extends OutputStream {
    private final CountDownLatch released;

    StuckStream(CountDownLatch released) {
      this.released = released;
    }

    @Override
    public void write(int b) throws IOException {
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }
}
