package io.expressgateway.xdp.golden;

import io.expressgateway.xdp.model.Flow;
import io.expressgateway.xdp.model.FlowKey;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.model.Verdict;
import io.expressgateway.xdp.packet.Packet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One golden packet: a frame that meets these maps is answered like that. Unless the case says
 * otherwise, the frame comes out as it went in and the flow tables stay as they were.
 */
final class Golden {

  final String name;
  Maps before = new Maps();
  private byte[] in = {};
  private byte[] out = {};
  private Verdict verdict = Verdict.ABORTED;
  private Reason reason = Reason.NONE;
  private final Map<FlowKey, Flow> changed = new LinkedHashMap<>();

  private Golden(String name) {
    this.name = name;
  }

  /** A case of this name: a claim in words joined by hyphens. */
  static Golden claim(String name) {
    return new Golden(name);
  }

  Golden given(Service service) {
    service.addTo(before);
    return this;
  }

  Golden given(FlowKey key, Flow flow) {
    before.flows.put(key, flow);
    return this;
  }

  /** All of the maps at once. */
  Golden given(Maps maps) {
    before = maps;
    return this;
  }

  /** Anything else about the maps. */
  Golden given(Consumer<Maps> change) {
    change.accept(before);
    return this;
  }

  Golden packet(Packet packet) {
    return packet(packet.frame());
  }

  Golden packet(byte[] frame) {
    in = frame;
    out = frame;
    return this;
  }

  Golden tx(Reason why, Packet result) {
    return answer(Verdict.TX, why, result.frame());
  }

  Golden redirect(Reason why, Packet result) {
    return answer(Verdict.REDIRECT, why, result.frame());
  }

  Golden pass(Reason why) {
    return answer(Verdict.PASS, why, in);
  }

  Golden pass(Reason why, Packet result) {
    return answer(Verdict.PASS, why, result.frame());
  }

  Golden drop(Reason why) {
    return answer(Verdict.DROP, why, in);
  }

  Golden answer(Verdict what, Reason why, byte[] frame) {
    verdict = what;
    reason = why;
    out = frame;
    return this;
  }

  /** The flow table holds this afterwards. */
  Golden leaving(FlowKey key, Flow flow) {
    changed.put(key, flow);
    return this;
  }

  byte[] in() {
    return in;
  }

  byte[] out() {
    return out;
  }

  Verdict verdict() {
    return verdict;
  }

  Reason reason() {
    return reason;
  }

  /** What the flow tables hold afterwards. */
  Map<FlowKey, Flow> flowsAfter() {
    Map<FlowKey, Flow> after = new LinkedHashMap<>(before.flows);
    after.putAll(changed);
    return after;
  }

  @Override
  public String toString() {
    return name;
  }
}
