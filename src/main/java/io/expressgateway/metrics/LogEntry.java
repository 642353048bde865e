package io.expressgateway.metrics;

import java.net.InetSocketAddress;

/** What a line of the access log tells of, whatever protocol it was. */
interface LogEntry {

  String listener();

  /** As in {@code HTTP/1.1} or {@code tcp}. */
  String protocol();

  InetSocketAddress client();

  /** {@code -} when there is none. */
  String method();

  /** Whom the client asked for: an authority, or the name in its ClientHello. */
  String host();

  /** Path and query; empty when there is none. */
  String target();

  /** 0 when there is none. */
  int status();

  long bytesIn();

  long bytesOut();

  long nanos();

  /** Empty when there is none, as the texts below. */
  String route();

  String cluster();

  String endpoint();

  int attempts();

  String why();

  String traceId();

  /** A field of the request head; empty when there is none. */
  String requestHeader(String name);

  /** A field of the response head; empty when there is none. */
  String responseHeader(String name);
}
