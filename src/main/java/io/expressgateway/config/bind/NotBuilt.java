package io.expressgateway.config.bind;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A key whose feature does not exist yet: it is refused by name instead of being ignored. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface NotBuilt {
  /** The missing feature, as the subject of "... is not built yet". */
  String value();

  /** Values that ask for nothing, and so are accepted. */
  String[] except() default {};
}
