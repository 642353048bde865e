package io.expressgateway.filter;

import io.expressgateway.route.NamedArguments;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.factory.AbstractGatewayFilterFactory;
import org.springframework.cloud.gateway.support.ConfigurationService;
import org.springframework.cloud.gateway.support.ServerWebExchangeUtils;
import org.springframework.cloud.gateway.support.config.KeyValueConverter;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.format.support.DefaultFormattingConversionService;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Runs Spring Cloud Gateway's own factory on the same request, bound by its own binder. */
final class GatewayOracle {

  private GatewayOracle() {}

  /** What left the filter towards the endpoint, and the response afterwards. */
  record Outcome(ServerWebExchange forwarded, MockServerWebExchange exchange) {

    String target() {
      URI uri = forwarded.getRequest().getURI();
      String ascii = URI.create(uri.toASCIIString()).getRawPath();
      String query = URI.create(uri.toASCIIString()).getRawQuery();
      return query == null ? ascii : ascii + "?" + query;
    }

    List<String> requestHeaders() {
      return lines(forwarded.getRequest().getHeaders());
    }

    List<String> responseHeaders() {
      return lines(exchange.getResponse().getHeaders());
    }
  }

  static List<String> lines(HttpHeaders headers) {
    List<String> lines = new ArrayList<>();
    headers.forEach((name, values) ->
        values.forEach(value -> lines.add(name.toLowerCase(java.util.Locale.ROOT) + ": " + value)));
    lines.sort(null);
    return lines;
  }

  static <C> GatewayFilter filter(
      AbstractGatewayFilterFactory<C> factory, NamedArguments definition) {
    DefaultFormattingConversionService conversion = new DefaultFormattingConversionService();
    DefaultConversionService.addDefaultConverters(conversion);
    conversion.addConverter(new KeyValueConverter());
    ConfigurationService service =
        new ConfigurationService(new DefaultListableBeanFactory(), () -> conversion, () -> null);
    C config =
        service.with(factory).name(definition.name()).properties(definition.arguments()).bind();
    return factory.apply(config);
  }

  /** The outcome for a target, with these captured variables and edits before and after. */
  static Outcome run(
      GatewayFilter filter,
      String target,
      Map<String, String> variables,
      Consumer<HttpHeaders> request,
      Consumer<HttpHeaders> response) {
    MockServerHttpRequest.BaseBuilder<?> builder =
        MockServerHttpRequest.method(HttpMethod.GET, URI.create("http://example.org" + target));
    HttpHeaders headers = new HttpHeaders();
    request.accept(headers);
    builder.headers(headers);
    MockServerWebExchange exchange = MockServerWebExchange.from(builder.build());
    ServerWebExchangeUtils.putUriTemplateVariables(exchange, variables);
    AtomicReference<ServerWebExchange> forwarded = new AtomicReference<>(exchange);
    filter
        .filter(
            exchange,
            seen -> {
              forwarded.set(seen);
              seen.getResponse().setStatusCode(HttpStatus.OK);
              response.accept(seen.getResponse().getHeaders());
              return Mono.empty();
            })
        .block();
    return new Outcome(forwarded.get(), exchange);
  }
}
