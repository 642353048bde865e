package io.expressgateway.stream;

import io.expressgateway.snapshot.ListenerSpec;
import java.net.InetSocketAddress;

/**
 * What is known of a flow at its end: a connection of a client, or a session of datagrams. A view
 * of live state: valid only during the call that hands it over, on the flow's event loop; whoever
 * needs it later copies what it needs.
 */
public interface FlowRecord {

  /** Which event loop served it. */
  int loop();

  /** The listener's name. */
  String listener();

  /** What the listener speaks. */
  ListenerSpec.Protocol protocol();

  /** The client: the peer, or what a PROXY protocol header says. */
  InetSocketAddress client();

  /** The name that the client's TLS asked for; empty for none. */
  String serverName();

  /** The cluster's name; empty when none was chosen. */
  String cluster();

  /** The last endpoint's address; empty when none was chosen. */
  String endpoint();

  /** How many endpoints were tried. */
  int attempts();

  /** How it ended. */
  FlowEnd end();

  /** Bytes received from the client. */
  long bytesIn();

  /** Bytes received from the endpoint. */
  long bytesOut();

  /** When it began, {@link System#nanoTime()}. */
  long startNanos();

  /** When it ended, {@link System#nanoTime()}. */
  long endNanos();
}
