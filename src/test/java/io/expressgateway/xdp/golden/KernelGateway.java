package io.expressgateway.xdp.golden;

import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.kernel.BpfObject;
import io.expressgateway.xdp.kernel.BpfProgram;
import io.expressgateway.xdp.model.Answer;
import io.expressgateway.xdp.model.Flow;
import io.expressgateway.xdp.model.FlowKey;
import io.expressgateway.xdp.model.Maps;
import io.expressgateway.xdp.model.Network;
import io.expressgateway.xdp.model.Reason;
import io.expressgateway.xdp.model.Records;
import io.expressgateway.xdp.model.Table;
import io.expressgateway.xdp.model.Verdict;
import io.expressgateway.xdp.model.VipKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The program in the kernel, its maps set to what a test says. Confined to one thread. */
final class KernelGateway implements AutoCloseable {

  /** Entries that each flow table has room for. */
  static final int FLOWS = 4096;

  private static final String[] HASHES = {
    "flows_v4",
    "flows_v6",
    "vips",
    "replies",
    "deny_v4",
    "deny_v6",
    "allow_v4",
    "allow_v6",
    "sources"
  };

  private final BpfObject object;
  private final int tableFlags;
  private final BpfProgram gateway;
  private final BpfProgram explain;
  private final Map<String, BpfMap> maps = new HashMap<>();
  private final Map<String, BpfMap> tables = new HashMap<>();
  private final List<byte[]> usedEndpoints = new ArrayList<>();
  private final Map<Integer, BpfMap> placed = new HashMap<>();
  private final Set<Integer> replyPorts = new HashSet<>();

  private KernelGateway(BpfObject object, int tableFlags, String program) {
    this.object = object;
    this.tableFlags = tableFlags;
    this.gateway = object.program(program);
    this.explain = object.program("explain");
  }

  /** Loads the object of this build; {@code program} is gateway or gateway_frags. */
  static KernelGateway load(String program) {
    BpfObject object = BpfObject.open(resource("/bpf/gateway.bpf.o"), "golden");
    int tableFlags = object.innerMapFlags("tables");
    object.maxEntries("flows_v4", FLOWS).maxEntries("flows_v6", FLOWS).load();
    return new KernelGateway(object, tableFlags, program);
  }

