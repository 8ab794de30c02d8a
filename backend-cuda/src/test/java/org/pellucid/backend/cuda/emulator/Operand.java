package org.pellucid.backend.cuda.emulator;

import java.util.List;

/** An operand of an instruction, as written. */
sealed interface Operand {
  /** {@code %r1}, or a register of an inner scope; {@code negated} only for predicates. */
  record Register(String name, boolean negated) implements Operand {}

  /** A number, as its bits; {@code floating} when written as {@code 0f...} or {@code 0d...}. */
  record Immediate(long bits, boolean floating) implements Operand {}

  /** A variable or label. */
  record Symbol(String name) implements Operand {}

  /** {@code [base+offset]}. */
  record Address(Operand base, long offset) implements Operand {}

  /** {@code {a, b}}. */
  record Vector(List<Operand> elements) implements Operand {}

  /** {@code p|q}. */
  record Pair(Operand first, Operand second) implements Operand {}

  /** {@code _}: a result that is not wanted. */
  record Sink() implements Operand {}
}
