package io.expressgateway.route;

/**
 * Version: the request's API version is this one, or with a plus sign this one or a later one. A
 * request without a version, which {@link VersionSettings} may allow, fits every route.
 */
record VersionPredicate(ApiVersion version, boolean baseline, VersionSettings settings)
    implements RoutePredicate {

  static RoutePredicate compile(PredicateArguments arguments, PredicateContext context) {
    return new VersionPredicate(
        version(arguments), arguments.required("version").endsWith("+"), context.version());
  }

  /** The version that a Version predicate names. */
  static ApiVersion version(PredicateArguments arguments) {
    String text = arguments.required("version");
    ApiVersion version =
        ApiVersion.parse(text.endsWith("+") ? text.substring(0, text.length() - 1) : text);
    if (version == null) {
      throw arguments.invalid(
          "has the version '" + text + "'", "write one to three numbers, such as 1.2 or 1.2+");
    }
    return version;
  }

  @Override
  public boolean test(RouteRequest request) {
    ApiVersion asked = settings.versionOf(request.head());
    if (asked == null) {
      return true;
    }
    int order = version.compareTo(asked);
    return baseline ? order <= 0 : order == 0;
  }
}
