package io.expressgateway.stream.udp;

/**
 * How much of one session was passed on, PROXY headers aside, and how much of that metrics have
 * been told. Confined to the session's event loop.
 */
final class Passed {

  private long datagramsIn;
  private long bytesIn;
  private long datagramsOut;
  private long bytesOut;
  private long toldDatagramsIn;
  private long toldBytesIn;
  private long toldDatagramsOut;
  private long toldBytesOut;

  /** A client's datagram. */
  void in(int bytes) {
    datagramsIn++;
    bytesIn += bytes;
  }

  /** An endpoint's datagram. */
  void out(int bytes) {
    datagramsOut++;
    bytesOut += bytes;
  }

  long bytesIn() {
    return bytesIn;
  }

  long bytesOut() {
    return bytesOut;
  }

  /** Tells what is new. */
  void report(UdpLoop loop, String cluster) {
    if (datagramsIn == toldDatagramsIn && datagramsOut == toldDatagramsOut) {
      return;
    }
    loop.metrics()
        .onBytes(
            loop.index(), loop.listener(), cluster, bytesIn - toldBytesIn, bytesOut - toldBytesOut);
    loop.metrics()
        .onDatagrams(
            loop.index(),
            loop.listener(),
            datagramsIn - toldDatagramsIn,
            datagramsOut - toldDatagramsOut);
    toldDatagramsIn = datagramsIn;
    toldBytesIn = bytesIn;
    toldDatagramsOut = datagramsOut;
    toldBytesOut = bytesOut;
  }
}
