package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Operations;
import org.pellucid.graph.op.Reduce;

/**
 * The gradient rule of every operation against central differences of its reference evaluation, at
 * every floating input, weights included; and the gradient of the gradient against differences of
 * the gradient. In float64, over generated shapes and attributes.
 */
class GradientRulesTest {
  /** Central differences with steps of 1e-5: truncation and rounding are both below this. */
  private static final double TOLERANCE = 1e-6;

  /** Operations without floating outputs. */
  private static final Set<String> NOT_FLOATING =
      Set.of(
          "ArgMax",
          "Not",
          "Equal",
          "Less",
          "LessOrEqual",
          "Greater",
          "GreaterOrEqual",
          "And",
          "Or",
          "Xor");

  /** Operations that are constant piece by piece. */
  private static final Set<String> CONSTANT = Set.of("Sign", "Floor", "Ceil", "Round");

  /** Inputs on which an operation depends in jumps only. */
  private static final Map<String, Integer> JUMPS = Map.of("MaxPoolGrad", 0, "MaxPoolSelect", 0);

  private static Stream<OperationCase> cases() {
    return LongStream.of(1, 2).boxed().flatMap(seed -> OperationCases.of(seed).stream());
  }

  /** Operations whose cases fix inputs at kinks, ties, or where the rule is no derivative. */
  private static final Set<String> FIXED_FOR_A_REASON =
      Set.of("Pow", "Round", "RoundStraightThrough", "MaxPoolGrad", "MaxPoolSelect");

  /** The floating inputs of a case with a floating output; also those that are fixed as weights. */
  private static List<Integer> floating(OperationCase operationCase) {
    Operation operation = operationCase.operation();
    return FIXED_FOR_A_REASON.contains(operation.name())
        ? operationCase.differentiable()
        : new OperationCase(operation, operationCase.inputs(), Set.of()).differentiable();
  }

  private static Tensor seed(OperationCase operationCase, long seed) {
    return new Values(seed).signed(operationCase.expected().shape().dims());
  }

  @TestFactory
  Stream<DynamicTest> gradients() {
    Map<Class<? extends Operation>, List<OperationCase>> cases =
        cases().collect(Collectors.groupingBy(c -> c.operation().getClass()));
    return Operations.all().stream()
        .map(
            type ->
                DynamicTest.dynamicTest(
                    type.getSimpleName(), () -> cases.get(type).forEach(this::check)));
  }

  private void check(OperationCase operationCase) {
    for (int index : floating(operationCase)) {
      String at = OperationCase.input(index);
      String what = "gradient at input " + index + " of " + operationCase;
      Differentiation first = differentiate(operationCase.graph(), OperationCase.OUTPUT, at);
      Tensor seed = seed(operationCase, 7);
      double[] expected = operationCase.differences(index, seed);
      if (!first.gradients().containsKey(at)) {
        String name = operationCase.operation().name();
        assertThat(CONSTANT.contains(name) || Integer.valueOf(index).equals(JUMPS.get(name)))
            .as(what)
            .isTrue();
        assertThat(expected).as(what).containsOnly(0);
        continue;
      }
      Map<String, Tensor> feeds = new HashMap<>(operationCase.feeds());
      feeds.put(first.seeds().get(OperationCase.OUTPUT), seed);
      String gradient = first.gradients().get(at);
      assertClose(run(first.graph(), feeds, gradient), expected, what);
      checkAgain(operationCase, first, gradient, feeds, what);
    }
  }

  /** The gradient is a function of the inputs and the seed; its own gradient at all of them. */
  private void checkAgain(
      OperationCase operationCase,
      Differentiation first,
      String gradient,
      Map<String, Tensor> feeds,
      String what) {
    if (isKinkedTwice(operationCase)) {
      return;
    }
    Tensor again = new Values(8).signed(first.graph().type(gradient).shape().dims());
    List<String> tensors = new ArrayList<>(List.of(first.seeds().get(OperationCase.OUTPUT)));
    floating(operationCase).forEach(index -> tensors.add(OperationCase.input(index)));
    for (String at : tensors) {
      Differentiation second = differentiate(first.graph(), gradient, at);
      Map<String, Tensor> values = new HashMap<>(feeds);
      values.put(second.seeds().get(gradient), again);
      Tensor direction = new Values(9).signed(second.graph().type(at).shape().dims());
      double expected = slope(first.graph(), gradient, feeds, at, direction, again);
      double actual =
          second.gradients().containsKey(at)
              ? dot(run(second.graph(), values, second.gradients().get(at)), direction)
              : 0;
      assertThat(actual)
          .as("gradient at %s of the %s", at, what)
          .isCloseTo(expected, within(TOLERANCE * Math.max(1, Math.abs(expected))));
    }
  }

