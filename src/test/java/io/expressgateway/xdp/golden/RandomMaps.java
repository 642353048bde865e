package io.expressgateway.xdp.golden;

import io.expressgateway.xdp.model.Endpoint;
import io.expressgateway.xdp.model.Flow;
import io.expressgateway.xdp.model.FlowState;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Mode;
import io.expressgateway.xdp.model.Network;
import io.expressgateway.xdp.model.Settings;
import io.expressgateway.xdp.model.Table;
import io.expressgateway.xdp.model.Vip;
import java.util.List;
import java.util.random.RandomGenerator;

/** States of the maps that a gateway could have written, and some that it should not have. */
final class RandomMaps {

  private final RandomGenerator random;

  RandomMaps(RandomGenerator random) {
    this.random = random;
  }

  /** The whole world with something changed everywhere. */
  Maps next() {
    Maps maps = new Maps();
    for (Service service : World.ALL) {
      service.addTo(maps);
      if (service.mode() != Mode.PASS && service.mode() != Mode.DROP) {
        changeTables(service, maps);
        changeEndpoint(service, 0, maps);
        changeEndpoint(service, 1, maps);
      }
    }
    if (oneIn(3)) {
      maps.deny.add(new Network(Service.hex("198.51.100.0"), 24 + random.nextInt(9)));
      maps.deny.add(new Network(Service.hex("2001:db8:c::"), 48 + random.nextInt(80)));
      maps.allow.add(new Network(Service.hex("198.51.100.7"), 25 + random.nextInt(8)));
    }
    if (oneIn(4)) {
      // What the place of an endpoint that is gone may have become, while a table still names it.
      Service gone = World.NAT_TCP_4;
      Endpoint next = World.NAT_UDP_4.endpoint(0);
      maps.endpoints.put(gone.index(0), next);
    }
    maps.settings = new Settings(250, oneIn(8), 0, 0, 10);
    int flows = random.nextInt(40);
    for (int i = 0; i < flows; i++) {
      addFlow(maps);
    }
    return maps;
  }

  boolean oneIn(int count) {
    return random.nextInt(count) == 0;
  }

  private void changeTables(Service service, Maps maps) {
    boolean hasTable = !oneIn(12);
    boolean hasPrevious = oneIn(3);
    Vip vip = service.vip();
    maps.vips.put(
        service.key(), new Vip(vip.id(), vip.mode(), vip.hashOn(), hasTable, hasPrevious));
    List<Table> tables = List.of(service.halves(), service.only(0), service.only(1));
    maps.tables.put(service.id() * 2, tables.get(random.nextInt(3)));
    if (hasPrevious) {
      maps.tables.put(service.id() * 2 + 1, tables.get(random.nextInt(3)));
    }
  }

  private void changeEndpoint(Service service, int which, Maps maps) {
    Endpoint endpoint = service.endpoint(which).alive(!oneIn(6)).nextHop(!oneIn(8));
    if (oneIn(6)) {
      endpoint = endpoint.generation(random.nextInt(3));
    }
    if (oneIn(5)) {
      endpoint = endpoint.via(1 + random.nextInt(2) * 6, random.nextInt(0x10000));
    }
    if (oneIn(5)) {
      endpoint = endpoint.mtu(oneIn(2) ? 0 : 60 + random.nextInt(100));
    }
    maps.endpoints.put(service.index(which), endpoint);
  }

  private void addFlow(Maps maps) {
    Service service = World.ALL.get(random.nextInt(World.ALL.size()));
    if (service.mode() == Mode.PASS || service.mode() == Mode.DROP) {
      return;
    }
    FlowState[] states = FlowState.values();
    FlowState state = service.isTcp() ? states[1 + random.nextInt(5)] : FlowState.UDP;
    Flow flow =
        oneIn(6)
            ? service.passed()
            : service
                .flow(random.nextInt(2), state)
                .from(
                    oneIn(3) ? random.nextInt(0x10000) : 0,
                    oneIn(6) ? random.nextInt(0x10000) : 0,
                    1 + random.nextInt(2) * 6,
                    "02000000c0" + (10 + random.nextInt(80)),
                    "02000000a001")
                .serviceTagged(oneIn(4));
    String client = RandomPackets.CLIENTS.get(random.nextInt(RandomPackets.CLIENTS.size()));
    if (client.contains(":") == service.address().contains(":")) {
      maps.flows.put(
          service.flowKey(client, RandomPackets.PORTS[random.nextInt(RandomPackets.PORTS.length)]),
          flow);
    }
  }
}
