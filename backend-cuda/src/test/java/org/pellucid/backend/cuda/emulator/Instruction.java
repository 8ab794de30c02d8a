package org.pellucid.backend.cuda.emulator;

import java.util.List;

/**
 * An instruction of PTX.
 *
 * @param words its name and its modifiers: {@code fma}, {@code rn}, {@code f32}
 * @param guard the predicate it hangs on, or null
 * @param operands in order, the destination first
 * @param line in the PTX
 * @param text as written
 */
record Instruction(
    List<String> words, Operand.Register guard, List<Operand> operands, int line, String text) {
  /** {@code fma}. */
  String base() {
    return words.get(0);
  }

  List<String> modifiers() {
    return words.subList(1, words.size());
  }

  boolean has(String modifier) {
    return words.lastIndexOf(modifier) > 0;
  }

  /** The last modifier, which is the type of most instructions. */
  String type() {
    return words.size() == 1 ? "" : words.get(words.size() - 1);
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
