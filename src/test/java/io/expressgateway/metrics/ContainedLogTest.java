package io.expressgateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ContainedLogTest {

  private final Logger logger = (Logger) LoggerFactory.getLogger(ContainedLog.class);
  private final ListAppender<ILoggingEvent> told = new ListAppender<>();

  @BeforeEach
  void listen() {
    told.start();
    logger.addAppender(told);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(told);
  }

  @Test
  void whatTheMetricsCountTheLogExplains() {
    new GatewayMetrics(10).onContainedException(0, new IllegalStateException("a bug"));
    assertThat(told.list)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getThrowableProxy().getMessage()).isEqualTo("a bug");
          assertThat(event.getThrowableProxy().getStackTraceElementProxyArray()).isNotEmpty();
        });
  }

  @Test
  void aFloodIsOneLineASecondAndACount() {
    AtomicLong now = new AtomicLong();
    ContainedLog log = new ContainedLog(now::get);
    for (int i = 0; i < 100; i++) {
      log.write(new IllegalStateException());
    }
    now.addAndGet(1_000_000_000L);
    log.write(new IllegalStateException());
    assertThat(told.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "contained; 0 more since the last one told",
            "contained; 99 more since the last one told");
  }
}
