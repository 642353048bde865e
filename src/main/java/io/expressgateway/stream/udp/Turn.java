package io.expressgateway.stream.udp;

/**
 * Counts what a session passes on, and tells metrics once per turn in place of once per datagram.
 * Confined to the session's event loop.
 */
final class Turn {

  private final UdpLoop loop;
  private long datagramsIn;
  private long bytesIn;
  private long datagramsOut;
  private long bytesOut;
  private long toldDatagramsIn;
  private long toldBytesIn;
  private long toldDatagramsOut;
  private long toldBytesOut;

  Turn(UdpLoop loop) {
    this.loop = loop;
  }

  void received(int bytes) {
    datagramsIn++;
    bytesIn += bytes;
  }

  void sent(int bytes) {
    datagramsOut++;
    bytesOut += bytes;
  }

  /** All of the client's. */
  Datagrams in() {
    return new Datagrams(datagramsIn, bytesIn);
  }

  /** All of the endpoints'. */
  Datagrams out() {
    return new Datagrams(datagramsOut, bytesOut);
  }

  /** Tells what is new. */
  void end() {
    if (datagramsIn > toldDatagramsIn) {
      loop.metrics()
          .onReceived(
              loop.index(), loop.listener(), datagramsIn - toldDatagramsIn, bytesIn - toldBytesIn);
      toldDatagramsIn = datagramsIn;
      toldBytesIn = bytesIn;
    }
    if (datagramsOut > toldDatagramsOut) {
      loop.metrics()
          .onSent(
              loop.index(),
              loop.listener(),
              datagramsOut - toldDatagramsOut,
              bytesOut - toldBytesOut);
      toldDatagramsOut = datagramsOut;
      toldBytesOut = bytesOut;
    }
  }
}
