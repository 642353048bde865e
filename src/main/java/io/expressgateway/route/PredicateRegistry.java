package io.expressgateway.route;

import static io.expressgateway.route.PredicateType.Shortcut.DEFAULT;
import static io.expressgateway.route.PredicateType.Shortcut.GATHER_LIST;
import static io.expressgateway.route.PredicateType.Shortcut.GATHER_LIST_TAIL_FLAG;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The predicates that routes may name, with Spring Cloud Gateway's names, arguments and shortcut
 * forms.
 */
public final class PredicateRegistry {

  private static final Map<String, PredicateType> TYPES = new TreeMap<>();

  static {
    add("After", DEFAULT, List.of("datetime"), TimePredicate::after);
    add("Before", DEFAULT, List.of("datetime"), TimePredicate::before);
    add("Between", DEFAULT, List.of("datetime1", "datetime2"), TimePredicate::between);
    add("Cookie", DEFAULT, List.of("name", "regexp"), CookiePredicate::compile);
    add("Header", DEFAULT, List.of("header", "regexp"), HeaderPredicate::compile);
    add("Host", GATHER_LIST, List.of("patterns"), HostPredicate::compile);
    add("Method", GATHER_LIST, List.of("methods"), MethodPredicate::compile);
    add(
        "Path",
        GATHER_LIST_TAIL_FLAG,
        List.of("patterns", "matchTrailingSlash"),
        PathPredicate::compile);
    add("Query", DEFAULT, List.of("param", "regexp"), QueryPredicate::compile);
    add("RemoteAddr", GATHER_LIST, List.of("sources"), AddressPredicate::remote);
    add("Version", DEFAULT, List.of("version"), VersionPredicate::compile);
    add("Weight", DEFAULT, List.of("weight.group", "weight.weight"), WeightPredicate::compile);
    add(
        "XForwardedRemoteAddr",
        GATHER_LIST,
        List.of("sources", "maxTrustedIndex"),
        AddressPredicate::forwarded);
  }

  private PredicateRegistry() {}

  private static void add(
      String name,
      PredicateType.Shortcut shortcut,
      List<String> arguments,
      PredicateType.Factory factory) {
    TYPES.put(name, new PredicateType(name, shortcut, arguments, factory));
  }

  /** The names that exist, sorted. */
  public static List<String> names() {
    return List.copyOf(TYPES.keySet());
  }

  /**
   * Compiles one predicate.
   *
   * @throws InvalidPredicateException when the name is unknown or the arguments cannot be used
   */
  static RoutePredicate compile(NamedArguments written, PredicateContext context) {
    PredicateArguments arguments = arguments(written);
    try {
      return arguments.type().factory().compile(arguments, context);
    } catch (InvalidPredicateException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidPredicateException(
          "predicate " + written.name() + ": " + e.getMessage(),
          "see the table of predicates in the routing guide");
    }
  }

  /** The arguments of a predicate under their names; refuses an unknown predicate. */
  static PredicateArguments arguments(NamedArguments written) {
    PredicateType type = TYPES.get(written.name());
    if (type == null) {
      throw new InvalidPredicateException(
          "there is no predicate '" + written.name() + "'",
          "the predicates are " + String.join(", ", names()));
    }
    return new PredicateArguments(type, written);
  }
}
