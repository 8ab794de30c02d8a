package org.pellucid.backend.cuda.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** Reads the operands of an instruction. */
final class OperandParser {
  private final UnaryOperator<String> resolve;
  private final Predicate<String> isRegister;
  private final int line;

  OperandParser(UnaryOperator<String> resolve, Predicate<String> isRegister, int line) {
    this.resolve = resolve;
    this.isRegister = isRegister;
    this.line = line;
  }

  /** Operands separated by commas outside of braces and brackets. */
  List<Operand> list(String text) {
    List<Operand> operands = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i == text.length() ? ',' : text.charAt(i);
      if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        depth--;
      } else if (c == ',' && depth == 0) {
        operands.add(parse(text.substring(start, i)));
        start = i + 1;
      }
    }
    return operands;
  }

  Operand parse(String written) {
    String text = written.strip();
    if (text.startsWith("{")) {
      return new Operand.Vector(list(text.substring(1, text.length() - 1)));
    }
    if (text.startsWith("[")) {
      return address(text.substring(1, text.length() - 1).strip());
    }
    int bar = text.indexOf('|');
    if (bar > 0) {
      return new Operand.Pair(parse(text.substring(0, bar)), parse(text.substring(bar + 1)));
    }
    if (text.equals("_")) {
      return new Operand.Sink();
    }
    if (text.isEmpty()) {
      throw Trap.ptx("line " + line + ": an operand is missing");
    }
    if (text.startsWith("!")) {
      return new Operand.Register(resolve.apply(text.substring(1).strip()), true);
    }
    char first = text.charAt(0);
    if (Character.isDigit(first) || first == '-') {
      return immediate(text);
    }
    if (text.equals("WARP_SZ")) {
      return new Operand.Immediate(Lanes.WARP, false);
    }
    String name = resolve.apply(text);
    return first == '%' || isRegister.test(name)
        ? new Operand.Register(name, false)
        : new Operand.Symbol(name);
  }

  private Operand address(String text) {
    int plus = text.indexOf('+');
    if (plus < 0) {
      Operand base = parse(text);
      return base instanceof Operand.Immediate fixed
          ? new Operand.Address(new Operand.Immediate(0, false), fixed.bits())
          : new Operand.Address(base, 0);
    }
    return new Operand.Address(
        parse(text.substring(0, plus)), immediate(text.substring(plus + 1).strip()).bits());
  }

  /** A number: decimal, {@code 0x}, {@code 0f} or {@code 0d} with the bits of a float. */
  static Operand.Immediate immediate(String text) {
    try {
      boolean negative = text.startsWith("-");
      String digits = negative ? text.substring(1) : text;
      String lower = digits.toLowerCase(Locale.ROOT);
      if (lower.startsWith("0f")) {
        int bits = Integer.parseUnsignedInt(lower.substring(2), 16);
        return new Operand.Immediate(
            Integer.toUnsignedLong(negative ? bits ^ 1 << 31 : bits), true);
      }
      if (lower.startsWith("0d")) {
        long bits = Long.parseUnsignedLong(lower.substring(2), 16);
        return new Operand.Immediate(negative ? bits ^ 1L << 63 : bits, true);
      }
      String number = lower.endsWith("u") ? lower.substring(0, lower.length() - 1) : lower;
      long value =
          number.startsWith("0x")
              ? Long.parseUnsignedLong(number.substring(2), 16)
              : Long.parseUnsignedLong(number);
      return new Operand.Immediate(negative ? -value : value, false);
    } catch (NumberFormatException e) {
      throw Trap.ptx("cannot read the number " + text);
    }
  }
}
