package io.expressgateway.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Ticket keys rotate every 24 hours, each opening tickets for another 24 after it has sealed. */
class TicketKeysTest {

  private static final long HOUR = TimeUnit.HOURS.toNanos(1);

  @Test
  void aKeySealsForADayAndOpensForTheNext() {
    TicketKeys tickets = new TicketKeys(0);
    OpenSslSessionTicketKey first = tickets.keys().getFirst();
    tickets.tick(24 * HOUR - 1);
    assertThat(tickets.keys()).containsExactly(first);

    tickets.tick(24 * HOUR);
    OpenSslSessionTicketKey second = tickets.keys().getFirst();
    assertThat(tickets.keys()).containsExactly(second, first);
    tickets.tick(48 * HOUR - 1);
    assertThat(tickets.keys()).containsExactly(second, first);

    tickets.tick(48 * HOUR);
    assertThat(tickets.keys()).hasSize(2).contains(second).doesNotContain(first);
  }
}
