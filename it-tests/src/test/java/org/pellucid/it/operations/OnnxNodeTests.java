package org.pellucid.it.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.PellucidException;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.onnx.OnnxImporter;

/**
 * The ONNX project's own tests of single nodes, imported and interpreted, and the page that counts
 * them. They are no part of the build: {@code src/test/fixtures/write_node_tests.py} makes the
 * folder, and says how this is run.
 */
@EnabledIfSystemProperty(named = "pellucid.nodeTests", matches = ".+")
class OnnxNodeTests {
  private static final Path PAGE = Path.of("..", "docs", "onnx-node-tests.md");

  /** Of ONNX's own runner, and so many steps of narrower types as rounding in between may cost. */
  private static double relative(String type) {
    return switch (type) {
      case "bfloat16" -> 0x1p-6;
      case "float16" -> 0x1p-9;
      default -> 1e-3;
    };
  }

  /** Of ONNX's own runner, and of the largest number, which float32 rounds by as much. */
  private static final double ABSOLUTE = 1e-7;

  private static final double OF_LARGEST = 0x1p-22;

  private static final Pattern REFUSAL =
      Pattern.compile(
          "Node \"[^\"]*\" uses (\\w+) \\(.*?\\), which is not supported(?:: (.*?))?(?:; Node .*)?");

  private record Value(String name, String type, int[] shape, String[] elements) {
    Tensor tensor() {
      Shape whole = Shape.of(shape);
      if (type.contains("float") || type.equals("double")) {
        double[] numbers = new double[elements.length];
        for (int i = 0; i < numbers.length; i++) {
          numbers[i] =
              switch (elements[i]) {
                case "nan" -> Double.NaN;
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(elements[i]);
              };
        }
        return Tensor.of(whole, numbers);
      }
      long[] numbers = new long[elements.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = Long.parseUnsignedLong(elements[i].replace("-", ""));
        numbers[i] = elements[i].startsWith("-") ? -numbers[i] : numbers[i];
      }
      Tensor integers = Tensor.of(whole, numbers);
      return type.equals("bool") ? integers.cast(ElementType.BOOL) : integers;
    }
  }

  private record Case(
      String name,
      List<String> operators,
      String domain,
      String incomparable,
      List<Value> inputs,
      List<Value> outputs,
      List<Integer> given) {}

  private record Cases(String onnx, List<Case> cases) {}

  /** What became of a case. */
  private enum Outcome {
    AS_IT_IS("pass as they are"),
    WITH_CONSTANTS(
        "pass once inputs are constants, as exporters write them (shapes, axes, scales)"),
    DIFFERS("differ"),
    REFUSED("refused, with a reason"),
    INCOMPARABLE("not of tensors of numbers, or of floats of 8 or 4 bits, or integers of 2");

    final String text;

    Outcome(String text) {
      this.text = text;
    }
  }

  private record Found(Outcome outcome, String reason) {}

  private Path folder;

  @Test
  void countsAndLists() throws IOException {
    folder = Path.of(System.getProperty("pellucid.nodeTests"));
    Cases all = new Gson().fromJson(Files.readString(folder.resolve("cases.json")), Cases.class);
    Map<Outcome, Integer> counts = new TreeMap<>();
    Map<String, List<String>> reasons = new TreeMap<>();
    Map<String, String> differing = new LinkedHashMap<>();
    for (Case one : all.cases()) {
      Found found = run(one);
      counts.merge(found.outcome(), 1, Integer::sum);
      if (found.outcome() == Outcome.DIFFERS) {
        differing.put(one.name(), found.reason());
      } else if (!found.reason().isEmpty()) {
        reasons.computeIfAbsent(found.reason(), reason -> new ArrayList<>()).add(one.name());
      }
    }
    Files.writeString(PAGE, String.join("\n", page(all, counts, reasons, differing)) + "\n");
    assertThat(differing.keySet()).allMatch(name -> !known(name).isEmpty());
    assertThat(counts.values().stream().mapToInt(Integer::intValue).sum())
        .isEqualTo(all.cases().size());
  }

  /** Why a test differs that is no mistake of ours, empty where that is not known. */
  private static String known(String name) {
    if (name.startsWith("dynamicquantizelinear")) {
      return "Between two integers, as float32 rounds the scale and float64 does not; the backends"
          + " in float32 agree with ONNX Runtime";
    }
    if (name.equals("maxunpool_export_with_output_shape")) {
      return "Places are counted in the output, as MaxPool counts them in its input and ONNX Runtime"
          + " and PyTorch do; the test counts them in a smaller one and adds zeros";
    }
    if (name.startsWith("resize_downsample_scales_") && name.endsWith("_align_corners")) {
      return "The specification divides by the length of the result less one, which is a whole"
          + " number, and so do ONNX Runtime and PyTorch; the test's reference takes the length"
          + " times the scale, which is not";
    }
    return "";
  }

