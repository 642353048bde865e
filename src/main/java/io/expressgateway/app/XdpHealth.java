package io.expressgateway.app;

import io.expressgateway.admin.PacketForwarding;
import io.expressgateway.xdp.XdpStatus;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Says how far packets are forwarded in the kernel. Always up: relays serve what it does not. */
final class XdpHealth implements HealthIndicator {

  private final PacketForwarding forwarding;

  XdpHealth(PacketForwarding forwarding) {
    this.forwarding = forwarding;
  }

  @Override
  public Health health() {
    XdpStatus status = forwarding.status();
    Health.Builder health = Health.up().withDetail("active", status.active());
    if (!status.reason().isEmpty()) {
      health.withDetail("reason", status.reason());
    }
    status
        .interfaces()
        .forEach(each ->
            health.withDetail(
                "interface." + each.name(),
                each.reason().isEmpty() ? each.mode() : each.mode() + ": " + each.reason()));
    status
        .vips()
        .forEach(each -> {
          if (!each.reason().isEmpty()) {
            health.withDetail("listener." + each.name(), each.reason());
          }
        });
    return health.build();
  }
}
