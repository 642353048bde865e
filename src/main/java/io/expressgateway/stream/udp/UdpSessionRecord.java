package io.expressgateway.stream.udp;

import java.net.InetSocketAddress;

/**
 * A session that has ended.
 *
 * @param listener its name
 * @param client who wrote
 * @param local where the client wrote to
 * @param cluster the name of where it went last
 * @param endpoint which one last, as {@code host:port}; empty when the last one was lost
 * @param durationNanos from the first datagram to the end
 * @param in from the client, passed on
 * @param out from endpoints, passed on
 * @param losses how often it lost its endpoint
 * @param endpoint which one last, as {@code host:port}; empty when the last one was lost
 * @param durationNanos from the first datagram to the end
 * @param datagramsIn from the client, passed on
 * @param bytesIn of these
 * @param datagramsOut from endpoints, passed on
 * @param bytesOut of these
 * @param moves how often it went to another endpoint
 * @param end why it ended
 */
public record UdpSessionRecord(
    String listener,
    InetSocketAddress client,
    InetSocketAddress local,
    String cluster,
    String endpoint,
    long durationNanos,
    Datagrams in,
    Datagrams out,
    int losses,
    UdpEnd end) {}
