package org.pellucid.backend.cuda.emulator;

import java.util.List;

/**
 * An instruction of PTX.
 *
 * @param opcode with its modifiers: {@code fma.rn.f32}
 * @param guard the predicate it hangs on, or null
 * @param operands in order, the destination first
 * @param line in the PTX
 * @param text as written
 */
record Instruction(
    String opcode, Operand.Register guard, List<Operand> operands, int line, String text) {
  /** {@code fma}. */
  String base() {
    int dot = opcode.indexOf('.');
    return dot < 0 ? opcode : opcode.substring(0, dot);
  }

  List<String> modifiers() {
    return List.of(opcode.split("\\.")).subList(1, opcode.split("\\.").length);
  }

  boolean has(String modifier) {
    return modifiers().contains(modifier);
  }

  /** The last modifier, which is the type of most instructions. */
  String type() {
    List<String> modifiers = modifiers();
    return modifiers.isEmpty() ? "" : modifiers.get(modifiers.size() - 1);
  }

  Operand operand(int index) {
    if (index >= operands.size()) {
      throw Trap.ptx("line " + line + ": too few operands in " + text);
    }
    return operands.get(index);
  }

  Trap unknown() {
    return Trap.ptx("line " + line + ": this instruction is not known to the emulator: " + text);
  }
}
