/**
 * What the {@code demo} profile brings along: two endpoints in this process, so that the first
 * start has something to proxy to.
 */
@NullMarked
package io.expressgateway.app.demo;

import org.jspecify.annotations.NullMarked;
