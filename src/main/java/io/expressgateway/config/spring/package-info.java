/**
 * What keys of Spring Boot and Spring Cloud Gateway mean to this gateway. Start with {@link
 * io.expressgateway.config.spring.SpringKeys}.
 */
@NullMarked
package io.expressgateway.config.spring;

import org.jspecify.annotations.NullMarked;
