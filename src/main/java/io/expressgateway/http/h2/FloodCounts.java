package io.expressgateway.http.h2;

import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.Arrays;

/**
 * How many frames of each cheap kind a client has sent in the current window of ten seconds. A
 * client that goes beyond a rule's number loses its connection with ENHANCE_YOUR_CALM (RFC 9113
 * section 10.5). Confined to the connection's event loop.
 */
final class FloodCounts {

  /** What is counted, with the number that a window allows and the name that metrics show. */
  enum Rule {
    /** RST_STREAM while the request was being served: CVE-2023-44487. */
    RAPID_RESET("h2-rapid-reset", 100),
    /** RST_STREAM of any kind. */
    RESETS("h2-rst-flood", 1000),
    /** Stream errors that made us send RST_STREAM: CVE-2025-8671. */
    MADE_RESETS("h2-made-you-reset", 100),
    /** SETTINGS without ACK. */
    SETTINGS("h2-settings-flood", 50),
    /** PING without ACK; a client that measures its bandwidth sends one per round trip. */
    PING("h2-ping-flood", 100),
    /** PRIORITY; a browser sends a handful per stream. */
    PRIORITY("h2-priority-flood", 1000),
    /** WINDOW_UPDATE beyond what our DATA explains. */
    WINDOW_UPDATE("h2-window-update-flood", 1000),
    /** DATA without a byte and without END_STREAM. */
    EMPTY_DATA("h2-empty-data-flood", 100),
    /** CONTINUATION beyond what a header block of the allowed size needs: CVE-2024-27316. */
    CONTINUATION("h2-continuation-flood", 32);

    private final String text;
    private final int limit;

    Rule(String text, int limit) {
      this.text = text;
      this.limit = limit;
    }

    /** The rule's name in metrics. */
    String text() {
      return text;
    }
  }

  /** Where a rule's firing is reported. */
  interface Report {
    void onFlood(Rule rule);
  }

  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final int[] counts = new int[Rule.values().length];
  private final Report report;
  private long windowStartNanos = System.nanoTime();
  private long sentFrames;

  FloodCounts(Report report) {
    this.report = report;
  }

  /** We sent body: the client answers it with WINDOW_UPDATE and may measure with PING. */
  void sent(int bytes) {
    sentFrames += 1 + bytes / 1024;
  }

  /** Forgets one rule's count, as the end of a header block does. */
  void forget(Rule rule) {
    counts[rule.ordinal()] = 0;
  }

  /**
   * One more.
   *
   * @throws Http2Exception a connection error when it is one too many
   */
  void count(Rule rule) throws Http2Exception {
    int count = ++counts[rule.ordinal()];
    if (count <= rule.limit) {
      return;
    }
    long now = System.nanoTime();
    if (now - windowStartNanos > WINDOW_NANOS) {
      windowStartNanos = now;
      sentFrames = 0;
      Arrays.fill(counts, 0);
      return;
    }
    boolean isExplained = rule == Rule.WINDOW_UPDATE || rule == Rule.PING;
    if (isExplained && count <= rule.limit + 2 * sentFrames) {
      return;
    }
    report.onFlood(rule);
    throw Http2Exception.connectionError(
        Http2Error.ENHANCE_YOUR_CALM, "too many frames: %s", rule.text());
  }
}
