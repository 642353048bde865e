package io.expressgateway.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldBytesTest {

  private final List<Runnable> loop = new ArrayList<>();
  private final HeldBytes held = new HeldBytes(loop::add);
  private final List<String> ended = new ArrayList<>();

  private final class Connection implements HeldBytes.Holder {
    private final String name;
    private long bytes;

    Connection(String name) {
      this.name = name;
      held.register(this);
    }

    void hold(long more) {
      bytes += more;
      held.add(more);
    }

    @Override
    public Object owner() {
      return name.substring(0, 1);
    }

    @Override
    public long heldBytes() {
      return bytes;
    }

    @Override
    public void letGo() {
      ended.add(name);
      bytes = 0;
    }
  }

  private void turn() {
    List.copyOf(loop).forEach(Runnable::run);
    loop.clear();
  }

  @Test
  void theLargestHolderLetsGoFirstAndOnlyAsManyAsNeeded() {
    held.budget(100);
    Connection small = new Connection("small");
    Connection large = new Connection("large");
    Connection middle = new Connection("middle");
    small.hold(10);
    large.hold(60);
    middle.hold(20);
    turn();
    assertThat(ended).isEmpty();
    middle.hold(20);
    assertThat(ended).as("not within the call").isEmpty();
    turn();
    assertThat(ended).containsExactly("large");
    small.hold(70);
    turn();
    assertThat(ended).containsExactly("large", "small");
  }

  @Test
  void whatWasGivenBackIsNotHeldAgainstAnybody() {
    held.budget(100);
    Connection one = new Connection("one");
    for (int i = 0; i < 50; i++) {
      one.hold(10);
      one.bytes = 0;
      turn();
    }
    assertThat(ended).isEmpty();
  }

  /** Many small connections of one client are one large client. */
  @Test
  void theAddressThatHoldsMostLosesItsLargestConnection() {
    held.budget(100);
    Connection innocent = new Connection("innocent");
    innocent.hold(40);
    for (int i = 0; i < 8; i++) {
      new Connection("attacker" + i).hold(8 + i);
    }
    turn();
    assertThat(ended).containsExactly("attacker7", "attacker6", "attacker5");
  }

  @Test
  void whoIsGoneIsNotCounted() {
    held.budget(100);
    Connection gone = new Connection("gone");
    gone.bytes = 1000;
    held.remove(gone);
    held.count();
    assertThat(ended).isEmpty();
  }

  @Test
  void aBudgetThatNobodyExceedsByHoldingIsNoReasonToEndAnybody() {
    held.budget(-1);
    new Connection("idle");
    held.count();
    assertThat(ended).isEmpty();
  }
}
