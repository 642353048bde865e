package io.expressgateway.app;

import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;

/** The application with the fake data plane, on a free management port. */
final class RunningGateway implements AutoCloseable {

  final ConfigurableApplicationContext context;
  final WebTestClient management;

  RunningGateway(String... properties) {
    this(List.of(), properties);
  }

  RunningGateway(List<Class<?>> sources, String... properties) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--management.server.port=0");
    arguments.add("--spring.cloud.gateway.server.webflux.routes[0].id=orders");
    arguments.add("--spring.cloud.gateway.server.webflux.routes[0].uri=lb://orders");
    arguments.add("--spring.cloud.gateway.server.webflux.routes[0].order=3");
    arguments.add("--spring.cloud.gateway.server.webflux.routes[0].predicates[0]=Path=/orders/**");
    arguments.add("--spring.cloud.gateway.server.webflux.routes[0].filters[0]=StripPrefix=1");
    for (String property : properties) {
      arguments.add("--" + property);
    }
    context =
        new SpringApplicationBuilder(FakeParts.class, GatewayApplication.class)
            .sources(sources.toArray(Class<?>[]::new))
            .web(WebApplicationType.REACTIVE)
            .bannerMode(Banner.Mode.OFF)
            .logStartupInfo(false)
            .registerShutdownHook(false)
            .run(arguments.toArray(String[]::new));
    management = // The JDK client: the test may ignore a body without leaking its buffer.
        WebTestClient.bindToServer(
                new org.springframework.http.client.reactive.JdkClientHttpConnector())
            .baseUrl("http://127.0.0.1:" + port())
            .build();
  }

  int port() {
    return ((ReactiveWebServerApplicationContext) context).getWebServer().getPort();
  }

  FakeDataPlane dataPlane() {
    return context.getBean(FakeDataPlane.class);
  }

  @Override
  public void close() {
    context.close();
  }
}
