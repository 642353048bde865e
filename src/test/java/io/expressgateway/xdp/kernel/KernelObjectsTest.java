package io.expressgateway.xdp.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.expressgateway.xdp.KernelNeeds;
import io.expressgateway.xdp.PacketPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Maps and programs in the running kernel. Needs root. */
class KernelObjectsTest {

  private PacketPath path;

  @BeforeEach
  void load() throws IOException {
    KernelNeeds.bpf();
    path = PacketPath.load(1024, 1024);
  }

  @AfterEach
  void close() {
    if (path != null) {
      path.close();
    }
  }

  @Test
  void refusesWhatIsNoObject() {
    assertThatThrownBy(() -> BpfObject.open(new byte[] {1, 2, 3}, "junk"))
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("open junk")
        .hasMessageContaining("not a proper ELF object");
  }

  @Test
  void entriesComeBackAndGo() {
    BpfMap vips = path.map("vips");
    byte[] key = new byte[20];
    byte[] value = new byte[16];
    value[0] = 7;

    assertThat(vips.get(key)).isNull();
    vips.put(key, value);
    assertThat(vips.putIfAbsent(key, new byte[16])).isFalse();
    assertThat(vips.get(key)).isEqualTo(value);
    assertThat(vips.keys()).containsExactly(key);
    assertThat(vips.remove(key)).isTrue();
    assertThat(vips.remove(key)).isFalse();
    assertThat(vips.keys()).isEmpty();
  }

  @Test
  void refusesKeysAndValuesOfOtherSizes() {
    BpfMap vips = path.map("vips");

    assertThatThrownBy(() -> vips.put(new byte[19], new byte[16]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes 20 bytes here, not 19");
    assertThatThrownBy(() -> vips.put(new byte[20], new byte[17]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theLibraryItselfRefusesShortArrays() {
    int fd = path.map("vips").fd();

    assertThat(LibBpf.update(fd, new byte[3], 20, new byte[16], 16, 0)).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.update(fd, null, 20, new byte[16], 16, 0)).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.lookup(fd, new byte[20], 20, new byte[15], 16)).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.delete(fd, new byte[0], 20)).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.nextKey(fd, new byte[1], 20, new byte[20])).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.updateBatch(fd, new byte[20], 20, new byte[32], 16, 2))
        .isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.lookupBatch(fd, new byte[64], new byte[20], 20, new byte[16], 16, 1))
        .isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.mapInfo(fd, new int[5])).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.programInfo(fd, null)).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.testRun(fd, null, null, null, 1, 0, new long[3])).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.attach(1, 0, 0)).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.pin(fd, null)).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.openObject(null, "x")).isEqualTo(-Errno.EINVAL);
    assertThat(LibBpf.mapFd(0, "vips")).isEqualTo(-Errno.ENOENT);
    assertThat(LibBpf.receiveNetlink(-1, new byte[1], 0)).isNotPositive();
  }

  @Test
  void aFullMapSaysSo() {
    BpfMap flows = path.map("flows_v4");
    byte[] value = new byte[32];
    for (int i = 0; i < flows.maxEntries(); i++) {
      flows.put(key(i), value);
    }

    assertThatThrownBy(() -> flows.put(key(flows.maxEntries()), value))
        .isInstanceOfSatisfying(
            KernelException.class, full -> assertThat(full.errno()).isEqualTo(Errno.E2BIG));
  }

  @Test
  void batchesReadEveryEntryOnce() {
    BpfMap flows = path.map("flows_v4");
    for (int i = 0; i < 1000; i++) {
      flows.put(key(i), new byte[32]);
    }
    MapBatches batches = flows.batches(128);
    List<Integer> seen = new ArrayList<>();
    for (int count = batches.next(); count >= 0; count = batches.next()) {
      for (int i = 0; i < count; i++) {
        seen.add(Bytes.intAt(batches.keys(), i * 16));
      }
    }

    assertThat(seen).hasSize(1000).doesNotHaveDuplicates();
    assertThat(batches.next()).isEqualTo(-1);
  }

  private static byte[] key(int number) {
    return Arrays.copyOf(Bytes.ofInt(number), 16);
  }

  @Test
  void arraysAreFilledThroughMemoryAndByCalls() {
    byte[] values = new byte[4 * 300];
    for (int i = 0; i < 300; i++) {
      System.arraycopy(Bytes.ofInt(i * 7), 0, values, 4 * i, 4);
    }
    for (int flags : new int[] {0, BpfMap.MMAPABLE}) {
      try (BpfMap array = BpfMap.createArray("numbers", 4, 300, flags)) {
        array.fill(values);

        assertThat(Bytes.intAt(array.get(Bytes.ofInt(299)), 0)).isEqualTo(299 * 7);
        assertThat(Bytes.intAt(array.get(Bytes.ofInt(1)), 0)).isEqualTo(7);
      }
    }
  }

  @Test
  void perCpuValuesHaveAPartForEachCpu() {
    BpfMap reasons = path.map("reasons");

    assertThat(reasons.isPerCpu()).isTrue();
    assertThat(reasons.valueSize()).isEqualTo(8 * BpfMap.possibleCpus());
    assertThat(reasons.get(Bytes.ofInt(0))).hasSize(reasons.valueSize());
  }

  @Test
  void programsRunOnPackets() {
    BpfProgram gateway = path.program("gateway");

    BpfProgram.TestRun run = gateway.run(new byte[64]);

    assertThat(run.verdict()).isEqualTo(BpfProgram.XDP_PASS);
    assertThat(run.packet()).hasSize(64);
    assertThat(gateway.id()).isPositive();
    assertThat(gateway.verifiedInstructions()).isBetween(0, 50_000);
  }

  @Test
  void aMissingMapOrProgramIsNamed() {
    assertThatThrownBy(() -> path.map("nothing")).hasMessageContaining("map nothing: ENOENT");
    assertThatThrownBy(() -> path.program("nothing"))
        .hasMessageContaining("program nothing: ENOENT");
  }

  @Test
  void aRingWithoutRecordsIsEmpty() {
    try (RingBuffer ring = new RingBuffer(path.map("events"))) {
      assertThat(ring.read(0, record -> {})).isZero();
    }
    assertThatThrownBy(() -> new RingBuffer(path.map("vips"))).isInstanceOf(KernelException.class);
  }
}
