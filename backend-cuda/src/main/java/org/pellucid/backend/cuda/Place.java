package org.pellucid.backend.cuda;

/** Where something that a plan works on lies on the card; addresses are known when it runs. */
sealed interface Place {
  /** No place: a null pointer. */
  Place NOWHERE = new Nowhere();

  /** No place. */
  record Nowhere() implements Place {}

  /** Part of the engine's workspace, for as long as steps need it. Two are never equal. */
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
  record Result(String output) implements Place {}

  /** Memory that stays where it is: weights, tables. */
  record Fixed(DeviceBuffer buffer) implements Place {}
}
