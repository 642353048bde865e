package io.expressgateway.stream.udp;

import io.expressgateway.cluster.Cluster;
import java.time.Duration;

/**
 * What new datagrams of a listener are served by.
 *
 * @param cluster where they go
 * @param sessionIdle after how long a silence of both sides a session ends
 * @param maxSessions at a time
 * @param maxSessionsPerIp at a time from one client address
 * @param proxyHeader whether each datagram to an endpoint begins with a PROXY header of version 2
 */
public record UdpSettings(
    Cluster cluster,
    Duration sessionIdle,
    int maxSessions,
    int maxSessionsPerIp,
    boolean proxyHeader) {}
