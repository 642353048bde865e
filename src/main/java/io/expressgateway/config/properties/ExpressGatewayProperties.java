package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.OneOf;
import io.expressgateway.config.bind.Range;
import io.expressgateway.limit.Rule;
import java.util.List;
import java.util.Map;

/**
 * Everything under {@code expressgateway}.
 *
 * @param eventLoops how many event loops; 0 for one per core
 * @param transport how sockets are driven; auto is epoll where it works, else nio
 * @param listeners where clients connect
 * @param clusters where requests go
 * @param security settings per protection rule
 * @param metrics what metrics may cost
 * @param xdp packet forwarding in the kernel
 * @param tls certificates and keys of the whole process
 * @param drain how a stop goes
 * @param admin who may use the management port
 */
public record ExpressGatewayProperties(
    @DefaultValue("0") @Range(max = 1024) int eventLoops,
    @DefaultValue("auto") @OneOf({"auto", "epoll", "io_uring", "nio"}) String transport,
    List<ListenerProperties> listeners,
    List<ClusterProperties> clusters,
    Map<Rule, RuleProperties> security,
    MetricsProperties metrics,
    XdpProperties xdp,
    TlsProperties tls,
    DrainProperties drain,
    AdminProperties admin) {}
