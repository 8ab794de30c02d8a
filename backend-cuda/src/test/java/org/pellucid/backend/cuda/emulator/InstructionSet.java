package org.pellucid.backend.cuda.emulator;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What each instruction does, by its name and type. */
final class InstructionSet {
  /** A family of instructions; answers null for what it does not know. */
  @FunctionalInterface
  private interface Family {
    Step translate(Operands operands);
  }

  private static final Map<String, Family> FAMILIES = new HashMap<>();

  static {
    enter(
        InstructionSet::arithmetic,
        Set.of(
            "add",
            "sub",
            "mul",
            "mad",
            "fma",
            "div",
            "rem",
            "abs",
            "neg",
            "min",
            "max",
            "rcp",
            "sqrt",
            "rsqrt",
            "sin",
            "cos",
            "ex2",
            "lg2",
            "tanh",
            "copysign",
            "sad",
            "mul24",
            "mad24",
            "addc",
            "subc",
            "madc",
            "dp4a"));
    enter(
        BitInstructions::translate,
        Set.of(
            "and", "or", "xor", "not", "cnot", "lop3", "shl", "shr", "shf", "prmt", "bfe", "bfi",
            "bfind", "popc", "clz", "brev", "fns"));
    enter(ComparisonInstructions::translate, Set.of("setp", "set", "selp", "slct", "testp"));
    enter(MoveInstructions::translate, Set.of("mov", "cvta", "isspacep"));
    enter(ConversionInstructions::translate, Set.of("cvt"));
    enter(MemoryInstructions::translate, Set.of("ld", "ldu", "st", "prefetch", "prefetchu"));
    enter(AtomicInstructions::translate, Set.of("atom", "red"));
    enter(WarpInstructions::translate, Set.of("shfl", "vote", "match", "redux", "activemask"));
    enter(MatrixInstructions::translate, Set.of("mma", "ldmatrix", "movmatrix"));
    enter(AsyncCopyInstructions::translate, Set.of("cp"));
    // Threads of a warp run together, and what one writes the others see at once.
    enter(
        operands -> lanes -> {},
        Set.of("membar", "fence", "nanosleep", "discard", "applypriority"));
  }

  private InstructionSet() {}

  private static void enter(Family family, Set<String> names) {
    names.forEach(name -> FAMILIES.put(name, family));
  }

  /**
   * Makes an instruction ready to run.
   *
   * @throws Trap naming an instruction that is not known
   */
  static Step translate(Instruction instruction, Block block) {
    Operands operands = new Operands(instruction, block);
    Family family = FAMILIES.get(instruction.base());
    Step step = family == null ? null : family.translate(operands);
    if (step == null) {
      throw instruction.unknown();
    }
    return operands.complete(step);
  }

  private static Step arithmetic(Operands operands) {
    return switch (operands.instruction().type()) {
      case "f32" -> FloatInstructions.translate(operands);
      case "f64" -> DoubleInstructions.translate(operands);
      case "f16", "bf16", "f16x2", "bf16x2" -> HalfInstructions.translate(operands);
      case "s32", "u32" -> IntegerInstructions.translate(operands);
      case "s64", "u64" -> LongInstructions.translate(operands);
      case "s16", "u16" -> ShortInstructions.translate(operands);
      default -> null;
    };
  }
}
