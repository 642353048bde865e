package io.expressgateway.http.h2;

import io.expressgateway.limit.Rule;
import io.expressgateway.limit.Rules;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import java.util.Arrays;

/**
 * How many frames of each cheap kind a client has sent in the current window of ten seconds, and in
 * the current minute how many glitches of any kind. A client that goes beyond a rule's threshold
 * loses its connection with ENHANCE_YOUR_CALM (RFC 9113 section 10.5), unless the rule is observed
 * only. Confined to the connection's event loop.
 *
 * <p>The clock is read only when a number has reached its threshold: below it, nobody needs to know
 * when the window began. A window may therefore hold what was counted over a longer time, never
 * what was counted over a shorter one; the burst that fires is at most twice the threshold.
 *
 * <p>Some frames are explained by what the client got or asked for, and then there may be more of
 * them: WINDOW_UPDATE and bandwidth-measuring PING by our DATA, PRIORITY and WINDOW_UPDATE by the
 * streams it opened, and a reset by a response before it. What was explained in the last window
 * still counts in this one, because the answers to it may be under way.
 */
final class FloodCounts {

  /** Where a rule's firing is reported. */
  interface Report {
    void onFlood(Rule rule, boolean isObserved);
  }

  private static final long WINDOW_NANOS = Rule.H2_PING_FLOOD.window().toNanos();
  private static final long GLITCH_WINDOW_NANOS = Rule.GLITCHES.window().toNanos();

  /** A WINDOW_UPDATE for the stream and one for the connection, for each KiB or frame. */
  private static final int FRAMES_PER_KIB = 2;

  /** What a browser says about the priority and the window of a stream that it opens. */
  private static final int FRAMES_PER_STREAM = 4;

  /** What a client may have sent before it sees a reset: a window of the default size in KiB. */
  private static final int FRAMES_PER_RESET = 64;

  /** As many resets as may cross at a time. */
  private static final int MAX_CROSSING = 64 * FRAMES_PER_RESET;

  private final Rules rules;
  private final Report report;
  private final int[] counts = new int[Rule.values().length];
  private final boolean[] isReported = new boolean[counts.length];
  private long windowStartNanos = System.nanoTime();
  private long glitchStartNanos = windowStartNanos;
  private int sent;
  private int sentBefore;
  private int opened;
  private int openedBefore;
  private int resetCredit;
  private int crossingCredit;

  FloodCounts(Rules rules, Report report) {
    this.rules = rules;
    this.report = report;
  }

  /** We sent body: the client answers it with WINDOW_UPDATE and may measure with PING. */
  void sent(int bytes) {
    sent += 1 + bytes / 1024;
  }

  /** The client opened a stream. */
  void opened() {
    opened++;
  }

  /** A request was answered to its end: the client may think better of another one. */
  void answered() {
    resetCredit = Math.min(resetCredit + 1, rules.threshold(Rule.H2_RST_FLOOD));
  }

  /** The client reset a request that was being served: CVE-2023-44487 when it does little else. */
  void resetWhileServed() throws Http2Exception {
    if (resetCredit > 0) {
      resetCredit--;
    } else {
      countOdd(Rule.H2_RAPID_RESET);
    }
  }

  /** We reset a stream: frames of it may be under way. */
  void allowCrossing() {
    crossingCredit = Math.min(crossingCredit + FRAMES_PER_RESET, MAX_CROSSING);
  }

  /** A frame of a stream that we have reset; beyond what may have been under way it is odd. */
  void crossed() throws Http2Exception {
    if (crossingCredit > 0) {
      crossingCredit--;
    } else {
      count(Rule.GLITCHES);
    }
  }

  /** Forgets one rule's count, as the end of a header block does. */
  void forget(Rule rule) {
    counts[rule.ordinal()] = 0;
  }

  /**
   * One more of the rule's kind.
   *
   * @throws Http2Exception a connection error when it is one too many
   */
  void count(Rule rule) throws Http2Exception {
    if (++counts[rule.ordinal()] > rules.threshold(rule)) {
      judge(rule);
    }
  }

  /** One more of the rule's kind, which is a glitch as well. */
  void countOdd(Rule rule) throws Http2Exception {
    count(rule);
    count(Rule.GLITCHES);
  }

  private void judge(Rule rule) throws Http2Exception {
    if (rule == Rule.GLITCHES ? isNewMinute() : rule.window().isPositive() && isNewWindow()) {
      return;
    }
    int at = rule.ordinal();
    if (counts[at] <= rules.threshold(rule) + explained(rule)) {
      return;
    }
    boolean isObserved = rules.isObserved(rule);
    if (!isReported[at]) {
      // Once: the codec looks at the frame again when the connection closes.
      isReported[at] = true;
      report.onFlood(rule, isObserved);
    }
    if (!isObserved) {
      throw Http2Exception.connectionError(
          Http2Error.ENHANCE_YOUR_CALM, "too many frames: %s", rule.text());
    }
  }

  private boolean isNewWindow() {
    long now = System.nanoTime();
    if (now - windowStartNanos <= WINDOW_NANOS) {
      return false;
    }
    windowStartNanos = now;
    int glitches = counts[Rule.GLITCHES.ordinal()];
    boolean glitchesReported = isReported[Rule.GLITCHES.ordinal()];
    Arrays.fill(counts, 0);
    Arrays.fill(isReported, false);
    counts[Rule.GLITCHES.ordinal()] = glitches;
    isReported[Rule.GLITCHES.ordinal()] = glitchesReported;
    sentBefore = sent;
    sent = 0;
    openedBefore = opened;
    opened = 0;
    return true;
  }

  private boolean isNewMinute() {
    long now = System.nanoTime();
    if (now - glitchStartNanos <= GLITCH_WINDOW_NANOS) {
      return false;
    }
    glitchStartNanos = now;
    counts[Rule.GLITCHES.ordinal()] = 0;
    isReported[Rule.GLITCHES.ordinal()] = false;
    return true;
  }

  private long explained(Rule rule) {
    long data = FRAMES_PER_KIB * ((long) sent + sentBefore);
    long streams = FRAMES_PER_STREAM * ((long) opened + openedBefore);
    return switch (rule) {
      case H2_PING_FLOOD -> data;
      case H2_WINDOW_UPDATE_FLOOD -> data + streams;
      case H2_PRIORITY_FLOOD -> streams;
      default -> 0;
    };
  }
}
