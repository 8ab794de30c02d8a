package org.pellucid.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.LoadedModel;
import org.pellucid.api.Precision;
import org.pellucid.api.Tap;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;
import org.pellucid.graph.gradient.Differentiation;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Operations;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Transpose;
import org.pellucid.graph.op.Unary;

/** Every operation means what its reference evaluation says, and has the derivative it says. */
abstract class OperationContract extends BackendQuestions {
  /** float32 rounds to 6e-8; sums of some dozens and steep functions need some more. */
  private static final double FLOAT_ROUNDING = 2e-5;

  /** Central differences with steps of 1e-5 in float64. */
  private static final double DIFFERENCES = 1e-6;

  @Test
  void everyOperationHasCases() {
    Set<Class<?>> covered =
        OperationCases.of(0).stream()
            .map(operationCase -> operationCase.operation().getClass())
            .collect(Collectors.toSet());
    assertThat(covered).containsAll(Operations.all());
  }

  @TestFactory
  Stream<DynamicTest> operations() {
    Map<Class<? extends Operation>, List<OperationCase>> cases =
        OperationCases.of(1).stream().collect(Collectors.groupingBy(c -> c.operation().getClass()));
    return Operations.all().stream()
        .map(
            type ->
                DynamicTest.dynamicTest(
                    type.getSimpleName(), () -> cases.get(type).forEach(this::check)));
  }

  private void check(OperationCase operationCase) {
    for (Precision precision : List.of(Precision.FLOAT64, Precision.FLOAT32)) {
      if (!backend().precisions().contains(precision)) {
        continue;
      }
      LoadOptions options = exact().with(precision);
      Optional<String> refusal = backend().refusal(operationCase.node(), precision);
      if (refusal.isPresent()) {
        requireDeclared(operationCase.node(), precision);
        assertThatThrownBy(() -> backend().load(operationCase.graph(), options))
            .isInstanceOf(UnsupportedModelException.class)
            .hasMessageContaining(operationCase.node().name());
        continue;
      }
      check(operationCase, options);
    }
  }

  private void check(OperationCase operationCase, LoadOptions options) {
    boolean exact = options.precision() == Precision.FLOAT64;
    Set<Tap> taps =
        operationCase.differentiable().stream()
            .map(OperationCase::input)
            .map(Tap::new)
            .collect(Collectors.toSet());
    String what = operationCase + " in " + options.precision().id();
    try (LoadedModel model = backend().load(operationCase.graph(), options);
        ForwardPass pass = model.forward(operationCase.feeds(), taps)) {
      Tensor expected = operationCase.expected();
      Tensor output = pass.outputs().get(OperationCase.OUTPUT);
      assertThat(output.shape()).as(what).isEqualTo(expected.shape());
      assertThat(output.elementType())
          .as(what)
          .isEqualTo(
              expected.elementType().isFloating()
                  ? exact ? ElementType.FLOAT64 : ElementType.FLOAT32
                  : expected.elementType());
      assertClose(output, expected, exact ? 1e-10 : FLOAT_ROUNDING, what);
      if (exact && !taps.isEmpty()) {
        checkGradients(operationCase, pass, taps, what);
      }
    }
  }

  private void checkGradients(
      OperationCase operationCase, ForwardPass pass, Set<Tap> taps, String what) {
    Tensor seed = seed(operationCase.expected().shape(), 7);
    Map<Tap, Tensor> gradients;
    try {
      gradients = pass.backward(Map.of(new Tap(OperationCase.OUTPUT), seed), taps);
    } catch (UnsupportedModelException lack) {
      // Where the gradient is made of operations, too, some of them may be declared as refused.
      List<Node> lacking = lackingGradient(operationCase, taps);
      if (lacking.isEmpty()) {
        throw lack;
      }
      lacking.forEach(
          node -> assertThat(lack).as(what).hasMessageContaining(node.operation().name()));
      return;
    }
    for (int index : operationCase.differentiable()) {
      Tensor gradient = gradients.get(new Tap(OperationCase.input(index)));
      assertThat(gradient.shape()).isEqualTo(operationCase.inputs().get(index).shape());
      assertClose(
          gradient,
          operationCase.differences(index, seed),
          DIFFERENCES,
          "gradient at input " + index + " of " + what);
    }
  }

