package io.expressgateway.config.bind;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The limits of a number, both included; durations count in milliseconds, sizes in bytes. A number
 * without this annotation must not be negative.
 */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Range {
  /** The least value. */
  double min() default 0;

  /** The greatest value. */
  double max() default Double.MAX_VALUE;
}
