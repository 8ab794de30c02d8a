package org.pellucid.backend.cuda.emulator;

import java.util.List;

/** Copies from global to shared memory that go on meanwhile: "PTX ISA", 9.7.9.25. */
final class AsyncCopyInstructions {
  private AsyncCopyInstructions() {}

  static Step translate(Operands o) {
    Instruction instruction = o.instruction();
    if (!instruction.has("async") || instruction.has("bulk") || instruction.has("mbarrier")) {
      return null;
    }
    AsyncCopies copies = o.block().copies();
    if (instruction.has("commit_group")) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copies.commit(i);
            }
          };
    }
    if (instruction.has("wait_group")) {
      if (!(o.operand(0) instanceof Operand.Immediate but)) {
        return null;
      }
      int groups = (int) but.bits();
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copies.await(i, groups);
            }
          };
    }
    if (instruction.has("wait_all")) {
      return (Step.EachLane)
          (from, to) -> {
            for (int i = from; i < to; i++) {
              copies.awaitAll(i);
            }
          };
    }
    return copy(o, copies);
  }

  /**
   * {@code cp.async.ca|cg.shared.global [target], [source], size[, read | predicate]}: reads only
   * so many bytes, or none where the predicate holds, and writes zeros for the others.
   */
  private static Step copy(Operands o, AsyncCopies copies) {
    List<Operand> operands = o.instruction().operands();
    if (operands.size() < 3
        || !(o.operand(0) instanceof Operand.Address target)
        || !(o.operand(1) instanceof Operand.Address source)
        || !(o.operand(2) instanceof Operand.Immediate bytes)) {
      return null;
    }
    int size = (int) bytes.bits();
    long[] to = o.anyBits(target.base());
    long[] from = o.longs(source.base());
    boolean ignores =
        operands.size() > 3
            && o.operand(3) instanceof Operand.Register register
            && o.block().registers().array(register) instanceof boolean[];
    boolean[] ignored = ignores ? o.predicates(3) : null;
    int[] read = operands.size() > 3 && !ignores ? o.ints(3) : o.block().registers().constant(size);
    return (Step.EachLane)
        (first, end) -> {
          for (int i = first; i < end; i++) {
            int wanted = ignored != null && ignored[i] ? 0 : Math.min(size, read[i]);
            copies.begin(i, from[i] + source.offset(), to[i] + target.offset(), size, wanted);
          }
        };
  }
}