  /** A product's second derivative at zeros is not followed. */
  private static boolean isKinkedTwice(OperationCase operationCase) {
    return operationCase.operation() instanceof Reduce.ReduceProd
        && Arrays.stream(operationCase.inputs().get(0).toDoubleArray()).anyMatch(x -> x == 0);
  }

  private static Differentiation differentiate(ModelGraph graph, String output, String at) {
    return Differentiation.of(graph, Set.of(output), Set.of(at));
  }

  private static double[] run(ModelGraph graph, Map<String, Tensor> feeds, String tensor) {
    return new ReferenceInterpreter(graph).run(feeds, Set.of(tensor)).get(tensor).toDoubleArray();
  }

  /** By central differences, how fast a weighted sum of a tensor changes in a direction. */
  private static double slope(
      ModelGraph graph,
      String tensor,
      Map<String, Tensor> feeds,
      String at,
      Tensor direction,
      Tensor weights) {
    Map<String, Tensor> constants = new HashMap<>(graph.constants());
    Map<String, TensorType> inputs = new LinkedHashMap<>(graph.inputs());
    Map<String, Tensor> values = new HashMap<>(feeds);
    Tensor constant = constants.remove(at);
    if (constant != null) {
      inputs.put(at, constant.type());
      values.put(at, constant);
    }
    ModelGraph open =
        ModelGraph.of(inputs, constants, graph.nodes(), graph.outputs(), graph.metadata());
    double[] from = values.get(at).toDoubleArray();
    double step = 1e-5;
    double change = 0;
    // Of fourth order: gradients of powers bend too much for the difference of two.
    for (int k : new int[] {-2, -1, 1, 2}) {
      double[] moved = from.clone();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += k * step * direction.get(i);
      }
      values.put(at, Tensor.of(direction.shape(), moved));
      double factor = Math.signum(k) * (Math.abs(k) == 1 ? 8 : -1);
      change += factor * dot(run(open, values, tensor), weights);
    }
    return change / (12 * step);
  }

  private static double dot(double[] elements, Tensor weights) {
    double sum = 0;
    for (int i = 0; i < elements.length; i++) {
      sum += elements[i] * weights.get(i);
    }
    return sum;
  }

  private static void assertClose(double[] actual, double[] expected, String what) {
    assertThat(actual).as(what).hasSize(expected.length);
    double scale = 1;
    for (double element : expected) {
      scale = Math.max(scale, Math.abs(element));
    }
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(actual[i] - expected[i]) <= TOLERANCE * scale)) {
        assertThat(actual).as(what).containsExactly(expected);
      }
    }
  }

  /** No rule, and no floating input of one, goes unchecked. */
  @Test
  void everyOperationAndEveryFloatingInputHasACase() {
    Map<String, Set<Integer>> checked = new TreeMap<>();
    cases()
        .forEach(
            operationCase ->
                checked
                    .computeIfAbsent(operationCase.operation().name(), name -> new TreeSet<>())
                    .addAll(floating(operationCase)));
    Set<String> operations = new TreeSet<>();
    for (Class<? extends Operation> type : Operations.all()) {
      String name = type.getSimpleName();
      operations.add(name);
      Set<Integer> inputs =
          switch (name) {
            case "Conv", "ConvTranspose", "Gemm" -> Set.of(0, 1, 2);
            case "BatchNormalization" -> Set.of(0, 1, 2, 3, 4);
            case "MatMul", "MaxPoolGrad", "MaxPoolSelect" -> Set.of(0, 1);
            case "Where" -> Set.of(1, 2);
            // No derivative: its gradient is a known answer of OperationContract.
            case "RoundStraightThrough" -> Set.of();
            default -> Binary.Arithmetic.class.isAssignableFrom(type) ? Set.of(0, 1) : Set.of(0);
          };
      if (!NOT_FLOATING.contains(name)) {
        assertThat(checked.get(name)).as(name).containsAll(inputs);
      }
    }
    assertThat(checked.keySet()).isEqualTo(operations);
  }
}
