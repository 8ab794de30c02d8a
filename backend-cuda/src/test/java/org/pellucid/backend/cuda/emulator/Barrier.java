package org.pellucid.backend.cuda.emulator;

import java.util.List;

/**
 * A barrier of the block: {@code bar.sync}, and {@code bar.red} with what the threads count or
 * decide together. "PTX ISA", 9.7.13.1.
 */
final class Barrier {
  private final int[] id;
  private final int[] threads;
  private final boolean[] votes;
  private final String reduction;
  private final int[] count;
  private final boolean[] outcome;
  private final List<Step.EachLane> before;

  private Barrier(
      int[] id,
      int[] threads,
      String reduction,
      boolean[] votes,
      int[] count,
      boolean[] outcome,
      List<Step.EachLane> before) {
    this.id = id;
    this.threads = threads;
    this.reduction = reduction;
    this.votes = votes;
    this.count = count;
    this.outcome = outcome;
    this.before = before;
  }

  static Barrier translate(Operands o) {
    Instruction instruction = o.instruction();
    int operands = instruction.operands().size();
    if (instruction.has("sync")) {
      int[] id = operands == 0 ? new int[o.threads()] : o.ints(0);
      int[] threads = operands > 1 ? o.ints(1) : null;
      return new Barrier(id, threads, null, null, null, null, o.preparation());
    }
    if (instruction.has("red")) {
      boolean counts = instruction.has("popc");
      int last = operands - 1;
      int[] threads = operands > 3 ? o.ints(2) : null;
      return new Barrier(
          o.ints(1),
          threads,
          counts ? "popc" : instruction.has("and") ? "and" : "or",
          o.predicates(last),
          counts ? o.intTarget(0) : null,
          counts ? null : o.predicateTarget(0),
          o.preparation());
    }
    throw instruction.unknown();
  }

  /** Before the operands are read. */
  void prepare(Lanes lanes) {
    before.forEach(step -> step.run(lanes));
  }

  /** Tells barriers apart. */
  long key(int lane) {
    return id[lane];
  }

  /** How many threads it waits for; 0 for all. */
  long threads(int lane) {
    return threads == null ? 0 : threads[lane];
  }

  /** Gives those that met their common result. */
  void complete(Lanes lanes) {
    if (reduction == null) {
      return;
    }
    int yes = 0;
    for (int run = 0; run < lanes.runs(); run++) {
      for (int i = lanes.from(run); i < lanes.to(run); i++) {
        yes += votes[i] ? 1 : 0;
      }
    }
    for (int run = 0; run < lanes.runs(); run++) {
      for (int i = lanes.from(run); i < lanes.to(run); i++) {
        if (count != null) {
          count[i] = yes;
        } else {
          outcome[i] = reduction.equals("and") ? yes == lanes.count() : yes > 0;
        }
      }
    }
  }
}
