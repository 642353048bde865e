package io.expressgateway.testing;

import io.netty.util.ResourceLeakDetector;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * Fails the build when Netty's leak detector (paranoid in tests) saw a buffer that was never
 * released. Collects once more at the end, because a leak is noticed only when the buffer is.
 */
public final class LeakGuard implements TestExecutionListener {

  private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    io.netty.util.ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new io.netty.util.ResourceLeakDetectorFactory() {
          @Override
          @SuppressWarnings("deprecation")
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            ResourceLeakDetector<T> made = new ResourceLeakDetector<>(resource, samplingInterval);
            made.setLeakListener((type, records) -> LEAKS.add(type + "\n" + records));
            return made;
          }
        });
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    for (int round = 0; round < 3; round++) {
      System.gc();
      // The detector reports at the next allocation after a collection.
      for (int i = 0; i < 64; i++) {
        io.netty.buffer.Unpooled.directBuffer(1).release();
        io.netty.buffer.PooledByteBufAllocator.DEFAULT.directBuffer(1).release();
      }
    }
    if (!LEAKS.isEmpty()) {
      LEAKS.forEach(leak -> System.err.println("LEAK: " + leak));
      System.err.println(LEAKS.size() + " leaked buffers: failing the build");
      Runtime.getRuntime().halt(3);
    }
  }
}
