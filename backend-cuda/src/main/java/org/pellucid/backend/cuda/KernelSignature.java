package org.pellucid.backend.cuda;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A kernel's parameters, as its PTX declares them.
 *
 * @param name the kernel
 * @param parameters in order
 */
record KernelSignature(String name, List<Parameter> parameters) {
  private static final String ENTRY = ".entry";
  private static final Pattern PARAMETER =
      Pattern.compile(
          "\\.param\\s+(?:\\.align\\s+(\\d+)\\s+)?\\.([a-z])(\\d+)\\s+"
              + "(?:\\.ptr\\s+(?:\\.\\w+\\s+)??(?:\\.align\\s+\\d+\\s+)?)?([\\w$]+)(?:\\[(\\d+)\\])?");

  /**
   * A parameter.
   *
   * @param type {@code u32}, {@code f32}, {@code u64}; {@code b8} with {@code bytes} of any size is
   *     a structure
   * @param bytes its size
   * @param alignment what its offset is a multiple of
   */
  record Parameter(String type, int bytes, int alignment) {
    boolean isStructure() {
      return type.equals("b8") && bytes != 1;
    }

    boolean isFloating() {
      return type.startsWith("f");
    }

    @Override
    public String toString() {
      return isStructure() ? "a structure of " + bytes + " bytes" : "." + type;
    }
  }

  /** The kernels of a PTX text, in its order. Texts are long, so each is read in one sweep. */
  static Map<String, KernelSignature> parse(String ptx) {
    Map<String, KernelSignature> kernels = new LinkedHashMap<>();
    for (int at = ptx.indexOf(ENTRY); at >= 0; at = ptx.indexOf(ENTRY, at + 1)) {
      int line = ptx.lastIndexOf('\n', at) + 1;
      if (ptx.startsWith("//", line)) {
        continue;
      }
      // A kernel without parameters may have no parentheses.
      int body = ptx.indexOf('{', at);
      String head = ptx.substring(at + ENTRY.length(), body < 0 ? ptx.length() : body);
      int open = head.indexOf('(');
      String name = (open < 0 ? head : head.substring(0, open)).strip().split("\\s", 2)[0];
      List<Parameter> parameters = new ArrayList<>();
      if (open >= 0) {
        for (String text : head.substring(open + 1, head.indexOf(')')).split(",")) {
          if (!text.isBlank()) {
            parameters.add(parameter(name, text.strip()));
          }
        }
      }
      kernels.put(name, new KernelSignature(name, List.copyOf(parameters)));
    }
    return kernels;
  }

  private static Parameter parameter(String kernel, String text) {
    Matcher matcher = PARAMETER.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "Kernel " + kernel + " has a parameter that reads " + text);
    }
    int width = Integer.parseInt(matcher.group(3)) / 8;
    int count = matcher.group(5) == null ? 1 : Integer.parseInt(matcher.group(5));
    int alignment = matcher.group(1) == null ? width : Integer.parseInt(matcher.group(1));
    return new Parameter(matcher.group(2) + matcher.group(3), width * count, alignment);
  }
}
