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
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
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
    Attached made = inherited(link, mode);
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
      try {
        if (pins != null) {
          pins.keep(made, link.index());
        }
      } catch (KernelException failure) {
        made.close();
        throw failure;
      }
      return new Attached(link.name(), made, rung.mode(), String.join("; ", reasons));
    } catch (KernelException failure) {
      reasons.add(
          rung.mode().text() + (rung.fragments() ? " (frags)" : "") + ": " + failure.getMessage());
      return null;
    }
  }

  /** The program that an earlier process left, replaced by this one without a gap. */
  private @Nullable Attached inherited(Link link, XdpSpec.Mode mode) {
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
        AttachMode as =
            BpfLink.attachedMode(link.index()) == ATTACHED_GENERIC
                ? AttachMode.GENERIC
                : AttachMode.NATIVE;
        if (allows(mode, as)) {
          old.replace(path.gateway(link.mtu() > ONE_BUFFER));
          return new Attached(link.name(), old, as, "");
        }
      }
    } catch (KernelException differs) {
      listener.onFailure("take over the program on " + link.name(), differs);
    }
    letGo(link.index(), old);
    return null;
  }

  private static boolean allows(XdpSpec.Mode wanted, AttachMode mode) {
    return switch (wanted) {
      case AUTO -> true;
      case NATIVE -> mode == AttachMode.NATIVE;
      case GENERIC -> mode == AttachMode.GENERIC;
    };
  }

  /**
   * Lets go of interfaces that are not named, and of those whose program is attached in another way
   * than is wanted: between that and the next {@link #attach} their packets are the kernel's.
   */
  void keepOnly(Set<Integer> interfaces, XdpSpec.Mode mode) {
    release(entry -> !interfaces.contains(entry.getKey()) || !allows(mode, entry.getValue().mode));
  }

  /** Lets go of what an earlier process has left on interfaces that this one does not attach to. */
  void dropForeignPins() {
    try {
      if (pins != null) {
        pins.keepLinks(attached.keySet());
      }
    } catch (IOException e) {
      listener.onFailure("let go of pinned links", e);
    }
  }

  private void release(Predicate<Map.Entry<Integer, Attached>> isOver) {
    attached
        .entrySet()
        .removeIf(entry -> {
          if (!isOver.test(entry)) {
            return false;
          }
          letGo(entry.getKey(), entry.getValue().link());
          return true;
        });
  }

  /**
   * The pin first: the kernel detaches at once when a descriptor was the last holder, and some time
   * later when a pin was.
   */
  private void letGo(int interfaceIndex, BpfLink link) {
    try {
      if (pins != null) {
        pins.forgetLink(interfaceIndex);
      }
    } catch (IOException e) {
      listener.onFailure("let go of a pinned link", e);
    }
    link.close();
  }

  /** Forgets interfaces that are gone, so that one that comes back is attached again. */
  void retain(IntPredicate exists) {
    release(entry -> !exists.test(entry.getKey()));
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
      if (keepPinned) {
        entry.getValue().link().close();
      } else {
        letGo(entry.getKey(), entry.getValue().link());
      }
    }
    attached.clear();
  }
}
