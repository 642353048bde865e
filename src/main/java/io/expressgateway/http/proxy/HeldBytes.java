package io.expressgateway.http.proxy;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What clients make one event loop hold: response they do not take, request nobody takes yet, and
 * streams they leave open. Each connection is bounded by its windows and water marks; this bounds
 * all of them together, because a thousand connections at their own bound are more than a process
 * has. When the budget is exceeded, the client address that holds most has to let go of its largest
 * connection, and so on until it is not: whoever asks for much and takes nothing goes first, also
 * when he asks over many small connections.
 *
 * <p>Between two counts only what is added is known, so a count may find that nothing is wrong.
 * Confined to the loop.
 */
public final class HeldBytes {

  /** Objects of one open stream, its exchange and its heads (audit/perf/streams-2026-11-26.md). */
  public static final int STREAM_BYTES = 8192;

  /** A connection that holds something. */
  public interface Holder {

    /** Whose it is: the client's address. */
    Object owner();

    /** What it holds now. */
    long heldBytes();

    /** Ends what the connection serves, at once; afterwards it holds nothing. */
    void letGo();
  }

  private final Executor loop;
  private final Set<Holder> holders = new HashSet<>();
  private long budget = Long.MAX_VALUE;
  private long held;
  private boolean counting;

  /** The account of {@code loop}, without a bound yet. */
  public HeldBytes(Executor loop) {
    this.loop = loop;
  }

  /** How much may be held. */
  public void budget(long bytes) {
    budget = bytes;
  }

  /** From now on {@code holder} is asked when it is counted. */
  public void register(Holder holder) {
    holders.add(holder);
  }

  /** The holder holds nothing any more. */
  public void remove(Holder holder) {
    holders.remove(holder);
  }

  /** A registered holder holds more than before. */
  public void add(long bytes) {
    held += bytes;
    if (held > budget && !counting) {
      counting = true;
      // Not here: the connection that would have to let go may be the caller.
      loop.execute(this::count);
    }
  }

  /** Counts what is held, and ends the largest holders until it fits. */
  public void count() {
    counting = false;
    long sum = 0;
    for (Holder holder : holders) {
      sum += holder.heldBytes();
    }
    held = sum;
    if (held > budget) {
      shed();
    }
  }

  private void shed() {
    Map<Object, Long> owners = new HashMap<>();
    for (Holder holder : holders) {
      owners.merge(holder.owner(), holder.heldBytes(), Long::sum);
    }
    while (held > budget) {
      Holder largest = largestOf(Collections.max(owners.entrySet(), Map.Entry.comparingByValue()));
      if (largest == null) {
        return;
      }
      long freed = largest.heldBytes();
      held -= freed;
      owners.merge(largest.owner(), -freed, Long::sum);
      holders.remove(largest);
      largest.letGo();
    }
  }

  private @Nullable Holder largestOf(Map.Entry<Object, Long> owner) {
    Holder largest = null;
    long most = 0;
    for (Holder holder : holders) {
      long bytes = holder.heldBytes();
      if (bytes > most && holder.owner().equals(owner.getKey())) {
        most = bytes;
        largest = holder;
      }
    }
    return largest;
  }
}
