package io.expressgateway.xdp;

import io.expressgateway.net.Cidr;
import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.layout.NetworkKey;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One list of networks in the two tries of its families. Confined to the xdp thread. */
final class Networks {

  private static final byte[] PRESENT = {1, 0, 0, 0};

  private final BpfMap v4;
  private final BpfMap v6;

  Networks(BpfMap v4, BpfMap v6) {
    this.v4 = v4;
    this.v6 = v6;
  }

  /** Makes the tries hold exactly these; additions first, so that no gap opens. */
  void set(List<Cidr> networks) {
    set(v4, networks.stream().filter(Cidr::isIpv4).toList());
    set(v6, networks.stream().filter(network -> !network.isIpv4()).toList());
  }

  private static void set(BpfMap trie, List<Cidr> networks) {
    Set<ByteBuffer> wanted = new HashSet<>();
    for (Cidr network : networks) {
      byte[] key = NetworkKey.encode(network);
      wanted.add(ByteBuffer.wrap(key));
      trie.put(key, PRESENT);
    }
    for (byte[] key : trie.keys()) {
      if (!wanted.contains(ByteBuffer.wrap(key))) {
        trie.remove(key);
      }
    }
  }
}
