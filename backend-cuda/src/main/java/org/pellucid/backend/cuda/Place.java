package org.pellucid.backend.cuda;

/** Where a tensor of a plan lies on the card; the address is known when the plan runs. */
sealed interface Place {
  /** Part of the engine's workspace, for as long as steps need it. */
  final class Slot implements Place {
    private final long bytes;

    Slot(long bytes) {
      this.bytes = bytes;
    }

    /** How much it holds. */
    long bytes() {
      return bytes;
    }
  }

  /** What the plan is run with. */
  record Given(String input) implements Place {}

  /** What the plan answers with. */
  record Result(String output, long bytes) implements Place {}

  /** Memory that stays where it is: weights, tables. */
  record Fixed(long address) implements Place {}
}
