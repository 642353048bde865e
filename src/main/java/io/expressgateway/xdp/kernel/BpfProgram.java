package io.expressgateway.xdp.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A verified program; good until its object is closed. Any thread. */
public final class BpfProgram {

  /** What an XDP program can answer (linux/bpf.h). */
  public static final int XDP_ABORTED = 0;

  /** The packet is dropped. */
  public static final int XDP_DROP = 1;

  /** The packet goes up the stack. */
  public static final int XDP_PASS = 2;

  /** The packet goes out where it came in. */
  public static final int XDP_TX = 3;

  /** The packet goes to another interface. */
  public static final int XDP_REDIRECT = 4;

  /** The room that the kernel gives in front of a packet in a test run, and more. */
  private static final int GROWTH = 256;

  private final String name;
  private final int fd;

  BpfProgram(String name, int fd) {
    this.name = name;
    this.fd = fd;
  }

  int fd() {
    return fd;
  }

  /** The name in the object. */
  public String name() {
    return name;
  }

  /** The kernel's number of this program. */
  public int id() {
    return info()[0];
  }

  /** Instructions that the verifier walked through; 0 before Linux 5.16. */
  public int verifiedInstructions() {
    return info()[1];
  }

  private int[] info() {
    int[] info = new int[3];
    KernelException.check("facts of " + name, LibBpf.programInfo(fd, info));
    return info;
  }

  /** Runs it once on a packet as if it came in on the loopback interface. */
  public TestRun run(byte[] packet) {
    return run(packet, 0, 1);
  }

  /**
   * Runs it on a packet without any network ({@code BPF_PROG_TEST_RUN}).
   *
   * @param packet from the Ethernet header, at least 14 bytes
   * @param ingress index of the interface that it seems to come from; 0 for the loopback interface,
   *     which is all that Linux 5.10 can do
   * @param repeat how often; what the program did to the packet stays between the runs
   */
  public TestRun run(byte[] packet, int ingress, int repeat) {
    byte[] out = new byte[packet.length + GROWTH];
    long[] results = new long[3];
    byte[] context = ingress == 0 ? new byte[0] : context(packet.length, ingress);
    KernelException.check(
        "test run of " + name, LibBpf.testRun(fd, packet, out, context, repeat, 0, results));
    int length = (int) Math.min(results[1], out.length);
    return new TestRun((int) results[0], Arrays.copyOf(out, length), results[2]);
  }

  /** A {@code struct xdp_md}. */
  private static byte[] context(int length, int ingress) {
    return ByteBuffer.allocate(24)
        .order(ByteOrder.nativeOrder())
        .putInt(0)
        .putInt(length)
        .putInt(0)
        .putInt(ingress)
        .array();
  }

  /**
   * Attaches it to an interface for as long as the link is held or pinned.
   *
   * @throws KernelException EBUSY when another program is there, EOPNOTSUPP when the driver has no
   *     such mode, ENODEV when there is no such interface
   */
  public BpfLink attach(int interfaceIndex, AttachMode mode) {
    int link =
        KernelException.check(
            "attach " + name + " to interface " + interfaceIndex,
            LibBpf.attach(fd, interfaceIndex, mode.flags()));
    return new BpfLink(link);
  }

  /** What came of a run. */
  public static final class TestRun {

    private final int verdict;
    private final byte[] packet;
    private final long nanos;

    private TestRun(int verdict, byte[] packet, long nanos) {
      this.verdict = verdict;
      this.packet = packet;
      this.nanos = nanos;
    }

    /** What the program returned. */
    public int verdict() {
      return verdict;
    }

    /** As the program left it. */
    public byte[] packet() {
      return packet;
    }

    /** Nanoseconds a run, on average. */
    public long nanos() {
      return nanos;
    }
  }
}
