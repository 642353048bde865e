package io.expressgateway.route;

import java.util.List;

/**
 * A kind of predicate: how it is written and how it is compiled.
 *
 * @param name as routes write it
 * @param shortcut how the values of the shortcut form are given names
 * @param arguments the argument names in shortcut order
 * @param factory makes the compiled predicate
 */
record PredicateType(String name, Shortcut shortcut, List<String> arguments, Factory factory) {

  /** Spring Cloud Gateway's shortcut types. */
  enum Shortcut {
    /** One value for each argument, in order. */
    DEFAULT,
    /** All values are one list. */
    GATHER_LIST,
    /** All values are one list, but a last one of true or false is a flag. */
    GATHER_LIST_TAIL_FLAG
  }

  /** Compiles a predicate; throws {@link IllegalArgumentException} with a sentence. */
  @FunctionalInterface
  interface Factory {
    RoutePredicate compile(PredicateArguments arguments, PredicateContext context);
  }
}