  static byte[] resource(String name) {
    try (InputStream in = KernelGateway.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in this build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  BpfMap map(String name) {
    return maps.computeIfAbsent(name, object::map);
  }

  /** Forgets everything and takes over these. */
  void set(Maps state) {
    clear();
    state.flows.forEach(
        (key, flow) -> map(flows(key)).put(Records.flowKey(key), Records.flow(flow)));
    state.vips.forEach((key, vip) -> map("vips").put(Records.vipKey(key), Records.vip(vip)));
    state.endpoints.forEach((index, endpoint) -> {
      usedEndpoints.add(Records.index(index));
      map("endpoints").put(Records.index(index), Records.endpoint(endpoint));
    });
    place(state.tables);
    state.replies.forEach(
        (key, endpoints) -> map("replies").put(Records.vipKey(key), Records.reply(endpoints)));
    setReplyPorts(state);
    state.deny.forEach(network -> put("deny_v", network));
    state.allow.forEach(network -> put("allow_v", network));
    map("settings").put(Records.index(0), Records.settings(state.settings));
    map("stateless").put(Records.index(0), stateless(state.wasStateless));
  }

  /** The bit of every port that a reply may come from. */
  private void setReplyPorts(Maps state) {
    Map<Integer, Long> words = new HashMap<>();
    replyPorts.forEach(word -> words.put(word, 0L));
    for (VipKey from : state.replies.keySet()) {
      words.merge(from.port() / 64, 1L << from.port() % 64, (left, right) -> left | right);
    }
    words.forEach((word, bits) -> map("reply_ports").put(Records.index(word), Records.bits(bits)));
    replyPorts.addAll(words.keySet());
  }

  private byte[] stateless(boolean isRecent) {
    return Records.bits(isRecent ? now() : 0);
  }

  /** The kernel's jiffies. */
  private long now() {
    byte[] packet = object.program("clock").run(new byte[64]).packet();
    return ByteBuffer.wrap(packet).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private void clear() {
    for (String name : HASHES) {
      BpfMap map = map(name);
      map.keys().forEach(map::remove);
    }
    usedEndpoints.forEach(key -> map("endpoints").put(key, new byte[128]));
    usedEndpoints.clear();
    map("budget").put(Records.index(0), new byte[map("budget").valueSize()]);
  }

  /** Touches only slots that change: each change of a map of maps waits for every CPU. */
  private void place(Map<Integer, Table> wanted) {
    for (int slot : List.copyOf(placed.keySet())) {
      if (!wanted.containsKey(slot)) {
        map("tables").remove(Records.index(slot));
        placed.remove(slot);
      }
    }
    wanted.forEach((slot, table) -> {
      BpfMap inner = tables.computeIfAbsent(table.line(), line -> create(table));
      if (placed.put(slot, inner) != inner) {
        map("tables").putMaps(Records.index(slot), inner);
      }
    });
  }

  private BpfMap create(Table table) {
    BpfMap map = BpfMap.createArray("golden", Integer.BYTES, Table.SLOTS, tableFlags);
    ByteBuffer slots =
        ByteBuffer.allocate(Integer.BYTES * Table.SLOTS).order(ByteOrder.LITTLE_ENDIAN);
    for (int slot = 0; slot < Table.SLOTS; slot++) {
      slots.putInt(table.endpoint(slot));
    }
    map.fill(slots.array());
    return map;
  }

  private void put(String list, Network network) {
    String family = network.address().length() == 8 ? "4" : "6";
    map(list + family).put(Records.network(network), Records.index(1));
  }

  private static String flows(FlowKey key) {
    return key.isVersion4() ? "flows_v4" : "flows_v6";
  }

  /** What the program would do. */
  Answer explain(byte[] frame) {
    BpfProgram.TestRun run = explain.run(frame);
    Verdict verdict = Verdict.values()[run.verdict() & 0xff];
    return new Answer(verdict, Reason.of(run.verdict() >>> 8), run.packet());
  }

  /** What the program does; the reason is what its counters tell. */
  Answer run(byte[] frame) {
    long[] before = reasons();
    BpfProgram.TestRun run = gateway.run(frame);
    long[] after = reasons();
    Reason reason = Reason.NONE;
    for (int i = 0; i < after.length; i++) {
      if (after[i] != before[i]) {
        reason = Reason.of(i);
      }
    }
    return new Answer(Verdict.values()[run.verdict()], reason, run.packet());
  }

  /** Whether a flow was forwarded without an entry since the maps were set. */
  boolean hasForwardedWithoutEntry() {
    byte[] last = map("stateless").get(Records.index(0));
    return last != null && !Arrays.equals(last, Records.bits(0));
  }

  /** Packets by reason, of all CPUs. */
  long[] reasons() {
    long[] sums = new long[48];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = sum("reasons", i, 8, 0);
    }
    return sums;
  }

  /** The 64-bit counter at this offset of a per-CPU record, of all CPUs. */
  long sum(String map, int index, int recordSize, int offset) {
    byte[] value = map(map).get(Records.index(index));
    ByteBuffer parts = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
    long sum = 0;
    for (int at = offset; at < value.length; at += recordSize) {
      sum += parts.getLong(at);
    }
    return sum;
  }

  /** What the flow tables hold. */
  Map<FlowKey, Flow> flows() {
    Map<FlowKey, Flow> flows = new LinkedHashMap<>();
    for (String name : new String[] {"flows_v4", "flows_v6"}) {
      BpfMap map = map(name);
      for (byte[] key : map.keys()) {
        flows.put(Records.flowKey(key), Records.flow(map.get(key)));
      }
    }
    return flows;
  }

  @Override
  public void close() {
    tables.values().forEach(BpfMap::close);
    object.close();
  }
}
