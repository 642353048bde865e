package io.expressgateway.tls;

import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The keys that session tickets are sealed with (RFC 5077, RFC 8446 section 4.6.1), the same for
 * all certificates of a listener. A new one every 24 hours; the one before it still opens tickets
 * for 24 hours, so that none dies young. Never written anywhere: a key that lives as long as the
 * process would undo forward secrecy. Thread-safe.
 */
final class TicketKeys {

  private static final long ROTATION_NANOS = TimeUnit.HOURS.toNanos(24);
  private static final int KEPT = 2;

  private final SecureRandom random = new SecureRandom();
  private final Deque<OpenSslSessionTicketKey> keys = new ArrayDeque<>();
  private List<OpenSslServerSessionContext> sessions = List.of();
  private long rotatedNanos;

  TicketKeys(long nowNanos) {
    rotate(nowNanos);
  }

  /** These sessions are sealed with the keys from now on, and no others. */
  synchronized void serve(List<OpenSslServerSessionContext> served) {
    sessions = served;
    publish();
  }

  /** The keys that open tickets, the first of which seals them. */
  synchronized List<OpenSslSessionTicketKey> keys() {
    return List.copyOf(keys);
  }

  synchronized void tick(long nowNanos) {
    if (nowNanos - rotatedNanos >= ROTATION_NANOS) {
      rotate(nowNanos);
    }
  }

  private void rotate(long nowNanos) {
    rotatedNanos = nowNanos;
    keys.addFirst(
        new OpenSslSessionTicketKey(
            bytes(OpenSslSessionTicketKey.NAME_SIZE),
            bytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
            bytes(OpenSslSessionTicketKey.AES_KEY_SIZE)));
    while (keys.size() > KEPT) {
      keys.removeLast();
    }
    publish();
  }

  private void publish() {
    // The first seals, all open.
    OpenSslSessionTicketKey[] all = keys.toArray(OpenSslSessionTicketKey[]::new);
    sessions.forEach(session -> session.setTicketKeys(all));
  }

  private byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }
}
