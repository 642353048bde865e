package io.expressgateway.filter;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * {@code SetRequestUri=template}: sends the request to this absolute URI instead of the route's; an
 * expanded template that is none leaves the route's.
 */
final class SetRequestUri implements HttpFilter {

  private final Template template;

  SetRequestUri(Arguments arguments) {
    String written = arguments.text("template");
    template = Template.compileExactly(written);
    if (!template.hasVariables() && UpstreamUri.parse(written) == null) {
      throw arguments.refuse(
          "template", written, "write an absolute http or https URI, with variables if needed");
    }
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    @Nullable URI uri = UpstreamUri.parse(template.expand(exchange));
    if (uri != null) {
      exchange.upstreamUri(uri);
    }
  }
}
