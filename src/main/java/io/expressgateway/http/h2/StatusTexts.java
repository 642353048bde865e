package io.expressgateway.http.h2;

/** Status codes as texts, made once. Any thread. */
final class StatusTexts {

  private static final int HIGHEST = 999;
  private static final String[] TEXTS = texts();

  private StatusTexts() {}

  private static String[] texts() {
    String[] texts = new String[HIGHEST + 1];
    for (int i = 0; i <= HIGHEST; i++) {
      texts[i] = Integer.toString(i);
    }
    return texts;
  }

  /** The text of a status, 100 to 999. */
  static String of(int status) {
    return TEXTS[status];
  }
}
