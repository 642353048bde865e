package io.expressgateway.xdp.kernel;

import java.nio.file.Path;
import java.util.Optional;

/** Holds a program to an interface. Closing the last holder detaches it, unless it is pinned. */
public final class BpfLink implements AutoCloseable {

  private final int fd;

  BpfLink(int fd) {
    this.fd = fd;
  }

  /** What is pinned there; empty when nothing is. To be closed. */
  public static Optional<BpfLink> openPinned(Path path) {
    int fd = LibBpf.openPinned(path.toString());
    if (fd == -Errno.ENOENT) {
      return Optional.empty();
    }
    return Optional.of(new BpfLink(KernelException.check("open " + path, fd)));
  }

  /** The next packet meets this program; none is lost between the two. */
  public void replace(BpfProgram program) {
    KernelException.check("replace by " + program.name(), LibBpf.replaceProgram(fd, program.fd()));
  }

  /** The interface; 0 when it is gone. */
  public int interfaceIndex() {
    return info()[2];
  }

  /** How an interface has its program: {@code XDP_ATTACHED_*} of linux/if_link.h. */
  public static int attachedMode(int interfaceIndex) {
    return KernelException.check(
        "mode of interface " + interfaceIndex, LibBpf.attachedMode(interfaceIndex));
  }

  private int[] info() {
    int[] info = new int[3];
    KernelException.check("facts of a link", LibBpf.linkInfo(fd, info));
    return info;
  }

  /** Keeps it attached beyond this process, under this path of a bpf file system. */
  public void pin(Path path) {
    KernelException.check("pin a link at " + path, LibBpf.pin(fd, path.toString()));
  }

  @Override
  public void close() {
    LibBpf.closeFd(fd);
  }
}
