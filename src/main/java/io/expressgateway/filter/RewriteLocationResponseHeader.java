package io.expressgateway.filter;

import io.expressgateway.message.HeaderBlock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * {@code RewriteLocationResponseHeader=stripVersion, locationHeaderName, hostValue, protocols}:
 * puts the host that the client asked for (or {@code hostValue}) in place of the endpoint's in
 * Location, and takes a leading version ({@code /v2}) off its path: never, always, or when the
 * request had none.
 */
final class RewriteLocationResponseHeader implements HttpFilter {

  /** When a version segment behind the host goes. */
  enum StripVersion {
    /** It stays. */
    NEVER_STRIP,
    /** It goes unless the request's path began with one too. */
    AS_IN_REQUEST,
    /** It goes. */
    ALWAYS_STRIP
  }

  /** What the response hook needs of the request as it was at this filter's place. */
  private record Asked(String host, boolean versioned) {}

  private static final String DEFAULT_PROTOCOLS = "https?|ftps?";

  private final StripVersion stripVersion;
  private final String header;
  private final @Nullable String hostValue;
  private final Pattern host;
  private final Pattern hostAndVersion;

  RewriteLocationResponseHeader(Arguments arguments) {
    stripVersion = arguments.choice("stripVersion", StripVersion.AS_IN_REQUEST);
    String name = arguments.optional("locationHeaderName");
    header = arguments.headerName("locationHeaderName", name == null ? "Location" : name);
    hostValue = arguments.optional("hostValue");
    String written = arguments.optional("protocols");
    String protocols = written == null ? DEFAULT_PROTOCOLS : written;
    try {
      String start = "(?<=^(?:" + protocols + ")://)[^:/]+(?::\\d+)?";
      host = Pattern.compile(start + "(?=/)");
      hostAndVersion = Pattern.compile(start + "(?:/v\\d+)?(?=/)");
    } catch (PatternSyntaxException e) {
      throw arguments.refuse(
          "protocols", protocols, "no regular expression of bounded length: " + e.getDescription());
    }
  }

  @Override
  public void onRequestHead(FilterExchange exchange) {
    // Later filters may change both.
    exchange.attribute(
        this, new Asked(exchange.request().authority(), isVersioned(exchange.request().path())));
  }

  /** Whether a path begins with {@code /v}, digits and a slash. */
  static boolean isVersioned(String path) {
    int i = 2;
    while (i < path.length() && path.charAt(i) >= '0' && path.charAt(i) <= '9') {
      i++;
    }
    return i > 2 && path.startsWith("/v") && i < path.length() && path.charAt(i) == '/';
  }

  @Override
  public void onResponseHead(FilterExchange exchange) {
    HeaderBlock headers = exchange.response().headers();
    String location = headers.get(header);
    if (location == null || !(exchange.attribute(this) instanceof Asked asked)) {
      return;
    }
    String wanted = hostValue == null ? asked.host() : hostValue;
    if (wanted.isEmpty()) {
      return;
    }
    boolean strip =
        switch (stripVersion) {
          case NEVER_STRIP -> false;
          case AS_IN_REQUEST -> !asked.versioned();
          case ALWAYS_STRIP -> true;
        };
    // Quoted: the client's Host is text, not a replacement with group references.
    headers.set(
        header,
        (strip ? hostAndVersion : host)
            .matcher(location)
            .replaceFirst(Matcher.quoteReplacement(wanted)));
  }
}
