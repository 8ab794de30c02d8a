package org.pellucid.backend.cuda.emulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads PTX text: "PTX ISA", chapters 3 to 5 and 11, so far as the CUDA compilers write it. */
final class PtxParser {
  private static final Pattern VERSION = Pattern.compile("\\.version\\s+(\\d+\\.\\d+)");
  private static final Pattern TARGET = Pattern.compile("\\.target\\s+sm_(\\d+)");
  private static final Pattern ENTRY = Pattern.compile("(?:\\.visible\\s+)?\\.entry\\s+([\\w$]+)");
  private static final Pattern THREADS =
      Pattern.compile("\\.(?:max|req)ntid\\s+(\\d+)(?:\\s*,\\s*(\\d+))?(?:\\s*,\\s*(\\d+))?");
  private static final Pattern VARIABLE =
      Pattern.compile(
          "(?:\\.(?:visible|extern|weak|common)\\s+)*\\.(global|const|shared|local|param)\\s+"
              + "(?:\\.align\\s+(\\d+)\\s+)?\\.(\\w+)\\s+"
              + "(?:\\.ptr\\s+(?:\\.(?:global|const|shared|local)\\s+)?(?:\\.align\\s+\\d+\\s+)?)?"
              + "([\\w$]+)\\s*(\\[\\s*(\\d*)\\s*\\])?\\s*(?:=\\s*(.*))?",
          Pattern.DOTALL);

  private final String text;

  private PtxParser(String text) {
    this.text = text;
  }

  /**
   * Reads a text.
   *
   * @throws Trap if it is no PTX, or holds what is not known here
   */
  static PtxModule parse(String ptx) {
    return new PtxParser(blank(ptx)).module();
  }

  /** Comments and line tables become blanks, so that lines keep their numbers. */
  private static String blank(String ptx) {
    Matcher matcher =
        Pattern.compile("//[^\n]*|/\\*.*?\\*/|(?m)^\\s*\\.(?:loc|file)\\s[^\n]*", Pattern.DOTALL)
            .matcher(ptx);
    return matcher.replaceAll(found -> found.group().replaceAll("[^\n]", " "));
  }

  private PtxModule module() {
    Matcher version = VERSION.matcher(text);
    Matcher target = TARGET.matcher(text);
    if (!version.find() || !target.find()) {
      throw Trap.ptx("no .version or no .target: this is no PTX");
    }
    List<PtxModule.Variable> variables = new ArrayList<>();
    List<PtxModule.Variable> shared = new ArrayList<>();
    Map<String, PtxKernel> kernels = new LinkedHashMap<>();
    int at = target.end();
    while (true) {
      int start = skipBlank(at);
      if (start >= text.length()) {
        break;
      }
      int end = endOfDirective(start);
      String directive = text.substring(start, end);
      Matcher entry = ENTRY.matcher(directive);
      if (entry.lookingAt()) {
        kernels.put(entry.group(1), kernel(entry.group(1), start, end, shared));
      } else if (directive.contains(".func")) {
        throw Trap.ptx("functions are not known to the emulator: " + firstLine(directive));
      } else {
        Matcher variable = VARIABLE.matcher(directive.replaceAll(";\\s*$", "").strip());
        if (variable.matches()) {
          PtxModule.Variable parsed = variable(variable);
          (parsed.space().equals("shared") ? shared : variables).add(parsed);
        } else if (!directive.startsWith(".address_size") && !directive.equals(";")) {
          throw Trap.ptx("line " + line(start) + ": cannot read " + firstLine(directive));
        }
      }
      at = end;
    }
    return new PtxModule(version.group(1), Integer.parseInt(target.group(1)), variables, kernels);
  }

  private int skipBlank(int at) {
    int i = at;
    while (i < text.length() && (Character.isWhitespace(text.charAt(i)) || text.charAt(i) == ',')) {
      i++;
    }
    return i;
  }

  /** A directive ends with a semicolon, an entry with its body, an address size with its line. */
  private int endOfDirective(int start) {
    if (text.startsWith(".address_size", start)) {
      int end = text.indexOf('\n', start);
      return end < 0 ? text.length() : end;
    }
    boolean body = ENTRY.matcher(text).region(start, text.length()).lookingAt();
    int depth = 0;
    for (int i = start; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
        if (depth == 0 && body) {
          return i + 1;
        }
      } else if (c == ';' && depth == 0) {
        return i + 1;
      }
    }
    throw Trap.ptx("line " + line(start) + ": no end of " + firstLine(text.substring(start)));
  }

  private int line(int position) {
    return 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count();
  }

  private static String firstLine(String text) {
    return text.strip().lines().findFirst().orElse("");
  }

  private static PtxModule.Variable variable(Matcher matcher) {
    String type = matcher.group(3);
    int width = PtxKernel.width(type);
    int count =
        matcher.group(5) == null
            ? 1
            : matcher.group(6).isEmpty() ? 0 : Integer.parseInt(matcher.group(6));
    int alignment = matcher.group(2) == null ? width : Integer.parseInt(matcher.group(2));
    byte[] initial = matcher.group(7) == null ? new byte[0] : initial(matcher.group(7), width);
    return new PtxModule.Variable(
        matcher.group(4), matcher.group(1), alignment, type, count * width, initial);
  }

  private static byte[] initial(String text, int width) {
    String[] numbers = text.replaceAll("[{}\\s]", "").split(",");
    ByteBuffer bytes = ByteBuffer.allocate(numbers.length * width).order(ByteOrder.LITTLE_ENDIAN);
    for (String number : numbers) {
      byte[] value = new byte[8];
      ByteBuffer.wrap(value)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putLong(OperandParser.immediate(number).bits());
      bytes.put(value, 0, width);
    }
    return bytes.array();
  }

  private PtxKernel kernel(String name, int start, int end, List<PtxModule.Variable> shared) {
    int brace = text.indexOf('{', start);
    String head = text.substring(start, brace);
    List<PtxModule.Variable> parameters = new ArrayList<>();
    int open = head.indexOf('(');
    int close = head.indexOf(')');
    if (open >= 0) {
      Arrays.stream(head.substring(open + 1, close).split(","))
          .map(String::strip)
          .filter(parameter -> !parameter.isEmpty())
          .forEach(parameter -> parameters.add(declared(parameter)));
    }
    int mostThreads = Integer.MAX_VALUE;
    Matcher threads = THREADS.matcher(head);
    if (threads.find()) {
      mostThreads = 1;
      for (int i = 1; i <= 3; i++) {
        mostThreads *= threads.group(i) == null ? 1 : Integer.parseInt(threads.group(i));
      }
    }
    return new KernelBodyParser(name, parameters, shared, mostThreads)
        .parse(text.substring(brace + 1, end - 1), line(brace));
  }

  /** A declaration without its semicolon. */
  static PtxModule.Variable declared(String declaration) {
    Matcher matcher = VARIABLE.matcher(declaration);
    if (!matcher.matches()) {
      throw Trap.ptx("cannot read the declaration " + declaration);
    }
    return variable(matcher);
  }
}
