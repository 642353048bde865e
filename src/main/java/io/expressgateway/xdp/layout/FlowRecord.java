package io.expressgateway.xdp.layout;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A flow ({@code struct flow}).
 *
 * @param endpoint index, or {@link Limits#NO_FLOW_ENDPOINT}
 * @param generation of the endpoint when it was chosen; of a flow that is passed, the VIP's number
 * @param seen low 32 bits of the jiffies of the last packet
 * @param clientInnerVlan second tag of the client's packets; 0 for none
 * @param clientVlan first tag of the client's packets; 0 for none
 * @param gatewayMac that the client's packets were sent to
 * @param isServiceTagged whether the first tag of the client's packets is one of 802.1ad
 */
public record FlowRecord(
    int endpoint,
    int clientInnerVlan,
    int generation,
    int seen,
    FlowState state,
    int clientVlan,
    MacAddress clientMac,
    MacAddress gatewayMac,
    int clientInterface,
    boolean isServiceTagged) {

  /** {@code struct flow}. */
  public static final RecordLayout LAYOUT =
      RecordLayout.of("flow")
          .u16("endpoint")
          .u16("client_inner_vlan")
          .u32("generation")
          .u32("seen")
          .u8("state")
          .u8("client_tags")
          .u16("client_vlan")
          .bytes("client_mac", 6)
          .bytes("gateway_mac", 6)
          .u32("client_interface")
          .build();

  private static final int ENDPOINT = LAYOUT.offset("endpoint");

  /** Offset of {@link #seen}, for whoever walks through a million flows and decodes none. */
  public static final int SEEN = LAYOUT.offset("seen");

  private static final int STATE = LAYOUT.offset("state");

  /** {@code CLIENT_TAGS_SERVICE}. */
  private static final byte SERVICE_TAGGED = 1;

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());

  private static final int CLIENT_INNER_VLAN = LAYOUT.offset("client_inner_vlan");
  private static final int GENERATION = LAYOUT.offset("generation");
  private static final int CLIENT_TAGS = LAYOUT.offset("client_tags");
  private static final int CLIENT_VLAN = LAYOUT.offset("client_vlan");
  private static final int CLIENT_INTERFACE = LAYOUT.offset("client_interface");
  private static final int CLIENT_MAC = LAYOUT.offset("client_mac");
  private static final int GATEWAY_MAC = LAYOUT.offset("gateway_mac");

  /** A flow of this VIP that is the relay's. */
  public static FlowRecord pass(int vipId, int seen) {
    return new FlowRecord(
        Limits.NO_FLOW_ENDPOINT,
        0,
        vipId,
        seen,
        FlowState.PASS,
        0,
        MacAddress.NONE,
        MacAddress.NONE,
        0,
        false);
  }

  /** The record. */
  public byte[] encode() {
    ByteBuffer record =
        LAYOUT
            .allocate()
            .putShort(ENDPOINT, (short) endpoint)
            .putShort(CLIENT_INNER_VLAN, (short) clientInnerVlan)
            .putInt(GENERATION, generation)
            .putInt(SEEN, seen)
            .put(STATE, (byte) state.code())
            .put(CLIENT_TAGS, isServiceTagged ? SERVICE_TAGGED : 0)
            .putShort(CLIENT_VLAN, (short) clientVlan)
            .putInt(CLIENT_INTERFACE, clientInterface);
    clientMac.write(record, CLIENT_MAC);
    gatewayMac.write(record, GATEWAY_MAC);
    return RecordLayout.bytes(record);
  }

  /** The endpoint of a record out of many. */
  public static int endpointAt(byte[] values, int offset) {
    return Short.toUnsignedInt((short) SHORT.get(values, offset + ENDPOINT));
  }

  /** The state of a record out of many. */
  public static FlowState stateAt(byte[] values, int offset) {
    return FlowState.of(values[offset + STATE]);
  }

  /** Reads a record out of many. */
  public static FlowRecord decode(byte[] values, int offset) {
    ByteBuffer record =
        ByteBuffer.wrap(values, offset, LAYOUT.size()).slice().order(ByteOrder.nativeOrder());
    return new FlowRecord(
        Short.toUnsignedInt(record.getShort(ENDPOINT)),
        Short.toUnsignedInt(record.getShort(CLIENT_INNER_VLAN)),
        record.getInt(GENERATION),
        record.getInt(SEEN),
        FlowState.of(record.get(STATE)),
        Short.toUnsignedInt(record.getShort(CLIENT_VLAN)),
        MacAddress.read(record, CLIENT_MAC),
        MacAddress.read(record, GATEWAY_MAC),
        record.getInt(CLIENT_INTERFACE),
        (record.get(CLIENT_TAGS) & SERVICE_TAGGED) != 0);
  }
}
