package io.expressgateway.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Access log lines, in a file and on standard output. */
@Timeout(120)
class AccessLogIT {

  private static final Pattern FIELD = Pattern.compile("[{,]\"(\\w+)\":");

  @TempDir Path directory;

  @Test
  void linesHaveExactlyTheFieldsOfTheContract() throws IOException {
    Path log = directory.resolve("access.log");
    try (Endpoint endpoint = Endpoint.start("a");
        GatewayJar gateway =
            GatewayJar.start(
                GatewayJar.file(
                    directory,
                    """
                    expressgateway:
                      listeners:
                        - { name: filed, bind: "127.0.0.1:0", access-log: { format: json, path: "%s" } }
                        - { name: shown, bind: "127.0.0.1:0", access-log: { format: json } }
                        - { name: apache, bind: "127.0.0.1:0", access-log: { format: combined, path: "%1$s.combined" } }
                      clusters: [ { name: c, endpoints: [ { address: "%s" } ] } ]
                      drain.settle: 0s
                    spring.cloud.gateway.server.webflux.routes:
                      - { id: r, uri: "lb://c", predicates: [ "Path=/a/**" ], filters: [ "StripPrefix=1" ] }
                    """
                        .formatted(log, endpoint.address())))) {
      Http.send(
          "POST",
          gateway.on("filed", "/a/b?c=d"),
          "five!",
          "traceparent",
          "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
      Http.get(gateway.on("shown", "/nowhere"));
      Http.get(gateway.on("apache", "/a/x"), "User-Agent", "it");
      GatewayJar.Ended ended = gateway.stop();

      String filed = Files.readString(log).strip();
      assertThat(names(filed))
          .containsExactly(
              "time",
              "listener",
              "protocol",
              "client",
              "method",
              "host",
              "path",
              "status",
              "bytesIn",
              "bytesOut",
              "durationMs",
              "route",
              "cluster",
              "endpoint",
              "attempts",
              "why",
              "traceId");
      assertThat(filed)
          .matches("\\{\"time\":\"\\d{4}-\\d\\d-\\d\\dT[^\"]+\".*}")
          .contains(
              "\"listener\":\"filed\",\"protocol\":\"HTTP/1.1\",\"client\":\"127.0.0.1\",",
              "\"method\":\"POST\",\"host\":\"127.0.0.1:",
              "\"path\":\"/a/b?c=d\",\"status\":200,",
              "\"bytesOut\":8,",
              "\"route\":\"r\",\"cluster\":\"c\",\"endpoint\":\""
                  + endpoint.address()
                  + "\",\"attempts\":1,",
              "\"why\":\"\",\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"}");
      List<String> shown =
          ended.out().stream().filter(line -> line.startsWith("{\"time\"")).toList();
      assertThat(shown)
          .singleElement()
          .asString()
          .contains(
              "\"listener\":\"shown\"",
              "\"status\":404,",
              "\"why\":\"no-route\"",
              "\"attempts\":0,");
      assertThat(names(shown.getFirst())).isEqualTo(names(filed));
      assertThat(Files.readString(Path.of(log + ".combined")))
          .matches(
              "127\\.0\\.0\\.1 - - \\[[^]]+] \"GET /a/x HTTP/1\\.1\" 200 4 \"[^\"]*\" \"it\"\n");
    }
  }

  private static List<String> names(String line) {
    List<String> names = new ArrayList<>();
    Matcher fields = FIELD.matcher(line);
    while (fields.find()) {
      names.add(fields.group(1));
    }
    return names;
  }
}
