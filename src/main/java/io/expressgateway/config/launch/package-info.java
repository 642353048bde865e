/**
 * Arguments, the configuration file, and {@code --check}. Start with {@link
 * io.expressgateway.config.launch.ConfigurationFile}.
 */
@NullMarked
package io.expressgateway.config.launch;

import org.jspecify.annotations.NullMarked;
