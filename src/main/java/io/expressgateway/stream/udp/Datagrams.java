package io.expressgateway.stream.udp;

/**
 * How much one direction of a session carried.
 *
 * @param count datagrams
 * @param bytes of their payloads, without PROXY headers
 */
public record Datagrams(long count, long bytes) {}
