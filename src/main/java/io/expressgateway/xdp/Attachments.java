package io.expressgateway.xdp;

import io.expressgateway.snapshot.XdpSpec;
import io.expressgateway.xdp.kernel.AttachMode;
import io.expressgateway.xdp.kernel.BpfLink;
import io.expressgateway.xdp.kernel.BpfProgram;
import io.expressgateway.xdp.kernel.KernelException;
import io.expressgateway.xdp.neighbour.Link;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The interfaces that the program is attached to. Each has its own ladder: in the driver, in the
 * driver with the variant for packets of many buffers, in the stack; a rung that fails leaves its
 * reason. Confined to the xdp thread.
 */
final class Attachments {

  /** Bytes of a packet that fit into one page beside what the kernel keeps there. */
  private static final int ONE_BUFFER = 3_498;

  /** XDP_ATTACHED_SKB (linux/if_link.h). */
  private static final int ATTACHED_GENERIC = 2;

  private final PacketPath path;
  private final @Nullable Pins pins;
  private final XdpListener listener;
  private final Map<Integer, Attached> attached = new LinkedHashMap<>();
  private final Map<String, String> failed = new LinkedHashMap<>();

  /**
   * An interface with its program.
   *
   * @param reason why a higher rung failed; empty when none did
   */
  record Attached(String name, BpfLink link, AttachMode mode, String reason) {}

  private record Rung(AttachMode mode, boolean fragments) {}

  Attachments(PacketPath path, @Nullable Pins pins, XdpListener listener) {
    this.path = path;
    this.pins = pins;
    this.listener = listener;
  }

  /** Attaches where it is not attached yet; whether it is attached then. */
  boolean attach(Link link, XdpSpec.Mode mode) {
    if (attached.containsKey(link.index())) {
      return true;
    }
    List<String> reasons = new ArrayList<>();
    Attached made = inherited(link);
    for (Rung rung : made == null ? rungs(link, mode) : List.<Rung>of()) {
      made = climb(link, rung, reasons);
      if (made != null) {
        break;
      }
    }
    if (made == null) {
      String reason = String.join("; ", reasons);
      if (!reason.equals(failed.put(link.name(), reason))) {
        listener.onFailure("attach to " + link.name() + ": " + reason, new IOException(reason));
      }
      return false;
    }
    failed.remove(link.name());
    attached.put(link.index(), made);
    listener.onAttached(made.name(), made.mode(), made.reason());
    return true;
  }

  private List<Rung> rungs(Link link, XdpSpec.Mode mode) {
    Rung single = new Rung(AttachMode.NATIVE, false);
    Rung many = new Rung(AttachMode.NATIVE, true);
    Rung generic = new Rung(AttachMode.GENERIC, false);
    if (mode == XdpSpec.Mode.GENERIC) {
      return List.of(generic);
    }
    List<Rung> rungs = new ArrayList<>();
    if (link.mtu() <= ONE_BUFFER || !path.hasFragments()) {
      rungs.add(single);
    }
    if (path.hasFragments()) {
      rungs.add(many);
    }
    if (mode == XdpSpec.Mode.AUTO) {
      rungs.add(generic);
    }
    return rungs;
  }

  private @Nullable Attached climb(Link link, Rung rung, List<String> reasons) {
    BpfProgram program = path.gateway(rung.fragments());
    try {
      BpfLink made = program.attach(link.index(), rung.mode());
      if (pins != null) {
        pins.keep(made, link.index());
      }
      return new Attached(link.name(), made, rung.mode(), String.join("; ", reasons));
    } catch (KernelException failure) {
      reasons.add(
          rung.mode().text() + (rung.fragments() ? " (frags)" : "") + ": " + failure.getMessage());
      return null;
    }
  }

  /** The program that an earlier process left, replaced by this one without a gap. */
  private @Nullable Attached inherited(Link link) {
    if (pins == null) {
      return null;
    }
    Optional<BpfLink> left = pins.link(link.index());
    if (left.isEmpty()) {
      return null;
    }
    BpfLink old = left.get();
    try {
      if (old.interfaceIndex() == link.index()) {
        old.replace(path.gateway(link.mtu() > ONE_BUFFER));
        boolean isGeneric = BpfLink.attachedMode(link.index()) == ATTACHED_GENERIC;
        return new Attached(
            link.name(), old, isGeneric ? AttachMode.GENERIC : AttachMode.NATIVE, "");
      }
    } catch (KernelException differs) {
      listener.onFailure("take over the program on " + link.name(), differs);
    }
    old.close();
    forget(link.index());
    return null;
  }

  private void forget(int interfaceIndex) {
    try {
      if (pins != null) {
        pins.forgetLink(interfaceIndex);
      }
    } catch (IOException e) {
      listener.onFailure("let go of a pinned link", e);
    }
  }

  /** Forgets interfaces that are gone, so that one that comes back is attached again. */
  void retain(java.util.function.IntPredicate exists) {
    attached
        .entrySet()
        .removeIf(entry -> {
          if (exists.test(entry.getKey())) {
            return false;
          }
          entry.getValue().link().close();
          forget(entry.getKey());
          return true;
        });
  }

  /** By index. */
  Map<Integer, Attached> attached() {
    return attached;
  }

  /** Name of an interface that could not be attached to, and why. */
  Map<String, String> failed() {
    return failed;
  }

  /** Lets go: programs detach, unless they are pinned and are to go on. */
  void close(boolean keepPinned) {
    for (Map.Entry<Integer, Attached> entry : attached.entrySet()) {
      if (!keepPinned) {
        forget(entry.getKey());
      }
      entry.getValue().link().close();
    }
    attached.clear();
  }
}
