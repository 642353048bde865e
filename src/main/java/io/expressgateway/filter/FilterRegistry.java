package io.expressgateway.filter;

import io.expressgateway.route.NamedArguments;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The table of built-in filters: names and arguments are Spring Cloud Gateway 5.0's.
 *
 * <p>Immutable after construction and safe for any thread; made once per snapshot, because some
 * filters read global settings.
 */
public final class FilterRegistry {

  private static final Set<String> NOT_BUILT_YET =
      Collections.unmodifiableSet(
          new TreeSet<>(
              Set.of(
                  "CacheRequestBody",
                  "CircuitBreaker",
                  "FallbackHeaders",
                  "JsonToGrpc",
                  "LocalResponseCache",
                  "ModifyRequestBody",
                  "ModifyResponseBody",
                  "RemoveJsonAttributesResponseBody",
                  "RequestRateLimiter",
                  "SaveSession",
                  "TokenRelay")));

  /**
   * A row: how written arguments are read, and the filter made of them.
   *
   * @param shortcut argument names in the order of the short form
   * @param others argument names that only the long form has
   * @param gathersList whether all arguments together are the one list that the shortcut names
   * @param factory makes the filter; throws {@link IllegalArgumentException} on a bad argument
   */
  private record Row(
      List<String> shortcut,
      List<String> others,
      boolean gathersList,
      Function<Arguments, HttpFilter> factory) {

    HttpFilter create(NamedArguments definition) {
      return factory.apply(
          gathersList
              ? Arguments.gathered(definition, shortcut.getFirst())
              : Arguments.of(definition, shortcut, others));
    }
  }

  private final Map<String, Row> rows = new TreeMap<>();

  /** A registry with Spring Cloud Gateway's global settings. */
  public FilterRegistry() {
    this(FilterSettings.DEFAULTS);
  }

  /** A registry whose filters read these global settings. */
  public FilterRegistry(FilterSettings settings) {
    row("AddRequestHeader", AddRequestHeader::new, "name", "value");
    gatheringRow("AddRequestHeadersIfNotPresent", AddRequestHeadersIfNotPresent::new, "keyValues");
    row("AddRequestParameter", AddRequestParameter::new, "name", "value");
    row("AddResponseHeader", AddResponseHeader::new, "name", "value", "override");
    row("DedupeResponseHeader", DedupeResponseHeader::new, "name", "strategy");
    row("GrpcWeb", GrpcWeb::new);
    row("MapRequestHeader", MapRequestHeader::new, "fromHeader", "toHeader");
    row("PrefixPath", PrefixPath::new, "prefix");
    row("PreserveHostHeader", PreserveHostHeader::new);
    row("RedirectTo", RedirectTo::new, "status", "url", "includeRequestParams");
    row("RemoveRequestHeader", RemoveRequestHeader::new, "name");
    row("RemoveRequestParameter", RemoveRequestParameter::new, "name");
    row("RemoveResponseHeader", RemoveResponseHeader::new, "name");
    row(
        "RequestHeaderSize",
        List.of("maxSize"),
        List.of("errorHeaderName"),
        RequestHeaderSize::new);
    row("RequestHeaderToRequestUri", RequestHeaderToRequestUri::new, "name");
    row("RequestSize", RequestSize::new, "maxSize");
    row(
        "Retry",
        List.of(
            "retries",
            "statuses",
            "methods",
            "backoff.firstBackoff",
            "backoff.maxBackoff",
            "backoff.factor",
            "backoff.basedOnPreviousValue",
            "jitter.randomFactor",
            "timeout"),
        List.of("series", "exceptions"),
        Retry::new);
    row(
        "RewriteLocationResponseHeader",
        RewriteLocationResponseHeader::new,
        "stripVersion",
        "locationHeaderName",
        "hostValue",
        "protocols");
    row("RewritePath", RewritePath::new, "regexp", "replacement");
    row("RewriteRequestParameter", RewriteRequestParameter::new, "name", "replacement");
    row("RewriteResponseHeader", RewriteResponseHeader::new, "name", "regexp", "replacement");
    row(
        "SecureHeaders",
        List.of(),
        List.of(
            "enable",
            "disable",
            "permissionsPolicy",
            "xssProtectionHeaderValue",
            "strictTransportSecurityHeaderValue",
            "frameOptionsHeaderValue",
            "contentTypeOptionsHeaderValue",
            "referrerPolicyHeaderValue",
            "contentSecurityPolicyHeaderValue",
            "downloadOptionsHeaderValue",
            "permittedCrossDomainPoliciesHeaderValue",
            "permissionPolicyHeaderValue"),
        arguments -> new SecureHeaders(arguments, settings.secureHeaders()));
    row("SetPath", SetPath::new, "template");
    row("SetRequestHeader", SetRequestHeader::new, "name", "value");
    row("SetRequestHostHeader", SetRequestHostHeader::new, "host");
    row("SetRequestUri", SetRequestUri::new, "template");
    row("SetResponseHeader", SetResponseHeader::new, "name", "value");
    row(
        "SetStatus",
        arguments -> new SetStatus(arguments, settings.originalStatusHeaderName()),
        "status");
    row("StripPrefix", StripPrefix::new, "parts");
  }

  private void row(String name, Function<Arguments, HttpFilter> factory, String... shortcut) {
    row(name, List.of(shortcut), List.of(), factory);
  }

  private void row(
      String name,
      List<String> shortcut,
      List<String> others,
      Function<Arguments, HttpFilter> factory) {
    rows.put(name, new Row(shortcut, others, false, factory));
  }

  private void gatheringRow(String name, Function<Arguments, HttpFilter> factory, String shortcut) {
    rows.put(name, new Row(List.of(shortcut), List.of(), true, factory));
  }

  private FilterRegistry(Map<String, Row> rows) {
    this.rows.putAll(rows);
  }

  /** This registry and one filter more, which takes no arguments and serves every route. */
  public FilterRegistry with(String name, HttpFilter filter) {
    FilterRegistry more = new FilterRegistry(rows);
    more.row(name, arguments -> filter);
    return more;
  }

  /** The names of the filters that there are, sorted. */
  public Set<String> names() {
    return Collections.unmodifiableSet(rows.keySet());
  }

  /** The names that Spring Cloud Gateway 5.0 has and that are refused here, sorted. */
  public static Set<String> notBuiltYet() {
    return NOT_BUILT_YET;
  }

  /**
   * Makes the filter that a route names. The instance serves all requests of the route.
   *
   * @throws IllegalArgumentException when there is no such filter or an argument is missing,
   *     unknown or wrong; the message is a sentence for the operator: what is wrong, what to write
   */
  public HttpFilter create(NamedArguments definition) {
    Row row = rows.get(definition.name());
    if (row != null) {
      return row.create(definition);
    }
    String built = String.join(", ", rows.keySet());
    throw new IllegalArgumentException(
        NOT_BUILT_YET.contains(definition.name())
            ? "the filter '" + definition.name() + "' is not built yet; built are " + built
            : "there is no filter '" + definition.name() + "'; write one of " + built);
  }
}
