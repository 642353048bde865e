package io.expressgateway.xdp.layout;

/**
 * The way to an endpoint, one Ethernet hop of it.
 *
 * @param mac of the next hop
 * @param ownMac that packets are sent from
 * @param interfaceIndex that they leave by; the parent of a VLAN
 * @param vlan 802.1Q tag control; 0 for none
 */
public record Hop(MacAddress mac, MacAddress ownMac, int interfaceIndex, int vlan) {}
