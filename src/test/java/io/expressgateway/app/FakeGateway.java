package io.expressgateway.app;

import java.util.List;

/** The program with the fake data plane, for tests that need a process of their own. */
final class FakeGateway {

  private FakeGateway() {}

  /** As {@link ExpressGateway#main}. */
  public static void main(String[] arguments) {
    int code = new GatewayProcess(List.of(FakeParts.class), System.out, System.err).run(arguments);
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }
}
