/**
 * Strict binding of keys to records. Start with {@link io.expressgateway.config.bind.StrictBinder}.
 */
@NullMarked
package io.expressgateway.config.bind;

import org.jspecify.annotations.NullMarked;
