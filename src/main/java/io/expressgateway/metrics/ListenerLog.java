package io.expressgateway.metrics;

import io.expressgateway.http.AccessLog;
import io.expressgateway.http.ExchangeRecord;
import io.expressgateway.snapshot.ListenerSpec.AccessLogSpec;
import io.expressgateway.stream.FlowLog;
import io.expressgateway.stream.FlowRecord;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The access log of one listener: a format, a line and a ring per event loop. */
final class ListenerLog implements AccessLog, FlowLog {

  private static final class PerLoop {
    final AccessLogFormat format;
    final ByteRing ring;
    final Line line = new Line();
    final ExchangeEntry exchange = new ExchangeEntry();
    long dice;

    PerLoop(AccessLogFormat format, ByteRing ring, long seed) {
      this.format = format;
      this.ring = ring;
      this.dice = seed;
    }
  }

  private final AccessLogSpec spec;
  private final LogWriter writer;
  private final long threshold;
  private volatile @Nullable PerLoop[] loops = new PerLoop[0];

  ListenerLog(AccessLogSpec spec, LogWriter writer) {
    this.spec = spec;
    this.writer = writer;
    this.threshold = spec.sample() >= 1 ? Long.MAX_VALUE : (long) (spec.sample() * Long.MAX_VALUE);
  }

  @Override
  public void log(ExchangeRecord exchange) {
    PerLoop loop = loop(exchange.loop());
    if (isWanted(loop)) {
      write(loop, loop.exchange.of(exchange));
    }
  }

  @Override
  public void log(FlowRecord flow) {
    PerLoop loop = loop(flow.loop());
    if (isWanted(loop)) {
      write(loop, new FlowEntry(flow));
    }
  }

  private boolean isWanted(PerLoop loop) {
    return threshold == Long.MAX_VALUE || roll(loop) < threshold;
  }

  private void write(PerLoop loop, LogEntry entry) {
    Line line = loop.line;
    line.clear();
    loop.format.write(entry, line);
    line.raw('\n');
    if (loop.ring.offer(line.array(), line.length())) {
      writer.wake();
    } else {
      writer.onDropped();
    }
  }

  /** 63 random bits (Marsaglia, "Xorshift RNGs", 2003). */
  private static long roll(PerLoop loop) {
    long dice = loop.dice;
    dice ^= dice << 13;
    dice ^= dice >>> 7;
    dice ^= dice << 17;
    loop.dice = dice;
    return dice >>> 1;
  }

  private PerLoop loop(int index) {
    @Nullable PerLoop[] known = loops;
    PerLoop loop = index < known.length ? known[index] : null;
    return loop != null ? loop : add(index);
  }

  private synchronized PerLoop add(int index) {
    @Nullable PerLoop[] larger = Arrays.copyOf(loops, Math.max(loops.length, index + 1));
    PerLoop loop =
        new PerLoop(
            AccessLogFormat.of(spec.format()), writer.newRing(), 0x9E3779B97F4A7C15L * (index + 1));
    larger[index] = loop;
    loops = larger;
    return loop;
  }
}
