package io.expressgateway.route;

/** A predicate that cannot be compiled, with what is wrong and what to write instead. */
public final class InvalidPredicateException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String reason;
  private final String remedy;

  /** The two halves of the message. */
  public InvalidPredicateException(String reason, String remedy) {
    super(reason + "; " + remedy);
    this.reason = reason;
    this.remedy = remedy;
  }

  /** What is wrong. */
  public String reason() {
    return reason;
  }

  /** What to write. */
  public String remedy() {
    return remedy;
  }
}
