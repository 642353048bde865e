package io.expressgateway.xdp.model;

import org.jspecify.annotations.Nullable;

/**
 * The packet path in Java: what becomes of one frame that arrives at interface {@link Link#HERE} of
 * a namespace without routes and without sockets. Changes its maps as the program does. Confined to
 * one thread.
 */
public final class GatewayModel {

  private final Maps maps;
  private final Selection selection;

  public GatewayModel(Maps maps) {
    this.maps = maps;
    this.selection = new Selection(maps);
  }

  /** What becomes of the frame. */
  public Answer run(byte[] bytes) {
    Frame frame = Frame.of(bytes);
    if (frame.passReason != Reason.NONE) {
      return pass(frame, frame.passReason);
    }
    if (frame.isIcmp) {
      return new IcmpErrors(maps).steer(frame);
    }
    boolean isWhole = !frame.isMalformed && !frame.isFragment;
    if (isWhole) {
      Answer reply = turnBack(frame);
      if (reply != null) {
        return reply;
      }
    }
    Flow flow = isWhole ? maps.flows.get(frame.key) : null;
    if (flow != null && flow.state() == FlowState.PASS) {
      return frame.opens() ? arrive(frame, flow) : pass(frame, Reason.RELAY);
    }
    Endpoint endpoint = flow == null ? null : liveEndpoint(flow);
    if (flow == null || endpoint == null || Life.isReopened(flow, frame, isNat(endpoint))) {
      return arrive(frame, flow);
    }
    follow(frame, flow, endpoint);
    return forward(frame, endpoint, Reason.FLOW);
  }

  private @Nullable Endpoint liveEndpoint(Flow flow) {
    Endpoint endpoint = maps.endpoints.get(flow.endpoint());
    boolean isSame =
        endpoint != null && endpoint.isAlive() && endpoint.generation() == flow.generation();
    return isSame ? endpoint : null;
  }

  static boolean isNat(Endpoint endpoint) {
    return endpoint.mode() == Mode.NAT;
  }

  /** Without routes nothing confirms that the client is reached another way than it came first. */
  private void follow(Frame frame, Flow flow, Endpoint endpoint) {
    maps.flows.put(frame.key, flow.inState(Life.afterClient(flow.state(), frame, isNat(endpoint))));
  }

  private static Flow cameBy(Frame frame, Flow flow) {
    return flow.from(
            frame.vlan, frame.innerVlan, Link.HERE, frame.sourceMac(), frame.destinationMac())
        .serviceTagged(frame.isServiceTagged);
  }

  /** A frame that no live flow claims. */
  private Answer arrive(Frame frame, @Nullable Flow flow) {
    FlowKey key = frame.key;
    VipKey asked =
        new VipKey(VipKey.wide(key.destination()), key.destinationPort(), key.protocol());
    Vip vip = maps.vips.get(asked);
    if (vip == null) {
      return pass(frame, strangeness(frame));
    }
    if (frame.isMalformed) {
      return drop(frame, Reason.MALFORMED);
    }
    if (vip.mode() == Mode.PASS) {
      if (flow != null) {
        enter(frame, Flow.NO_ENDPOINT, vip.id(), FlowState.PASS);
      }
      return pass(frame, Reason.MODE_PASS);
    }
    if (vip.mode() == Mode.DROP) {
      return drop(frame, Reason.MODE_DROP);
    }
    if (isDenied(key.source())) {
      return drop(frame, Reason.DENIED);
    }
    return frame.isFragment ? drop(frame, Reason.TCP_FRAGMENT) : begin(frame, flow, vip);
  }

  private static Reason strangeness(Frame frame) {
    if (frame.isFragment) {
      return Reason.FRAGMENT;
    }
    return frame.isMalformed ? Reason.MALFORMED : Reason.NOT_OURS;
  }

  private boolean isDenied(String source) {
    return maps.deny.stream().anyMatch(network -> network.contains(source))
        && maps.allow.stream().noneMatch(network -> network.contains(source));
  }

