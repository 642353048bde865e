package io.expressgateway.blackbox;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for what has to be named before it listens; the window until then is tolerated. They are
 * none that the system gives to whoever asks for any: those are from 32768 on.
 */
final class FreePort {

  private static final int FIRST = 20_000;
  private static final int COUNT = 12_000;

  private FreePort() {}

  /** A port that nothing listened on a moment ago. */
  static int choose() {
    int port;
    do {
      port = FIRST + ThreadLocalRandom.current().nextInt(COUNT);
    } while (!isFree(port));
    return port;
  }

  /** Whether this port can be had on all addresses. */
  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
