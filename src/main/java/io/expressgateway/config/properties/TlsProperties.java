package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.OneOf;

/**
 * Certificates and keys of the whole process.
 *
 * @param watch whether files are read again when they change on disk
 * @param worldReadableKeys what happens to a private key that every user of the machine may read
 */
public record TlsProperties(
    @DefaultValue("true") boolean watch,
    @DefaultValue("refuse") @OneOf({"refuse", "warn"}) String worldReadableKeys) {}
