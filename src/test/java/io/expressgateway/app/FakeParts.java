package io.expressgateway.app;

import io.expressgateway.config.Problem;
import io.expressgateway.net.HostPort;
import io.expressgateway.route.NamedArguments;
import io.expressgateway.route.Route;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.cloud.gateway.route.RouteDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The data plane and the snapshots of tests, in the place of the real ones. */
@Configuration(proxyBeanMethods = false)
public class FakeParts {

  /** For Spring. */
  public FakeParts() {}

  @Bean
  FakeDataPlane fakeDataPlane() {
    return new FakeDataPlane();
  }

  @Bean
  DataPlaneFactory dataPlaneFactory(FakeDataPlane dataPlane) {
    return reports -> dataPlane;
  }

  @Bean
  SnapshotSource snapshotSource(Environment environment) {
    return (definitions, version) -> snapshot(definitions, version, environment);
  }

  private static Snapshot snapshot(
      List<RouteDefinition> definitions, long version, Environment environment) {
    List<Problem> problems = new ArrayList<>();
    List<Route> routes = new ArrayList<>();
    for (RouteDefinition definition : definitions) {
      if (definition.getUri().toString().equals("lb://nowhere")) {
        problems.add(
            new Problem(
                "routes[" + definition.getId() + "].uri",
                "lb://nowhere",
                "no such cluster",
                "define it"));
      }
      routes.add(route(definition));
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationRefused(problems);
    }
    String bind = environment.getProperty("test.bind", "127.0.0.1:0");
    return new Snapshot(
        version,
        "hash-" + routes,
        Instant.EPOCH,
        List.of(listener(HostPort.parse(bind))),
        List.of(),
        routes,
        new Snapshot.Drain(
            duration(environment, "test.settle", Duration.ZERO),
            duration(environment, "test.timeout", Duration.ofSeconds(10)),
            0.25));
  }

  private static Duration duration(Environment environment, String key, Duration otherwise) {
    return Binder.get(environment).bind(key, Duration.class).orElse(otherwise);
  }

  private static Route route(RouteDefinition definition) {
    return new Route(
        definition.getId(),
        definition.getOrder(),
        definition.getUri().toString(),
        definition.getUri().getHost(),
        definition.getPredicates().stream()
            .map(p -> new NamedArguments(p.getName(), p.getArgs()))
            .toList(),
        definition.getFilters().stream()
            .map(f -> new NamedArguments(f.getName(), f.getArgs()))
            .toList(),
        definition.getMetadata(),
        Set.of());
  }

  static ListenerSpec listener(HostPort bind) {
    return new ListenerSpec(
        "web",
        bind,
        ListenerSpec.Protocol.HTTP,
        100,
        100,
        List.of(),
        "",
        ListenerSpec.Forwarding.ALL,
        new ListenerSpec.AccessLogSpec("off", "stdout", 1.0),
        ListenerSpec.HttpLimits.DEFAULTS);
  }
}