  /** The nodes of the differentiated case that the backend refuses, all of them declared. */
  private List<Node> lackingGradient(OperationCase operationCase, Set<Tap> taps) {
    Set<String> at = taps.stream().map(Tap::tensor).collect(Collectors.toSet());
    List<Node> lacking =
        Differentiation.of(operationCase.graph(), Set.of(OperationCase.OUTPUT), at)
            .graph()
            .nodes()
            .stream()
            .filter(node -> backend().refusal(node, exact().precision()).isPresent())
            .toList();
    lacking.forEach(node -> requireDeclared(node, exact().precision()));
    return lacking;
  }

  /** A lack that is declared and is none misleads. */
  @Test
  void whatIsDeclaredAsRefusedIsRefused() {
    Set<Class<?>> found =
        OperationCases.of(1).stream()
            .filter(
                operationCase ->
                    backend().precisions().stream()
                        .anyMatch(
                            precision ->
                                backend().refusal(operationCase.node(), precision).isPresent()))
            .map(operationCase -> operationCase.operation().getClass())
            .collect(Collectors.toSet());
    assertThat(found)
        .as("operations that are refused for some attributes; refused() declares more than these")
        .containsAll(refused());
  }

  /**
   * Where feature maps become tokens, gradients come back with the strides of a transposed tensor,
   * of which engines may take another way.
   */
  @Test
  void gradientsOfTransposedResults() {
    for (OperationCase operationCase : OperationCases.of(3)) {
      Shape shape = operationCase.expected().shape();
      if (shape.rank() < 3
          || shape.dim(1) < 2
          || operationCase.differentiable().isEmpty()
          || backend().refusal(operationCase.node(), exact().precision()).isPresent()) {
        continue;
      }
      Set<Tap> taps =
          operationCase.differentiable().stream()
              .map(OperationCase::input)
              .map(Tap::new)
              .collect(Collectors.toSet());
      if (!lackingGradient(operationCase, taps).isEmpty()) {
        continue;
      }
      Tensor seed = seed(shape, 5);
      Map<Tap, Tensor> plain =
          gradients(operationCase, operationCase.graph(), taps, OperationCase.OUTPUT, seed);
      ModelGraph tokens = tokens(operationCase.graph(), shape);
      Tensor turned = new Transpose(List.of(0, 2, 1)).evaluate(List.of(seed.reshape(flat(shape))));
      gradients(operationCase, tokens, taps, "tokens", turned)
          .forEach(
              (tap, gradient) ->
                  assertClose(
                      gradient,
                      plain.get(tap).toDoubleArray(),
                      rounding(),
                      "gradient at " + tap + " by way of tokens of " + operationCase));
    }
  }

  private Map<Tap, Tensor> gradients(
      OperationCase operationCase, ModelGraph graph, Set<Tap> taps, String output, Tensor seed) {
    try (LoadedModel model = backend().load(graph, exact());
        ForwardPass pass = model.forward(operationCase.feeds(), taps)) {
      return pass.backward(Map.of(new Tap(output), seed), taps);
    }
  }

  private static Shape flat(Shape shape) {
    return Shape.of(shape.dim(0), shape.dim(1), Math.toIntExact(shape.sizeOf(2, shape.rank())));
  }

  private static ModelGraph tokens(ModelGraph graph, Shape shape) {
    List<Node> nodes = new ArrayList<>(graph.nodes());
    nodes.add(
        new Node("flat", new Reshape(flat(shape)), List.of(OperationCase.OUTPUT), "flat", ""));
    nodes.add(new Node("tokens", new Transpose(List.of(0, 2, 1)), List.of("flat"), "tokens", ""));
    return ModelGraph.of(
        graph.inputs(), graph.constants(), nodes, List.of("tokens"), graph.metadata());
  }

  /** The gradients of the sum of the output, one array per input. */
  private List<double[]> derivatives(Operation operation, Tensor... inputs) {
    OperationCase operationCase = new OperationCase(operation, List.of(inputs), Set.of());
    Tensor output = operationCase.expected();
    double[] ones = new double[output.size()];
    Arrays.fill(ones, 1);
    List<Tap> taps =
        operationCase.differentiable().stream().map(OperationCase::input).map(Tap::new).toList();
    try (LoadedModel model = backend().load(operationCase.graph(), exact());
        ForwardPass pass = model.forward(operationCase.feeds(), Set.copyOf(taps))) {
      Map<Tap, Tensor> gradients =
          pass.backward(
              Map.of(new Tap(OperationCase.OUTPUT), Tensor.of(output.shape(), ones)),
              Set.copyOf(taps));
      return taps.stream().map(tap -> gradients.get(tap).toDoubleArray()).toList();
    }
  }

