package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.OneOf;
import io.expressgateway.config.bind.Range;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packet forwarding in the kernel.
 *
 * @param enabled whether packets are forwarded in the kernel; auto where a listener asks for it
 * @param interfaces network interfaces that it attaches to; by default those that have a listener's
 *     address, that a default route leaves by and that endpoints are reached by
 * @param mode how it attaches; auto is native, in the driver, and else generic, in the stack
 * @param deny networks whose packets to listeners with xdp are dropped
 * @param allow networks that the deny list spares
 * @param newFlowsPerSecond the most flows entered into the flow tables per second; 0 for no limit
 * @param newFlowsPerSource the most flows entered per second for one IPv4 address or IPv6 /64; 0
 *     for no limit
 * @param flowsV4 size of the IPv4 flow table
 * @param flowsV6 size of the IPv6 flow table
 * @param pinDirectory on a bpf file system; there programs and flows outlive a restart of the
 *     gateway
 * @param encapsulationSourceV4 source address of IPv4 packets of dsr-ipip; by default the one that
 *     this machine uses towards the endpoint
 * @param encapsulationSourceV6 the same for IPv6
 * @param eventSample logs one of so many new flows and dropped packets; 0 for none
 */
public record XdpProperties(
    @DefaultValue("auto") @OneOf({"auto", "true", "off"}) String enabled,
    List<String> interfaces,
    @DefaultValue("auto") @OneOf({"auto", "native", "generic"}) String mode,
    List<String> deny,
    List<String> allow,
    @DefaultValue("125000") @Range(max = 100_000_000) int newFlowsPerSecond,
    @DefaultValue("0") @Range(max = 100_000_000) int newFlowsPerSource,
    @DefaultValue("1000000") @Range(min = 1024, max = 16_777_216) int flowsV4,
    @DefaultValue("512000") @Range(min = 1024, max = 16_777_216) int flowsV6,
    @Nullable String pinDirectory,
    @Nullable String encapsulationSourceV4,
    @Nullable String encapsulationSourceV6,
    @DefaultValue("0") @Range(max = 1_000_000_000) int eventSample) {}
