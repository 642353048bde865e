package io.expressgateway.xdp;

import io.expressgateway.cluster.ClusterObserver;

/** What the packet path is told by, and tells. */
record XdpContext(XdpListener listener, RelaySessions sessions, ClusterObserver observer) {}
