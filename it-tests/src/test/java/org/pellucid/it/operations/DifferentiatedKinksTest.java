package org.pellucid.it.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.pellucid.graph.ModelGraph;
import org.pellucid.testkit.OperationCase;

/**
 * The differentiated graph exactly at kinks and ties, where there is nothing to tell by
 * differences: what PyTorch's autograd answers, first and second derivatives.
 */
class DifferentiatedKinksTest {
  @TestFactory
  Stream<DynamicTest> agreesWithAutograd() {
    Map<String, List<OperationCase>> cases =
        KinkCases.all().stream()
            .collect(
                Collectors.groupingBy(
                    one -> one.operation().name(), TreeMap::new, Collectors.toList()));
    return cases.entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> check(entry.getValue())));
  }

  private static void check(List<OperationCase> cases) {
    List<DifferentiatedCase> differentiated = new ArrayList<>();
    Random random = new Random(5);
    for (OperationCase one : cases) {
      ModelGraph graph = one.graph();
      CaseGradient asked = CaseGradient.of(graph, random);
      String name = differentiated.size() + " " + one.operation() + "/";
      differentiated.add(DifferentiatedCase.of(name, graph, one.feeds(), asked, random, true));
    }
    assertThat(AutogradComparison.disagreements(differentiated)).isEmpty();
  }
}
