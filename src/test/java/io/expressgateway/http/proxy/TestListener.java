package io.expressgateway.http.proxy;

import io.expressgateway.http.AccessLog;
import io.expressgateway.net.Cidr;
import io.expressgateway.net.HostPort;
import io.expressgateway.snapshot.ListenerSpec;
import io.expressgateway.snapshot.ListenerSpec.Forwarding;
import java.util.Arrays;
import java.util.List;

/** Listeners that differ only in whom they trust and which forwarding headers they write. */
final class TestListener {

  private TestListener() {}

  static ListenerContext trusting(String... networks) {
    return with(Arrays.stream(networks).map(Cidr::parse).toList(), "", Forwarding.ALL);
  }

  static ListenerContext with(List<Cidr> trusted, String pattern, Forwarding forwarding) {
    ListenerSpec spec =
        new ListenerSpec(
            "web",
            new HostPort("127.0.0.1", 0),
            ListenerSpec.Protocol.HTTP,
            100,
            100,
            trusted,
            pattern,
            forwarding,
            new ListenerSpec.AccessLogSpec("off", "stdout", 1.0),
            ListenerSpec.HttpLimits.DEFAULTS);
    return new ListenerContext(spec, 3, AccessLog.NONE);
  }
}
