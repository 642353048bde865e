package io.expressgateway.http.h2;

/**
 * How urgent a response is and whether its pieces are of use one by one (RFC 9218 section 4).
 *
 * @param urgency 0, the most urgent, to 7
 * @param isIncremental whether the client uses what it has while the rest is on its way
 */
record Priority(int urgency, boolean isIncremental) {

  /** What holds when nothing is said (RFC 9218 sections 4.1 and 4.2). */
  static final Priority DEFAULT = new Priority(3, false);

  /**
   * This priority with what a {@code priority} field says instead (RFC 9218 section 5): a
   * dictionary (RFC 8941 section 3.2). Members that are unknown, out of range or of another type
   * are ignored, as section 4 says.
   */
  Priority with(CharSequence field) {
    int urgency = urgency();
    boolean incremental = isIncremental();
    int at = 0;
    int end = field.length();
    while (at < end) {
      int next = memberEnd(field, at);
      int from = skipBlank(field, at, next);
      char key = from < next ? field.charAt(from) : ',';
      if (key == 'u' && isUrgency(field, from, next)) {
        urgency = field.charAt(from + 2) - '0';
      } else if (key == 'i') {
        int stated = flag(field, from, next);
        incremental = stated < 0 ? incremental : stated == 1;
      }
      at = next + 1;
    }
    return new Priority(urgency, incremental);
  }

  /** Where the member ends: at a comma outside of a string. */
  private static int memberEnd(CharSequence field, int from) {
    boolean inString = false;
    for (int i = from; i < field.length(); i++) {
      char c = field.charAt(i);
      if (inString && c == '\\') {
        i++;
      } else if (c == '"') {
        inString = !inString;
      } else if (c == ',' && !inString) {
        return i;
      }
    }
    return field.length();
  }

  private static int skipBlank(CharSequence field, int from, int end) {
    int at = from;
    while (at < end && (field.charAt(at) == ' ' || field.charAt(at) == '\t')) {
      at++;
    }
    return at;
  }

  /** {@code u=} and one digit from 0 to 7. */
  private static boolean isUrgency(CharSequence field, int from, int end) {
    return from + 2 < end
        && field.charAt(from + 1) == '='
        && field.charAt(from + 2) >= '0'
        && field.charAt(from + 2) <= '7'
        && endsAt(field, from + 3, end);
  }

  /** 1 for {@code i} and {@code i=?1}, 0 for {@code i=?0}, -1 for anything else. */
  private static int flag(CharSequence field, int from, int end) {
    if (endsAt(field, from + 1, end)) {
      return 1;
    }
    if (from + 3 < end
        && field.charAt(from + 1) == '='
        && field.charAt(from + 2) == '?'
        && endsAt(field, from + 4, end)) {
      char bit = field.charAt(from + 3);
      return bit == '1' ? 1 : bit == '0' ? 0 : -1;
    }
    return -1;
  }

  /** Whether only parameters or blanks follow. */
  private static boolean endsAt(CharSequence field, int at, int end) {
    int next = skipBlank(field, at, end);
    return next == end || (next == at && field.charAt(at) == ';');
  }
}