  private Answer begin(Frame frame, @Nullable Flow flow, Vip vip) {
    Selection.Choice choice = selection.choose(vip, frame);
    Endpoint endpoint = maps.endpoints.get(choice.endpoint());
    boolean isFirst = !frame.isTcp() || frame.opens();
    if (endpoint == null) {
      if (isFirst && (flow != null || !maps.settings.isGateClosed())) {
        enter(frame, Flow.NO_ENDPOINT, vip.id(), FlowState.PASS);
      }
      return pass(frame, Reason.NO_ENDPOINT);
    }
    boolean isMoved = flow != null && flow.state() != FlowState.PASS && !frame.opens();
    if (flow == null && !choice.isUncertain() && maps.settings.isGateClosed()) {
      maps.wasStateless = true;
      return forward(frame, endpoint, Reason.STATELESS);
    }
    FlowState state = isMoved ? flow.state() : Life.first(frame);
    enter(frame, choice.endpoint(), endpoint.generation(), state);
    return forward(frame, endpoint, isMoved ? Reason.MOVED_FLOW : Reason.NEW_FLOW);
  }

  private void enter(Frame frame, int endpoint, int generation, FlowState state) {
    Flow bare = new Flow(endpoint, generation, state, 0, 0, 0, "", "", false);
    maps.flows.put(frame.key, cameBy(frame, bare));
  }

  private Answer forward(Frame frame, Endpoint endpoint, Reason reason) {
    if (frame.hops <= 1) {
      return answer(frame, Reason.TTL_EXCEEDED, 0);
    }
    int outer = endpoint.mode() != Mode.DSR_IPIP ? 0 : frame.isVersion4 ? 20 : 40;
    if (endpoint.mtu() != 0 && frame.length + outer > endpoint.mtu()) {
      return answer(frame, Reason.TOO_BIG, endpoint.mtu() - outer);
    }
    byte[] packet =
        isNat(endpoint)
            ? Writing.translated(frame, endpoint.address(), endpoint.port(), false)
            : Writing.lowered(frame);
    return send(frame, packet, endpoint, reason);
  }

  private static Answer answer(Frame frame, Reason reason, int mtu) {
    if (!IcmpAnswer.isAllowed(frame)) {
      return drop(frame, reason);
    }
    byte[] error =
        reason == Reason.TOO_BIG ? IcmpAnswer.tooBig(frame, mtu) : IcmpAnswer.timeExceeded(frame);
    return new Answer(Verdict.TX, reason, error);
  }

  /** To the endpoint, by its mode and its next hop. */
  static Answer send(Frame frame, byte[] packet, Endpoint endpoint, Reason reason) {
    if (!endpoint.hasNextHop()) {
      return drop(frame, Reason.NO_ROUTE);
    }
    byte[] sent =
        endpoint.mode() == Mode.DSR_IPIP
            ? Writing.encapsulated(packet, frame.length, endpoint)
            : packet;
    Link link = Link.towards(endpoint);
    return new Answer(link.verdict(), reason, Writing.framed(link, sent));
  }

  /** A reply's answer; null when the frame is none. */
  private @Nullable Answer turnBack(Frame frame) {
    Answered answered = Answered.find(maps, frame.key);
    Endpoint endpoint = answered.endpoint();
    FlowKey client = answered.client();
    if (endpoint == null || client == null) {
      return answered.isStale() ? drop(frame, Reason.DEAD_ENDPOINT) : null;
    }
    if (frame.hops <= 1) {
      return pass(frame, Reason.TTL);
    }
    Flow flow = maps.flows.get(client);
    maps.flows.put(client, flow.inState(Life.afterEndpoint(flow.state(), frame)));
    Link link = Link.towardsClient(flow);
    byte[] packet = Writing.translated(frame, endpoint.vipAddress(), endpoint.vipPort(), true);
    return new Answer(link.verdict(), Reason.REPLY, Writing.framed(link, packet));
  }

  static Answer pass(Frame frame, Reason reason) {
    return new Answer(Verdict.PASS, reason, frame.bytes);
  }

  static Answer drop(Frame frame, Reason reason) {
    return new Answer(Verdict.DROP, reason, frame.bytes);
  }
}
