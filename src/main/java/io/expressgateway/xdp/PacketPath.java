package io.expressgateway.xdp;

import io.expressgateway.snapshot.XdpSpec;
import io.expressgateway.xdp.kernel.BpfMap;
import io.expressgateway.xdp.kernel.BpfObject;
import io.expressgateway.xdp.kernel.BpfProgram;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The programs and maps of {@code bpf/gateway.bpf.c}, loaded into the kernel. Maps that an earlier
 * process has pinned are used again, with all that is in them.
 */
public final class PacketPath implements AutoCloseable {

  private static final String OBJECT = "/bpf/gateway.bpf.o";

  /** What the bytes in pinned maps mean, and what the maps are. */
  private static final List<String> DEFINITIONS = List.of("/bpf/layout.h", "/bpf/maps.h");

  private static final String FRAGMENTS_PROGRAM = "gateway_frags";

  /** Every map that lives on over a restart, by its name in the object. */
  private static final List<String> KEPT =
      List.of(
          "flows_v4",
          "flows_v6",
          "vips",
          "endpoints",
          "tables",
          "replies",
          "reply_ports",
          "deny_v4",
          "deny_v6",
          "allow_v4",
          "allow_v6",
          "settings",
          "sources",
          "stateless",
          "endpoint_counts",
          "vip_counts",
          "reasons");

  private final BpfObject object;
  private final Map<String, BpfMap> maps = new HashMap<>();
  private final boolean hasFragments;
  private final int tableFlags;
  private final boolean isInherited;

  private PacketPath(BpfObject object, boolean hasFragments, int tableFlags, boolean isInherited) {
    this.object = object;
    this.hasFragments = hasFragments;
    this.tableFlags = tableFlags;
    this.isInherited = isInherited;
  }

  /**
   * Loads without pins, with flow tables of these sizes.
   *
   * @throws IOException when the object is not in this build
   * @throws io.expressgateway.xdp.kernel.KernelException when the kernel refuses
   */
  public static PacketPath load(int flowsV4, int flowsV6) throws IOException {
    return load(flowsV4, flowsV6, null);
  }

  static PacketPath load(XdpSpec spec, @Nullable Pins pins) throws IOException {
    return load(spec.flowsV4(), spec.flowsV6(), pins);
  }

  private static PacketPath load(int flowsV4, int flowsV6, @Nullable Pins pins) throws IOException {
    boolean fragments = KernelVersion.current().isAtLeast(KernelVersion.FRAGMENTS);
    List<BpfMap> inherited = pins == null ? List.of() : pins.maps(KEPT);
    BpfObject object = BpfObject.open(resource(OBJECT), "gateway");
    try {
      object.maxEntries("flows_v4", flowsV4).maxEntries("flows_v6", flowsV6);
      if (!fragments) {
        object.skip(FRAGMENTS_PROGRAM);
      }
      inherited.forEach(map -> object.reuse(map.name(), map));
      int tableFlags = object.innerMapFlags("tables");
      object.load();
      PacketPath path = new PacketPath(object, fragments, tableFlags, !inherited.isEmpty());
      if (pins != null && inherited.isEmpty()) {
        KEPT.forEach(name -> pins.keep(path.map(name)));
      }
      return path;
    } catch (RuntimeException failure) {
      object.close();
      throw failure;
    } finally {
      inherited.forEach(BpfMap::close);
    }
  }

  /** What a pin directory is named by. */
  static List<String> layoutOf(XdpSpec spec) throws IOException {
    List<String> parts = new ArrayList<>();
    for (String name : DEFINITIONS) {
      parts.add(new String(resource(name), StandardCharsets.UTF_8));
    }
    parts.add(Integer.toString(spec.flowsV4()));
    parts.add(Integer.toString(spec.flowsV6()));
    return parts;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = PacketPath.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is not in this build");
      }
      return in.readAllBytes();
    }
  }

  /** A map by its name in the object. The thread that loaded. */
  public BpfMap map(String name) {
    return maps.computeIfAbsent(name, object::map);
  }

  /** Flags that a Maglev table must be made with. */
  int tableFlags() {
    return tableFlags;
  }

  /** A program by its name in the object. */
  public BpfProgram program(String name) {
    return object.program(name);
  }

  /** The program for an interface; the variant for packets of many buffers where there is one. */
  BpfProgram gateway(boolean fragments) {
    return program(fragments && hasFragments ? FRAGMENTS_PROGRAM : "gateway");
  }

  /** Whether there is a variant for packets of many buffers. */
  boolean hasFragments() {
    return hasFragments;
  }

  /** Whether the maps are those of an earlier process. */
  boolean isInherited() {
    return isInherited;
  }

  @Override
  public void close() {
    object.close();
  }
}
