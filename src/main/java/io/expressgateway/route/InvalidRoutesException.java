package io.expressgateway.route;

import java.util.List;
import java.util.stream.Collectors;

/** Routes that cannot be compiled: every problem of every route at once. */
public final class InvalidRoutesException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * One problem.
   *
   * @param routeId the route
   * @param predicate as the route names it: {@code Path=/a/**}
   * @param reason what is wrong
   * @param remedy what to write
   */
  public record Problem(String routeId, String predicate, String reason, String remedy) {}

  /** An exception over at least one problem. */
  public InvalidRoutesException(List<Problem> problems) {
    super(
        problems.stream()
            .map(p -> "route " + p.routeId() + ": " + p.reason() + "; " + p.remedy())
            .collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** All problems, in table order. */
  public List<Problem> problems() {
    return problems;
  }
}
