package io.expressgateway.admin;

/**
 * The version of this build.
 *
 * @param text as in {@code 1.0.0}
 */
public record ProductVersion(String text) {}
