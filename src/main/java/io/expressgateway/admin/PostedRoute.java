package io.expressgateway.admin;

import io.expressgateway.config.Problem;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.cloud.gateway.filter.FilterDefinition;
import org.springframework.cloud.gateway.handler.predicate.PredicateDefinition;
import org.springframework.cloud.gateway.route.RouteDefinition;

/**
 * What is checked of a route that came through an API before it is kept. There is no expression
 * language: text that would be one in Spring Cloud Gateway ({@code #{...}}) is refused, also as the
 * bean reference that files may use.
 */
final class PostedRoute {

  private PostedRoute() {}

  static List<Problem> problems(RouteDefinition route, RouteVocabulary vocabulary) {
    List<Problem> problems = new ArrayList<>();
    String id = route.getId();
    if (id == null || id.isBlank()) {
      problems.add(new Problem("id", "", "a route needs an id", "give it one"));
    }
    checkUri(route.getUri(), problems);
    for (PredicateDefinition predicate : route.getPredicates()) {
      checkName("predicates", predicate.getName(), vocabulary.predicates(), problems);
      checkText("predicates." + predicate.getName(), predicate.getArgs(), problems);
    }
    for (FilterDefinition filter : route.getFilters()) {
      checkName("filters", filter.getName(), vocabulary.filters(), problems);
      checkText("filters." + filter.getName(), filter.getArgs(), problems);
    }
    checkText("metadata", route.getMetadata(), problems);
    return problems;
  }

  private static void checkUri(@Nullable URI uri, List<Problem> problems) {
    if (uri == null) {
      problems.add(new Problem("uri", "", "The URI can not be empty", "name a cluster: lb://NAME"));
    } else if (uri.getScheme() == null) {
      problems.add(
          new Problem(
              "uri",
              uri.toString(),
              "The URI format [" + uri + "] is incorrect, scheme can not be empty",
              "write lb://NAME or http://host:port"));
    }
  }

  private static void checkName(
      String key, @Nullable String name, List<String> known, List<Problem> problems) {
    if (!known.isEmpty() && (name == null || !known.contains(name))) {
      problems.add(
          new Problem(
              key,
              String.valueOf(name),
              "there is nothing of this name",
              "known are " + String.join(", ", known)));
    }
  }

  private static void checkText(String key, @Nullable Object value, List<Problem> problems) {
    switch (value) {
      case Map<?, ?> map ->
          map.forEach((name, inner) -> {
            checkText(key, name, problems);
            checkText(key + "." + name, inner, problems);
          });
      case Collection<?> list -> list.forEach(inner -> checkText(key, inner, problems));
      case CharSequence text when text.toString().contains("#{") ->
          problems.add(
              new Problem(
                  key, text.toString(), "expressions are not read from an API", "write the value"));
      case null, default -> {}
    }
  }
}
