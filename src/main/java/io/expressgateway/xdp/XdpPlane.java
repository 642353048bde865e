package io.expressgateway.xdp;

import io.expressgateway.cluster.Cluster;
import io.expressgateway.snapshot.XdpSpec;
import io.expressgateway.xdp.kernel.KernelException;
import io.expressgateway.xdp.kernel.NativeLibrary;
import io.expressgateway.xdp.neighbour.RoutingEvents;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Packet forwarding in the kernel, from the first snapshot to the end. Never throws for what the
 * machine cannot do: then nothing is forwarded in the kernel, the relays serve, and {@link #status}
 * says why. Public methods may be called by any thread but an event loop.
 */
public final class XdpPlane implements AutoCloseable {

  /** Loading a million-entry table takes a tenth of a second; more than this is a hang. */
  private static final long PATIENCE_SECONDS = 20;

  private static final long TICK_MILLIS = 1_000;

  /** Ticks from one walk through the flow tables to the next, and from one look at neighbours. */
  private static final int CALM_TICKS = 5;

  /** Ticks from one look at the relays' sessions to the next: half of what a PASS entry lives. */
  private static final int SESSION_TICKS = 30;

  /** A burst of routing changes is answered once. */
  private static final long ROUTES_MILLIS = 20;

  private static final int ROUTES = 1;
  private static final int NEIGHBOURS = 2;

  private final XdpContext context;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("xdp").unstarted(task));
  private final Set<Cluster> changed = ConcurrentHashMap.newKeySet();
  private final AtomicInteger routingChange = new AtomicInteger();

  // Confined to the xdp thread.
  private @Nullable ActivePath active;
  private @Nullable RoutingEvents routing;
  private @Nullable EventReader events;
  private XdpSpec spec = XdpSpec.OFF;
  private int ticks;

  private volatile XdpStatus status = XdpStatus.off("not started");

  /**
   * A plane that forwards nothing yet.
   *
   * @param sessions the UDP sessions that relays have
   */
  public XdpPlane(XdpListener listener, RelaySessions sessions) {
    this.context = new XdpContext(listener, sessions, this::onChange);
    thread.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Serves this from now on; returns when the kernel does, or when it is clear why not. To be
   * called after the relays are bound.
   *
   * @param clusters by name; null for one that there is not
   */
  public void publish(XdpSpec wanted, Function<String, @Nullable Cluster> clusters) {
    await(() -> {
      apply(wanted, clusters);
      return true;
    });
  }

  private void apply(XdpSpec wanted, Function<String, @Nullable Cluster> clusters) {
    spec = wanted;
    if (!wanted.isWanted()) {
      end(false);
      status = XdpStatus.unwanted(wanted);
      letGoOfPins(wanted);
      return;
    }
    Optional<String> unable = active == null ? Machine.cannot() : Optional.empty();
    if (unable.isPresent()) {
      fail(unable.get());
      return;
    }
    try {
      ActivePath path = active == null ? begin(wanted) : active;
      Optional<String> wrong = path.apply(wanted, clusters, System.nanoTime());
      if (wrong.isPresent() || !path.isAttached()) {
        fail(wrong.orElseGet(path::failures));
      } else {
        status = path.status();
      }
    } catch (KernelException | IOException failure) {
      fail(String.valueOf(failure.getMessage()));
    }
  }

  /** The relays serve alone: what an earlier process has pinned would forward unwatched. */
  private void fail(String reason) {
    end(false);
    letGoOfPins(spec);
    status = XdpStatus.off(reason);
    context.listener().onOff(reason);
  }

  private ActivePath begin(XdpSpec wanted) throws IOException {
    ActivePath made = ActivePath.open(wanted, context);
    active = made;
    routing = new RoutingEvents(this::onRoutingChange);
    events = new EventReader(made.path().map("events"), context.listener());
    return made;
  }

  private void letGoOfPins(XdpSpec wanted) {
    String directory = wanted.pinDirectory();
    if (directory != null) {
      try {
        Pins.removeAll(Path.of(directory));
      } catch (IOException failure) {
        context.listener().onFailure("let go of what is pinned in " + directory, failure);
      }
    }
  }

  private void end(boolean keepPinned) {
    if (routing != null) {
      routing.close();
      routing = null;
    }
    if (events != null) {
      events.close();
      events = null;
    }
    if (active != null) {
      active.close(keepPinned);
      active = null;
    }
  }

  /** A cluster has changed: its VIPs follow, all changes that came together in one step. */
  private void onChange(Cluster cluster) {
    if (changed.add(cluster)) {
      execute(() -> {
        Set<Cluster> due = new HashSet<>(changed);
        changed.removeAll(due);
        with(path -> path.reconcile(due, System.nanoTime()));
      });
    }
  }

  private void onRoutingChange(boolean alsoRoutes) {
    int kind = alsoRoutes ? ROUTES | NEIGHBOURS : NEIGHBOURS;
    if (routingChange.getAndAccumulate(kind, (one, other) -> one | other) == 0) {
      schedule(() -> {
        int due = routingChange.getAndSet(0);
        with(path -> path.routesChanged((due & ROUTES) != 0, System.nanoTime()));
      });
    }
  }

  private void tick() {
    boolean calm = ++ticks % CALM_TICKS == 0;
    with(path -> {
      path.watchRelays(ticks % SESSION_TICKS == 0, System.nanoTime());
      if (calm || path.isUrgent()) {
        path.collect(System.nanoTime());
      }
      if (calm) {
        path.keepNeighbours();
      }
    });
  }

  /** Does this on the active path, if there is one; a refusal of the kernel's is told. */
  private void with(java.util.function.Consumer<ActivePath> task) {
    ActivePath path = active;
    if (path == null) {
      return;
    }
    try {
      task.accept(path);
    } catch (RuntimeException failure) {
      context.listener().onFailure("keep the packet path up to date", failure);
    }
  }

  /** From now on no flow is taken on; those that there are go on until {@link #close}. */
  public void drain() {
    await(() -> {
      with(ActivePath::drain);
      return true;
    });
  }

  /** Whether no flow would be cut by {@link #close}, as of the last walk through the tables. */
  public boolean isIdle() {
    return !Boolean.FALSE.equals(await(() -> active == null || active.isIdle()));
  }

  /** What it does now; figures are read from the kernel for this. */
  public XdpStatus status() {
    XdpStatus fresh =
        await(() -> {
          ActivePath path = active;
          if (path != null) {
            status = path.status();
          }
          return status;
        });
    return fresh == null ? status : fresh;
  }

  /**
   * What would become of this packet now; empty when nothing is forwarded in the kernel.
   *
   * @throws IllegalArgumentException when it is no packet
   */
  public Optional<PacketAnswer> explain(PacketQuestion question) {
    PacketAnswer answer =
        await(() -> {
          ActivePath path = active;
          return path == null ? null : path.explain(question);
        });
    return Optional.ofNullable(answer);
  }

  /** Ends; what is pinned forwards on until the next process takes over. */
  @Override
  public void close() {
    await(() -> {
      end(spec.pinDirectory() != null);
      status = XdpStatus.off("stopped");
      return true;
    });
    thread.shutdownNow();
  }

  private void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException closed) {
      // Nothing is kept up to date any more.
    }
  }

  private void schedule(Runnable task) {
    try {
      thread.schedule(task, ROUTES_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      // As above.
    }
  }

  /** The result, or null when the plane is closed, or the task failed or took too long. */
  private <T> @Nullable T await(Callable<@Nullable T> task) {
    try {
      return thread.submit(task).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RejectedExecutionException closed) {
      return null;
    } catch (ExecutionException e) {
      context.listener().onFailure("xdp", e.getCause() == null ? e : e.getCause());
    } catch (TimeoutException e) {
      context.listener().onFailure("xdp took more than " + PATIENCE_SECONDS + " s", e);
    }
    return null;
  }

  /** What keeps this machine from forwarding packets in the kernel, before anything is tried. */
  private static final class Machine {

    static Optional<String> cannot() {
      NativeLibrary.Outcome library = NativeLibrary.load();
      if (!library.loaded()) {
        return Optional.of("the native library cannot be loaded: " + library.reason());
      }
      List<String> missing = Privileges.current().missing();
      if (!missing.isEmpty()) {
        return Optional.of("this process lacks " + String.join(", ", missing));
      }
      KernelVersion kernel = KernelVersion.current();
      return kernel.isAtLeast(KernelVersion.OLDEST)
          ? Optional.empty()
          : Optional.of("Linux " + kernel + " is older than " + KernelVersion.OLDEST);
    }
  }
}
