/**
 * One record per feature, as written under {@code expressgateway.*}. Start with {@link
 * io.expressgateway.config.properties.ExpressGatewayProperties}.
 */
@NullMarked
package io.expressgateway.config.properties;

import org.jspecify.annotations.NullMarked;
