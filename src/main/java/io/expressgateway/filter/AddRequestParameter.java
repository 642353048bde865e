package io.expressgateway.filter;

import io.expressgateway.message.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * {@code AddRequestParameter=name, value}: adds a query parameter. Parameters of one name are
 * written side by side. In a request without any escape the pair is encoded, percent signs
 * included; in one that has escapes those of the pair are kept.
 */
final class AddRequestParameter implements HttpFilter {

  /** What java.net.URI leaves alone in a query: reserved and unreserved of RFC 2396. */
  private static final String LEGAL = "_-!.~'()*;/?:@&=+$,[]";

  private final String name;
  private final Template value;

  AddRequestParameter(Arguments arguments) {
    name = arguments.text("name");
    value = arguments.template("value");
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    RequestHead request = exchange.request();
    @Nullable String query = request.query();
    boolean escapes =
        request.path().indexOf('%') >= 0 || (query != null && query.indexOf('%') >= 0);
    String pair = encode(name + "=" + value.expand(exchange), escapes);
    boolean first = query == null || query.isBlank();
    request.query(QueryParameters.raw(first ? pair : query + "&" + pair).text());
  }

  private static String encode(String pair, boolean keepEscapes) {
    StringBuilder encoded = new StringBuilder(pair.length() + 8);
    for (int i = 0; i < pair.length(); i++) {
      char c = pair.charAt(i);
      if (c > 0x7f || (keepEscapes && PercentCode.isEscape(pair, i))) {
        encoded.append(c);
      } else {
        PercentCode.append(encoded, (byte) c, LEGAL);
      }
    }
    return RawPath.encodeBeyondAscii(encoded.toString());
  }
}
