package org.pellucid.it.operations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.pellucid.api.GradientBackend;
import org.pellucid.api.Precision;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.op.Unary;
import org.pellucid.onnx.OnnxImporter;

/**
 * What becomes of every ONNX operator that is read, as a table in Markdown: found from the cases
 * that the other tests of this package run, so that what it says is what they prove.
 */
final class OperationsTable {
  private final List<GradientBackend> backends;
  private final Path directory;

  /** A table for backends; the directory takes a file at a time. */
  OperationsTable(List<GradientBackend> backends, Path directory) {
    this.backends = backends;
    this.directory = directory;
  }

  /** Heading and a line for each operator. */
  List<String> lines() {
    Map<String, List<OperationCase>> cases =
        OperationCases.all().stream()
            .collect(
                Collectors.groupingBy(OperationCase::operator, TreeMap::new, Collectors.toList()));
    List<String> lines = new ArrayList<>();
    lines.add(
        "| operator | opsets of its cases | becomes | gradient |"
            + backends.stream()
                .map(backend -> " `" + backend.id() + "` |")
                .collect(Collectors.joining()));
    lines.add("|---|---|---|---|" + "---|".repeat(backends.size()));
    cases.forEach((operator, each) -> lines.add(line(operator, each)));
    return lines;
  }

  private String line(String operator, List<OperationCase> cases) {
    Set<Integer> opsets = new TreeSet<>();
    Set<String> operations = new TreeSet<>();
    Set<Node> forward = new LinkedHashSet<>();
    Set<Node> backward = new LinkedHashSet<>();
    Slope slope = Slope.NONE;
    for (OperationCase one : cases) {
      opsets.add(one.opset());
      ModelGraph graph = read(one);
      graph.nodes().forEach(node -> operations.add(node.operation().name()));
      forward.addAll(graph.nodes());
      CaseGradient asked = CaseGradient.of(graph, new Random(0));
      if (asked.exists()) {
        Differentiation gradient = Differentiation.of(graph, asked.seeds().keySet(), asked.from());
        backward.addAll(gradient.graph().nodes());
        slope = slope.or(slope(graph, gradient));
      }
    }
    Set<Node> all = new HashSet<>(forward);
    all.addAll(backward);
    return "| "
        + operator
        + " | "
        + opsets.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + " | "
        + (operations.isEmpty() ? "a constant" : String.join(", ", operations))
        + " | "
        + slope.text
        + " |"
        + backends.stream()
            .map(backend -> " " + support(backend, forward, all) + " |")
            .collect(Collectors.joining());
  }

  private ModelGraph read(OperationCase one) {
    try {
      Path file = Files.write(directory.resolve("model.onnx"), one.model());
      return new OnnxImporter().read(file, ImportOptions.DEFAULT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is there of a derivative by the data. */
  private enum Slope {
    NONE("none"),
    ZERO("zero"),
    YES("yes"),
    STRAIGHT_THROUGH("straight-through");

    final String text;

    Slope(String text) {
      this.text = text;
    }

    Slope or(Slope other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  private static Slope slope(ModelGraph graph, Differentiation gradient) {
    Set<String> fromSeeds = gradient.graph().downstream(Set.copyOf(gradient.seeds().values()));
    if (gradient.gradients().values().stream().noneMatch(fromSeeds::contains)) {
      return Slope.ZERO;
    }
    return graph.nodes().stream()
            .anyMatch(node -> node.operation() instanceof Unary.RoundStraightThrough)
        ? Slope.STRAIGHT_THROUGH
        : Slope.YES;
  }

  /** In the precisions in which a backend runs all cases, forward and with their gradients. */
  private static String support(GradientBackend backend, Set<Node> forward, Set<Node> all) {
    List<String> precisions = new ArrayList<>();
    for (Precision precision : backend.precisions().stream().sorted().toList()) {
      if (runs(backend, all, precision)) {
        precisions.add(precision.id());
      } else if (runs(backend, forward, precision)) {
        precisions.add(precision.id() + " forward only");
      }
    }
    return precisions.isEmpty() ? "no" : String.join(", ", precisions);
  }

  private static boolean runs(GradientBackend backend, Set<Node> nodes, Precision precision) {
    return nodes.stream().allMatch(node -> backend.refusal(node, precision).isEmpty());
  }
}
