package io.expressgateway.http;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Keeps what the data plane reports, so that tests can ask. */
public final class RecordingMetrics implements HttpMetrics {

  public final List<String> failures = new CopyOnWriteArrayList<>();
  public final List<String> security = new CopyOnWriteArrayList<>();
  public final List<Throwable> contained = new CopyOnWriteArrayList<>();
  public final List<String> retries = new CopyOnWriteArrayList<>();
  public final AtomicInteger staleSaves = new AtomicInteger();
  public final List<String> ends = new CopyOnWriteArrayList<>();

  @Override
  public void onExchangeEnd(ExchangeRecord exchange) {
    ends.add(exchange.status() + " " + exchange.originalTarget() + " " + exchange.why());
  }

  @Override
  public void onFailure(int loop, String why) {
    failures.add(why);
  }

  @Override
  public void onSecurity(int loop, String rule, String action) {
    security.add(rule + ":" + action);
  }

  @Override
  public void onStaleConnectionSaved(int loop, String cluster) {
    staleSaves.incrementAndGet();
  }

  @Override
  public void onContainedException(int loop, Throwable cause) {
    contained.add(cause);
  }

  @Override
  public void onRetry(int loop, String cluster, String why) {
    retries.add(why);
  }
}