  private static List<String> page(
      Cases all,
      Map<Outcome, Integer> counts,
      Map<String, List<String>> reasons,
      Map<String, String> differing) {
    List<String> lines = new ArrayList<>();
    lines.add("# ONNX's own node tests");
    lines.add("");
    lines.add(
        "The Python package `onnx` ("
            + all.onnx()
            + ") has "
            + all.cases().size()
            + " tests of single nodes. This page tells what becomes of each when the importer reads"
            + " it and the reference interpreter runs it in float64, within ONNX's own tolerance (1e-3"
            + " of a number, and 2^-22 of the largest; of bfloat16 2^-6 and of float16 2^-9, as nothing is rounded to these on"
            + " the way). It is written by `OnnxNodeTests`;"
            + " `it-tests/src/test/fixtures/write_node_tests.py` says how.");
    lines.add("");
    lines.add("| | |");
    lines.add("|---|---|");
    for (Outcome outcome : Outcome.values()) {
      lines.add("| " + outcome.text + " | " + counts.getOrDefault(outcome, 0) + " |");
    }
    lines.add("");
    lines.add("## Those that differ");
    lines.add("");
    differing.forEach(
        (name, reason) -> lines.add("- `" + name + "`: " + reason + ". " + known(name)));
    lines.add("");
    lines.add("## Those that are refused or were not compared");
    lines.add("");
    lines.add(
        "By the importer's own reason. Most are of training, text, sound, files and language"
            + " models. Of networks of images, detectors have NonMaxSuppression and its like behind"
            + " the boxes, where the model can be cut; exporters unroll loops; and those that read"
            + " text line by line are recurrent, which is not supported.");
    lines.add("");
    lines.add("| why | how many | which |");
    lines.add("|---|---|---|");
    Map<String, Map<String, List<String>>> grouped = new TreeMap<>();
    reasons.forEach(
        (reason, names) -> {
          String[] parts = reason.split(": ", 2);
          grouped.computeIfAbsent(parts[1], why -> new TreeMap<>()).put(parts[0], names);
        });
    grouped.forEach(
        (why, operators) ->
            lines.add(
                "| "
                    + why.replace("|", "\\|")
                    + " | "
                    + operators.values().stream().mapToInt(List::size).sum()
                    + " | "
                    + operators.entrySet().stream()
                        .map(
                            one ->
                                (one.getKey().isEmpty() ? "" : "**" + one.getKey() + "**: ")
                                    + String.join(", ", one.getValue()))
                        .collect(Collectors.joining("; "))
                    + " |"));
    return lines;
  }

  /** The first of the case's models that is read decides. */
  private Found run(Case one) throws IOException {
    if (one.incomparable() != null) {
      String kind = one.incomparable().replaceFirst("^an? ", "");
      return new Found(Outcome.INCOMPARABLE, ": not compared: its values are of type " + kind);
    }
    String refusal = "";
    for (int given : one.given()) {
      if (one.inputs().subList(0, given).stream().anyMatch(value -> value.elements().length == 0)) {
        refusal = ": an input has no elements, and a length of 0 is read as open";
        continue;
      }
      try {
        Optional<String> difference = difference(one, given);
        boolean whole = given == one.inputs().size();
        return difference.isPresent()
            ? new Found(Outcome.DIFFERS, difference.get())
            : new Found(whole ? Outcome.AS_IT_IS : Outcome.WITH_CONSTANTS, "");
      } catch (PellucidException e) {
        // Of what is given more and more, the last is what stays.
        refusal = reason(one, e.getMessage());
      }
    }
    return new Found(Outcome.REFUSED, refusal);
  }

  private static String reason(Case one, String message) {
    Matcher refused = REFUSAL.matcher(message);
    if (refused.matches()) {
      String why = refused.group(2);
      return refused.group(1) + (why == null ? ": not read" : ": " + why);
    }
    return String.join(", ", one.operators())
        + ": "
        + message
            .replaceAll("\"[^\"]*\"", "...")
            .replaceAll("opset \\d+", "opset")
            .replaceAll("\\[[^\\]]*\\]", "[...]");
  }

  private Optional<String> difference(Case one, int given) throws IOException {
    Path file = folder.resolve(one.name()).resolve(given + ".onnx");
    ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    for (Value value : one.inputs().subList(0, given)) {
      inputs.put(value.name(), value.tensor());
    }
    Map<String, Tensor> found =
        new ReferenceInterpreter(graph).run(inputs, Set.copyOf(graph.outputs()));
    for (Value value : one.outputs()) {
      Tensor expected = value.tensor();
      Tensor actual = found.get(value.name());
      if (!actual.shape().equals(expected.shape())) {
        return Optional.of(
            value.name() + " is of shape " + actual.shape() + ", not " + expected.shape());
      }
      double largest = 0;
      for (int i = 0; i < expected.size() && expected.elementType().isFloating(); i++) {
        double size = Math.abs(expected.get(i));
        largest = Double.isFinite(size) ? Math.max(largest, size) : largest;
      }
      double absolute = Math.max(ABSOLUTE, OF_LARGEST * largest);
      for (int i = 0; i < expected.size(); i++) {
        double a = actual.get(i);
        double e = expected.get(i);
        boolean same =
            Double.compare(a, e) == 0
                || a == e
                || Math.abs(a - e) <= absolute + relative(value.type()) * Math.abs(e);
        if (!same) {
          return Optional.of("%s at %d is %s, not %s".formatted(value.name(), i, a, e));
        }
      }
    }
    return Optional.empty();
  }
}
