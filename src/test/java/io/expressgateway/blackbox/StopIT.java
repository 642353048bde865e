package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the ready line to the ledger. */
@Timeout(120)
class StopIT {

  @TempDir Path directory;

  private Path configuration(Endpoint endpoint) {
    return GatewayJar.file(
        directory,
        """
        expressgateway:
          listeners: [ { name: web, bind: "127.0.0.1:0" } ]
          clusters: [ { name: a, endpoints: [ { address: "%s" } ] } ]
        spring.cloud.gateway.server.webflux.routes:
          - { id: a, uri: "lb://a", predicates: [ "Path=/**" ] }
        """
            .formatted(endpoint.address()));
  }

  @Test
  void everyLineOfTheContractIsThereAndTheExitCodeIsZero() {
    try (Endpoint endpoint = Endpoint.start("a");
        GatewayJar gateway =
            GatewayJar.start(configuration(endpoint), "--expressgateway.drain.settle=0s")) {
      assertThat(gateway.readyLine())
          .matches(
              "ready listeners=web=127\\.0\\.0\\.1:[1-9]\\d* management=127\\.0\\.0\\.1:[1-9]\\d* snapshot=1");
      assertThat(Http.get(gateway.on("web", "/x?y=1")).body()).isEqualTo("a /x?y=1");

      GatewayJar.Ended ended = gateway.stop();

      assertThat(ended.exit()).isZero();
      assertThat(ended.lastLine()).isEqualTo("ledger accepted=1 completed=1 refused=0 aborted=0");
    }
  }

  @Test
  void noAcceptedRequestIsLostWhenTheStopComesUnderLoad() throws InterruptedException {
    try (Endpoint endpoint = Endpoint.start("a");
        GatewayJar gateway =
            GatewayJar.start(configuration(endpoint), "--expressgateway.drain.settle=2s")) {
      Load load = Load.start(gateway.listener("web"), 8);
      Awaitility.await("load").atMost(Duration.ofSeconds(30)).until(() -> load.responses() > 200);

      gateway.terminate();
      Awaitility.await("not ready").until(() -> Http.status(gateway.management("/readyz")) == 503);
      int before = load.responses();
      Awaitility.await("still serving").until(() -> load.responses() > before + 50);
      GatewayJar.Ended ended = gateway.awaitEnd();
      load.awaitEnd();

      Ledger ledger = Ledger.of(ended);
      assertThat(ended.exit()).isZero();
      assertThat(ledger.isBalanced()).as(ledger.toString()).isTrue();
      assertThat(load.broken()).as("a response that broke off").isNull();
      assertThat(load.otherStatuses()).isZero();
      assertThat(load.closes()).as("responses that asked to close").isPositive();
      assertThat(ledger.aborted()).isZero();
      assertThat(load.responses())
          .as("every accepted request was answered")
          .isEqualTo((int) ledger.accepted());
    }
  }

  @Test
  void aRequestThatRunsWhenTheDrainBeginsIsFinishedAndItsConnectionClosed() throws Exception {
    try (Endpoint endpoint = Endpoint.start("a");
        GatewayJar gateway =
            GatewayJar.start(configuration(endpoint), "--expressgateway.drain.settle=0s");
        RawConnection connection = new RawConnection(gateway.listener("web"))) {
      connection.sendGet("/hold");
      endpoint.held().await();

      InetSocketAddress address = gateway.listener("web");
      gateway.terminate();
      Awaitility.await("nothing accepts any more").until(() -> !accepts(address));
      endpoint.letGo();
      RawConnection.Response response = connection.read();
      GatewayJar.Ended ended = gateway.awaitEnd();

      assertThat(response.text()).isEqualTo("a /hold");
      assertThat(response.asksToClose()).isTrue();
      assertThat(ended.exit()).isZero();
      assertThat(ended.lastLine()).isEqualTo("ledger accepted=1 completed=1 refused=0 aborted=0");
    }
  }

  @Test
  void whatOutlivesTheDrainIsAbortedAndCountedSo() throws Exception {
    try (Endpoint endpoint = Endpoint.start("a");
        GatewayJar gateway =
            GatewayJar.start(
                configuration(endpoint),
                "--expressgateway.drain.settle=0s",
                "--expressgateway.drain.timeout=200ms");
        RawConnection connection = new RawConnection(gateway.listener("web"))) {
      connection.sendGet("/hold");
      endpoint.held().await();

      GatewayJar.Ended ended = gateway.stop();

      assertThat(connection.read()).as("an answer that never came").isNull();
      assertThat(ended.exit()).isZero();
      assertThat(ended.lastLine()).isEqualTo("ledger accepted=1 completed=0 refused=0 aborted=1");
    }
  }

  @Test
  void aSignalWithoutMeaningIsIgnoredAndASecondStopRequestEndsTheWaiting() throws Exception {
    try (Endpoint endpoint = Endpoint.start("a");
        GatewayJar gateway =
            GatewayJar.start(configuration(endpoint), "--expressgateway.drain.settle=10m")) {
      new ProcessBuilder("kill", "-HUP", Long.toString(gateway.pid())).start().waitFor();
      assertThat(Http.status(gateway.on("web", "/"))).isEqualTo(200);

      gateway.terminate();
      Awaitility.await("not ready").until(() -> Http.status(gateway.management("/readyz")) == 503);
      assertThat(Http.get(gateway.management("/readyz")).body()).contains("drain");
      assertThat(Http.status(gateway.management("/livez"))).isEqualTo(200);
      gateway.terminate();

      assertThat(gateway.awaitEnd().exit()).isZero();
    }
  }

  private static boolean accepts(InetSocketAddress address) {
    try (RawConnection _ = new RawConnection(address)) {
      return true;
    } catch (IOException refused) {
      return false;
    }
  }

  @Test
  void theFlagsOfTheImageAreAcceptedByThisJava() {
    Path flags = GatewayJar.jar().getParent().resolveSibling("config/jvm.options");
    try (Endpoint endpoint = Endpoint.start("a");
        GatewayJar gateway =
            GatewayJar.launchCommand(
                directory,
                java.util.List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + flags,
                    "-jar",
                    GatewayJar.jar().toString(),
                    configuration(endpoint).toString(),
                    "--management.server.port=0",
                    "--expressgateway.drain.settle=0s"))) {
      gateway.awaitReady();
      assertThat(Http.get(gateway.on("web", "/")).statusCode()).isEqualTo(200);
      GatewayJar.Ended ended = gateway.stop();
      assertThat(ended.exit()).isZero();
      assertThat(ended.errors()).isEmpty();
    }
  }
}
