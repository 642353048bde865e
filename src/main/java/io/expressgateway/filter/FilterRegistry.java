package io.expressgateway.filter;

/** Placeholder until the filters land in the next commits. */
public final class FilterRegistry {
  private FilterRegistry() {}
}
