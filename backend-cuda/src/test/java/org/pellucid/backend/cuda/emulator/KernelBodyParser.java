package org.pellucid.backend.cuda.emulator;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what stands between the braces of a kernel. */
final class KernelBodyParser {
  private static final Pattern LABEL = Pattern.compile("\\s*([\\w$]+)\\s*:(?!:)");
  private static final Pattern REGISTERS = Pattern.compile("([%\\w$]+)(?:<(\\d+)>)?");

  private final String name;
  private final List<PtxModule.Variable> parameters;
  private final int mostThreads;
  private final Map<String, String> registers = new HashMap<>();
  private final List<PtxModule.Variable> shared = new ArrayList<>();
  private final List<PtxModule.Variable> local = new ArrayList<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<String, Integer> labels = new HashMap<>();
  private final Map<String, List<String>> branchTargets = new HashMap<>();

  /** Names declared in the scopes around, innermost first, and what they are called here. */
  private final Deque<Map<String, String>> scopes = new ArrayDeque<>();

  private int scopeCount;
  private String lastLabel;

  KernelBodyParser(
      String name,
      List<PtxModule.Variable> parameters,
      List<PtxModule.Variable> shared,
      int mostThreads) {
    this.name = name;
    this.parameters = parameters;
    this.shared.addAll(shared);
    this.mostThreads = mostThreads;
    scopes.push(new HashMap<>());
  }

  PtxKernel parse(String body, int firstLine) {
    int line = firstLine;
    int at = 0;
    while (at < body.length()) {
      char c = body.charAt(at);
      if (c == '\n') {
        line++;
      }
      if (Character.isWhitespace(c) || c == ';') {
        at++;
      } else if (c == '{') {
        scopes.push(new HashMap<>());
        scopeCount++;
        at++;
      } else if (c == '}') {
        scopes.pop();
        at++;
      } else {
        Matcher label = LABEL.matcher(body).region(at, body.length());
        if (label.lookingAt()) {
          label(label.group(1));
          at = label.end();
        } else {
          int end = body.indexOf(';', at);
          if (end < 0) {
            throw Trap.ptx("line " + line + ": no semicolon in kernel " + name);
          }
          String statement = body.substring(at, end);
          statement(statement.strip().replaceAll("\\s+", " "), line);
          line += (int) statement.chars().filter(ch -> ch == '\n').count();
          at = end + 1;
        }
      }
    }
    labels.values().removeIf(index -> index > instructions.size());
    return new PtxKernel(
        name,
        parameters,
        registers,
        shared,
        local,
        instructions,
        labels,
        branchTargets,
        instructions.stream().anyMatch(KernelBodyParser::ordersBlocks),
        mostThreads);
  }

  private static boolean ordersBlocks(Instruction instruction) {
    boolean atomic = instruction.base().equals("atom") || instruction.base().equals("red");
    return atomic && !instruction.has("shared");
  }

  private void label(String label) {
    String unique = scopes.size() == 1 ? label : label + "@" + scopeCount;
    scopes.peek().put(label, unique);
    labels.put(unique, instructions.size());
    lastLabel = unique;
  }

  private void statement(String statement, int line) {
    if (statement.startsWith(".reg")) {
      registers(statement);
    } else if (statement.startsWith(".shared")) {
      shared.add(PtxParser.declared(statement));
    } else if (statement.startsWith(".local")) {
      local.add(PtxParser.declared(statement));
    } else if (statement.startsWith(".branchtargets")) {
      branchTargets.put(
          lastLabel,
          List.of(statement.substring(".branchtargets".length()).strip().split(",\\s*")));
    } else if (!statement.startsWith(".pragma")) {
      if (statement.startsWith(".")) {
        throw Trap.ptx("line " + line + ": this directive is not known here: " + statement);
      }
      instructions.add(instruction(statement, line));
    }
  }

  private void registers(String statement) {
    String[] words = statement.split(" ", 3);
    String type = words[1].substring(1);
    for (String declared : words[2].split(",")) {
      Matcher matcher = REGISTERS.matcher(declared.strip());
      if (!matcher.matches()) {
        throw Trap.ptx("cannot read the registers " + statement);
      }
      if (matcher.group(2) == null) {
        register(matcher.group(1), type);
      } else {
        int count = Integer.parseInt(matcher.group(2));
        for (int i = 0; i < count; i++) {
          register(matcher.group(1) + i, type);
        }
      }
    }
  }

  private void register(String register, String type) {
    String unique = scopes.size() == 1 ? register : register + "@" + scopeCount;
    scopes.peek().put(register, unique);
    registers.put(unique, type);
  }

  /** What a name of the source is called here. */
  private String resolve(String written) {
    for (Map<String, String> scope : scopes) {
      String unique = scope.get(written);
      if (unique != null) {
        return unique;
      }
    }
    return written;
  }

  private Instruction instruction(String statement, int line) {
    String rest = statement;
    Operand.Register guard = null;
    OperandParser operands = new OperandParser(this::resolve, registers::containsKey, line);
    if (rest.startsWith("@")) {
      int space = rest.indexOf(' ');
      if (operands.parse(rest.substring(1, space)) instanceof Operand.Register register) {
        guard = register;
      } else {
        throw Trap.ptx("line " + line + ": cannot read the guard of " + statement);
      }
      rest = rest.substring(space + 1).strip();
    }
    int space = rest.indexOf(' ');
    String opcode = space < 0 ? rest : rest.substring(0, space);
    List<Operand> parsed = space < 0 ? List.of() : operands.list(rest.substring(space + 1));
    return new Instruction(List.of(opcode.split("\\.")), guard, parsed, line, statement);
  }
}
