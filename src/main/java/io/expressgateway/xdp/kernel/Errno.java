package io.expressgateway.xdp.kernel;

/** The names of error numbers that the kernel and libbpf answer with (errno.h, libbpf.h). */
public final class Errno {

  /** Operation not permitted. */
  public static final int EPERM = 1;

  /** No such entry. */
  public static final int ENOENT = 2;

  /** Too big; of a map: it is full. */
  public static final int E2BIG = 7;

  /** Permission denied; of a program: the verifier refused it. */
  public static final int EACCES = 13;

  /** In use, as by another XDP program. */
  public static final int EBUSY = 16;

  /** Exists already. */
  public static final int EEXIST = 17;

  /** No such device. */
  public static final int ENODEV = 19;

  /** Invalid argument. */
  public static final int EINVAL = 22;

  /** No room. */
  public static final int ENOSPC = 28;

  /** Out of range. */
  public static final int ERANGE = 34;

  /** Longer than the room given. */
  public static final int EMSGSIZE = 90;

  /** The driver cannot. */
  public static final int EOPNOTSUPP = 95;

  /** Receive buffer overrun. */
  public static final int ENOBUFS = 105;

  /** The kernel has no such operation; internal to it, but it gets out. */
  public static final int ENOTSUPP = 524;

  private Errno() {}

  /** {@code EPERM} for 1; the number itself when the name is not known here. */
  public static String name(int errno) {
    return switch (errno) {
      case EPERM -> "EPERM";
      case ENOENT -> "ENOENT";
      case 4 -> "EINTR";
      case E2BIG -> "E2BIG";
      case 9 -> "EBADF";
      case 11 -> "EAGAIN";
      case 12 -> "ENOMEM";
      case EACCES -> "EACCES";
      case EBUSY -> "EBUSY";
      case EEXIST -> "EEXIST";
      case ENODEV -> "ENODEV";
      case EINVAL -> "EINVAL";
      case 24 -> "EMFILE";
      case ENOSPC -> "ENOSPC";
      case ERANGE -> "ERANGE";
      case 38 -> "ENOSYS";
      case EMSGSIZE -> "EMSGSIZE";
      case EOPNOTSUPP -> "EOPNOTSUPP";
      case ENOBUFS -> "ENOBUFS";
      case ENOTSUPP -> "ENOTSUPP";
      case 4000 -> "libbpf: ELF error";
      case 4001 -> "libbpf: not a BPF object";
      default -> errno > 4000 ? "libbpf error " + errno : "errno " + errno;
    };
  }
}