  private static Tensor line(double... elements) {
    return Tensor.of(Shape.of(elements.length), elements);
  }

  @Test
  void derivativesAtKinks() {
    assertThat(derivatives(new Unary.Relu(), line(-1, 0, 1)).get(0)).containsExactly(0, 0, 1);
    assertThat(derivatives(new Unary.LeakyRelu(0.25), line(-1, 0, 1)).get(0))
        .containsExactly(0.25, 0.25, 1);
    assertThat(derivatives(new Unary.Abs(), line(-2, 0, 2)).get(0)).containsExactly(-1, 0, 1);
    assertThat(derivatives(new Unary.Clip(-1, 2), line(-1.5, -1, 0, 2, 2.5)).get(0))
        .containsExactly(0, 1, 1, 1, 0);
    assertThat(derivatives(new Unary.HardSigmoid(0.25, 0.5), line(-3, -2, 0, 2, 3)).get(0))
        .containsExactly(0, 0, 0.25, 0, 0);
    assertClose(
        line(derivatives(new Unary.HardSwish(), line(-4, -3, 0, 3, 4)).get(0)),
        new double[] {0, -0.5, 0.5, 1.5, 1},
        rounding(),
        "HardSwish at kinks");
    assertThat(derivatives(new Unary.Sign(), line(-2, 0, 2)).get(0)).containsExactly(0, 0, 0);
    assertThat(derivatives(new Unary.Round(), line(-0.5, 0.2, 1.5)).get(0))
        .containsExactly(0, 0, 0);
    assertThat(derivatives(new Unary.RoundStraightThrough(), line(-0.5, 0.2, 1.5)).get(0))
        .containsExactly(1, 1, 1);
    List<double[]> prelu = derivatives(new Binary.PRelu(), line(-1, 0, 1), line(0.25, 0.5, 0.75));
    assertThat(prelu.get(0)).containsExactly(0.25, 0.5, 1);
  }

  @Test
  void tiesShareTheGradientOrGoToTheFirst() {
    for (Operation operation : List.of(new Binary.Min(), new Binary.Max())) {
      List<double[]> both = derivatives(operation, line(3), line(3));
      assertThat(both.get(0)).containsExactly(0.5);
      assertThat(both.get(1)).containsExactly(0.5);
    }
    double third = 1 / 3.0;
    assertClose(
        line(derivatives(new Reduce.ReduceMax(List.of(0), false), line(5, 1, 5, 5, 0)).get(0)),
        new double[] {third, 0, third, third, 0},
        rounding(),
        "shares of the largest");
    assertThat(derivatives(new Reduce.ReduceMin(List.of(0), true), line(2, 1, 1)).get(0))
        .containsExactly(0, 0.5, 0.5);
  }

  /** Windows of zeros, as there are many after a ReLU; overlapping ones add up. */
  @Test
  void maxPoolTiesGoToTheFirstInWindowOrder() {
    Operation halves =
        new MaxPool(
            List.of(2, 2), List.of(2, 2), List.of(1, 1), List.of(0, 0), List.of(0, 0), false);
    double[] x = new double[16];
    x[7] = 1;
    x[6] = 1;
    assertThat(derivatives(halves, Tensor.of(Shape.of(1, 1, 4, 4), x)).get(0))
        .containsExactly(1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0);

    Operation padded =
        new MaxPool(
            List.of(3, 3), List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1), false);
    assertThat(derivatives(padded, Tensor.of(Shape.of(1, 1, 2, 2), new double[4])).get(0))
        .containsExactly(4, 0, 0, 0);

    Operation uneven =
        new MaxPool(
            List.of(2, 2), List.of(1, 1), List.of(2, 2), List.of(1, 0), List.of(0, 1), true);
    assertThat(derivatives(uneven, Tensor.of(Shape.of(1, 1, 3, 3), new double[9])).get(0))
        .containsExactly(1, 1, 0, 1, 1, 0, 0, 0, 0);
  }
}
