package io.expressgateway.config.properties;

import io.expressgateway.config.bind.DefaultValue;
import io.expressgateway.config.bind.NotBuilt;
import io.expressgateway.config.bind.OneOf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packet forwarding in the kernel.
 *
 * @param enabled whether packets are forwarded in the kernel; auto where something asks for it
 * @param interfaces network interfaces that it attaches to
 * @param mode how it attaches
 * @param deny networks whose packets are dropped
 * @param allow networks that the deny list spares
 * @param newFlowsPerSecond the most flows taken on per second
 * @param flowsV4 size of the IPv4 flow table
 * @param flowsV6 size of the IPv6 flow table
 * @param pinDirectory where maps survive a restart
 */
public record XdpProperties(
    @DefaultValue("auto")
        @OneOf({"auto", "true", "off"})
        @NotBuilt(
            value = "XDP",
            except = {"auto", "off"})
        String enabled,
    @NotBuilt(value = "XDP") List<String> interfaces,
    @DefaultValue("auto")
        @OneOf({"auto", "native", "generic", "off"})
        @NotBuilt(
            value = "XDP",
            except = {"auto", "off"})
        String mode,
    @NotBuilt(value = "XDP") List<String> deny,
    @NotBuilt(value = "XDP") List<String> allow,
    @DefaultValue("125000") @NotBuilt(value = "XDP") int newFlowsPerSecond,
    @DefaultValue("1000000") @NotBuilt(value = "XDP") int flowsV4,
    @DefaultValue("512000") @NotBuilt(value = "XDP") int flowsV6,
    @NotBuilt(value = "XDP") @Nullable String pinDirectory) {}
