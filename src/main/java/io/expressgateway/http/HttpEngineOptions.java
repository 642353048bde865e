package io.expressgateway.http;

/**
 * How the data plane runs.
 *
 * @param eventLoops 0 for one per core
 * @param transport {@code auto}, {@code epoll}, {@code io_uring} or {@code nio}
 */
public record HttpEngineOptions(int eventLoops, String transport) {

  /** The number of event loops, the default resolved. */
  public int loops() {
    return eventLoops > 0 ? eventLoops : Runtime.getRuntime().availableProcessors();
  }
}
