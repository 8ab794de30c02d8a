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
  private static final Pattern ENTRY =
      Pattern.compile("\\.entry\\s+([\\w$]+)\\s*(?:\\(([^)]*)\\))?");
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

  /** The kernels of a PTX text, in its order. */
  static Map<String, KernelSignature> parse(String ptx) {
    Map<String, KernelSignature> kernels = new LinkedHashMap<>();
    Matcher entry = ENTRY.matcher(ptx.replaceAll("//[^\n]*", ""));
    while (entry.find()) {
      List<Parameter> parameters = new ArrayList<>();
      if (entry.group(2) != null && !entry.group(2).isBlank()) {
        for (String text : entry.group(2).split(",")) {
          parameters.add(parameter(entry.group(1), text.strip()));
        }
      }
      kernels.put(entry.group(1), new KernelSignature(entry.group(1), List.copyOf(parameters)));
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
