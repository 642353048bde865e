package io.expressgateway.app;

import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Takes a failed start out of Boot's hands, which would log a stack trace or a report of its own;
 * {@link GatewayProcess} tells it as problem lines.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class QuietStartFailures implements SpringBootExceptionReporter {

  @SuppressWarnings("UnusedVariable") // the constructor that Boot calls
  QuietStartFailures(ConfigurableApplicationContext context) {}

  @Override
  public boolean reportException(Throwable failure) {
    return true;
  }
}
