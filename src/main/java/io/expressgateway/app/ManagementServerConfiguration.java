package io.expressgateway.app;

import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

/**
 * The management server's own two threads, on plain NIO: it must answer while the data plane's
 * loops are busy, and must not pick io_uring because that native happens to be on the class path.
 */
@Configuration(proxyBeanMethods = false)
class ManagementServerConfiguration {

  @Bean(destroyMethod = "dispose")
  LoopResources managementLoops() {
    return LoopResources.create("management", 1, 1, true);
  }

  @Bean
  ReactorResourceFactory reactorResourceFactory(LoopResources managementLoops) {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    resources.setLoopResources(managementLoops);
    return resources;
  }

  @Bean
  NettyServerCustomizer managementOnNio(LoopResources managementLoops) {
    return server -> server.runOn(managementLoops, false);
  }
}
