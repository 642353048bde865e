package io.expressgateway.route;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a path pattern is made of; {@link PathPattern} gives each its meaning. */
sealed interface PathElement {

  /** One slash. */
  record Separator() implements PathElement {}

  /** A segment that equals this text once decoded. */
  record Literal(String text) implements PathElement {}

  /** A segment of this length, {@code ?} standing for any one character. */
  record OneCharWildcards(String text) implements PathElement {}

  /** {@code *}: any one segment; nothing at all when it is the last element. */
  record AnySegment() implements PathElement {}

  /** {@code {name}} or {@code {name:regex}}: a segment that is not empty. */
  record Capture(String name, @Nullable Pattern constraint) implements PathElement {}

  /** A segment that mixes text and wildcards. */
  record Mixed(Glob glob) implements PathElement {}

  /** {@code /**}: any number of segments, with the slash before them. */
  record Rest() implements PathElement {}

  /** {@code /{*name}}: as {@link Rest}, kept under a name. */
  record CaptureRest(String name) implements PathElement {}
}
