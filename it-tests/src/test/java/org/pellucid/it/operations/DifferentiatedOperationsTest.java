package org.pellucid.it.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.graph.ImportOptions;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.op.Operations;
import org.pellucid.onnx.OnnxImporter;

/**
 * The differentiated graph of every ONNX operator against PyTorch's autograd in float64, first and
 * second derivatives: two roads to a gradient that share no rule.
 */
class DifferentiatedOperationsTest {
  /** One of so many cases is differentiated twice: second gradients are larger than first ones. */
  private static final int TWICE = 3;

  /** Operations of the networks and of their first and second gradients. */
  private final Set<Class<? extends Operation>> reached = new LinkedHashSet<>();

  @TempDir private static Path directory;

  @TestFactory
  Stream<DynamicTest> agreesWithAutograd() {
    Map<String, List<OperationCase>> cases =
        OperationCases.all().stream()
            .collect(
                Collectors.groupingBy(OperationCase::operator, TreeMap::new, Collectors.toList()));
    Stream<DynamicTest> checks =
        cases.entrySet().stream()
            .map(
                entry ->
                    DynamicTest.dynamicTest(
                        entry.getKey() + ", " + entry.getValue().size() + " cases",
                        () -> check(entry.getValue())));
    return Stream.concat(
        checks,
        Stream.of(
            DynamicTest.dynamicTest(
                "every operation was reached",
                () -> assertThat(reached).containsExactlyInAnyOrderElementsOf(Operations.all()))));
  }

  private void check(List<OperationCase> cases) throws IOException {
    List<DifferentiatedCase> differentiated = new ArrayList<>();
    for (OperationCase one : cases) {
      Path file = Files.write(directory.resolve("model.onnx"), one.model());
      ModelGraph graph = new OnnxImporter().read(file, ImportOptions.DEFAULT);
      reach(graph);
      Random random = new Random(one.name().hashCode());
      CaseGradient asked = CaseGradient.of(graph, random);
      if (asked.exists()) {
        boolean twice = differentiated.size() % TWICE == 0;
        differentiated.add(
            DifferentiatedCase.of(one.name() + "/", graph, one.inputs(), asked, random, twice));
      }
    }
    differentiated.forEach(one -> reach(one.second().graph()));
    if (!differentiated.isEmpty()) {
      assertThat(AutogradComparison.disagreements(differentiated)).isEmpty();
    }
  }

  private void reach(ModelGraph graph) {
    graph.nodes().stream().map(Node::operation).map(Operation::getClass).forEach(reached::add);
  }
}
