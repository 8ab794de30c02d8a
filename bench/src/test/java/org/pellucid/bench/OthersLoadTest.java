package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OthersLoadTest {
  /** user, nice, system, idle, waiting, interrupts, soft interrupts, stolen; guests count twice. */
  @Test
  void idleAndWaitingAreNotBusy() {
    assertThat(OthersLoad.of("cpu  100 10 20 700 50 3 7 10 40 4"))
        .containsExactly(100 + 10 + 20 + 3 + 7 + 10, 900);
  }

  @Test
  void whatIsNotWatchedIsNotTold() {
    assertThat(new OthersLoad().percent()).isEqualTo("?");
  }
}
