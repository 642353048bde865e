package io.expressgateway.config.compile;

import io.expressgateway.config.Problems;
import io.expressgateway.config.bind.PropertyTree;
import io.expressgateway.config.bind.StrictBinder;
import java.util.Map;
import java.util.Set;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;

/** Property records that no file has written: a few checked values, defaults for the rest. */
final class Defaulted {

  private Defaulted() {}

  /** The record of these keys, which are known to be valid. */
  static <R extends Record> R bind(Map<String, Object> keys, Class<R> type) {
    MapPropertySource source = new MapPropertySource("made here", Map.copyOf(keys));
    Problems problems = new Problems();
    R bound =
        new StrictBinder(problems, Set.of())
            .bind(PropertyTree.read(new Bare(source), "made"), type);
    if (!problems.isClean()) {
      throw new IllegalStateException("defaults must bind: " + problems.refusals());
    }
    return bound;
  }

  /** An environment without the process's own variables and properties. */
  private static final class Bare extends StandardEnvironment {

    Bare(MapPropertySource source) {
      getPropertySources().addFirst(source);
    }

    @Override
    protected void customizePropertySources(MutablePropertySources propertySources) {
      // Nothing: that is the point.
    }
  }
}
