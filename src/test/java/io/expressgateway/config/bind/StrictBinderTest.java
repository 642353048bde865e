package io.expressgateway.config.bind;

import static org.assertj.core.api.Assertions.assertThat;

import io.expressgateway.config.Fixture;
import io.expressgateway.config.Problem;
import io.expressgateway.config.Problems;
import io.expressgateway.config.properties.ClusterProperties;
import io.expressgateway.config.properties.ListenerProperties;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StrictBinderTest {

  private final Problems problems = new Problems();

  private <R extends Record> R bind(Class<R> type, String yaml) {
    return new StrictBinder(problems, Set.of("root.http.header-timeout"))
        .bind(PropertyTree.read(Fixture.yaml(yaml), "root"), type);
  }

  private List<String> lines() {
    return problems.refusals().stream().map(Problem::line).toList();
  }

  @Test
  void falseIsOffWhereOffIsAWord() {
    ListenerProperties listener =
        bind(
            ListenerProperties.class,
            "root: { name: a, bind: b, proxy-protocol: off, xdp: false, access-log.format: off }");

    assertThat(lines()).isEmpty();
    assertThat(listener.proxyProtocol()).isEqualTo("off");
    assertThat(listener.accessLog().format()).isEqualTo("off");
  }

  @Test
  void anAbsentHealthCheckIsNone() {
    assertThat(bind(ClusterProperties.class, "root.name: a").healthCheck()).isNull();
    assertThat(bind(ClusterProperties.class, "root: { name: a, health-check: off }").healthCheck())
        .isNull();
    assertThat(
            bind(ClusterProperties.class, "root: { name: a, health-check: { type: tcp } }")
                .healthCheck()
                .type())
        .isEqualTo("tcp");
    assertThat(lines()).isEmpty();
  }

  @Test
  void shapesAreChecked() {
    bind(
        ListenerProperties.class,
        """
        root:
          name: { first: a }
          bind: b
          trusted-proxies: { a: 10.0.0.0/8 }
          http: strict
        """);

    assertThat(lines())
        .anyMatch(line -> line.startsWith("root.name | {first} | takes a value, not keys"))
        .anyMatch(line -> line.startsWith("root.trusted-proxies | {a} | is a list"))
        .anyMatch(line -> line.startsWith("root.http | strict | takes keys, not a value"));
  }

  @Test
  void aListOfRecordsIsNoRecord() {
    bind(ClusterProperties.class, "root: { name: a, endpoints: { address: 'b:1' } }");

    assertThat(lines()).singleElement().asString().startsWith("root.endpoints | {address} | is a");
  }

  @Test
  void namesAKeyElsewhereWhenNoSiblingIsNear() {
    bind(ListenerProperties.class, "root: { name: a, bind: b, header-timeout: 5s }");

    assertThat(lines()).singleElement().asString().endsWith("is root.http.header-timeout");
  }

  @Test
  void numbersOutOfRangeKeepTheDefault() {
    ListenerProperties listener =
        bind(
            ListenerProperties.class,
            "root: { name: a, bind: b, access-log.sample: NaN, http.max-header-size: 1GB }");

    assertThat(listener.accessLog().sample()).isEqualTo(1.0);
    assertThat(listener.http().maxHeaderSize().toBytes()).isEqualTo(64 * 1024);
    assertThat(lines())
        .anyMatch(line -> line.contains("is not a number"))
        .anyMatch(line -> line.endsWith("write a value from 1024B to 16777216B"));
  }

  @Test
  void textWithCommasIsAList() {
    assertThat(
            bind(
                    ListenerProperties.class,
                    "root: { name: a, bind: b, trusted-proxies: '10.0.0.0/8, ::1' }")
                .trustedProxies())
        .containsExactly("10.0.0.0/8", "::1");
  }
}
