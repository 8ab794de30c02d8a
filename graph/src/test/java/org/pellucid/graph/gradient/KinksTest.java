package org.pellucid.graph.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;

/**
 * Derivatives at kinks, ties and singular points, as the operations' documentation states them. The
 * numbers are those of PyTorch's autograd, but for Clip: PyTorch releases differ in what clamp has
 * at its bounds, and Pellucid keeps to 1.
 */
class KinksTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static Arguments at(Unary operation, double[] x, double... derivatives) {
    return Arguments.of(operation, x, derivatives);
  }

  private static double[] x(double... elements) {
    return elements;
  }

  static Stream<Arguments> unary() {
    return Stream.of(
        at(new Unary.Relu(), x(-1, 0, 1), 0, 0, 1),
        at(new Unary.LeakyRelu(0.1), x(-1, 0, 1), 0.1, 0.1, 1),
        at(new Unary.LeakyRelu(-0.1), x(-1, 0, 1), -0.1, -0.1, 1),
        at(new Unary.LeakyRelu(1.5), x(-1, 0, 1), 1.5, 1.5, 1),
        at(new Unary.Elu(0.5), x(0, 1), 0.5, 1),
        at(new Unary.Elu(1), x(0, 1), 1, 1),
        at(new Unary.Elu(-0.5), x(-1, 1), -0.5 * Math.exp(-1), 1),
        at(new Unary.Selu(1.5, 2), x(0, 1), 3, 2),
        at(new Unary.Celu(0.5), x(0, 1), 1, 1),
        at(new Unary.ThresholdedRelu(1), x(0, 1, 2), 0, 0, 1),
        at(new Unary.ThresholdedRelu(-0.3), x(-0.3, 0, 2), 0, 1, 1),
        at(new Unary.HardSigmoid(0.2, 0.5), x(-3, -2.5, 0, 2.5, 3), 0, 0, 0.2, 0, 0),
        at(new Unary.HardSigmoid(1 / 6.0, 0.5), x(-3, 0, 3), 0, 1 / 6.0, 0),
        at(new Unary.HardSwish(), x(-4, -3, 0, 3, 4), 0, -0.5, 0.5, 1.5, 1),
        at(new Unary.Abs(), x(-2, 0, 2), -1, 0, 1),
        at(new Unary.Softsign(), x(0, 2), 1, 1 / 9.0),
        at(new Unary.Sqrt(), x(0, 4), INFINITY, 0.25),
        at(new Unary.Clip(0, 6), x(-1, 0, 3, 6, 7), 0, 1, 1, 1, 0),
        at(new Unary.Clip(-INFINITY, 0.1), x(-1, 0.1, 1), 1, 1, 0),
        at(new Unary.Clip(-INFINITY, INFINITY), x(-1e300, 1e300), 1, 1),
        at(new Unary.Sigmoid(), x(-800, 800), 0, 0),
        at(new Unary.Swish(1), x(-800, 0, 800), 0, 0.5, 1),
        at(new Unary.Mish(), x(-800, 800), 0, 1),
        at(new Unary.Softplus(), x(-800, 0, 800), 0, 0.5, 1),
        at(new Unary.Gelu(false), x(-800, 0, 800), 0, 0.5, 1),
        at(new Unary.Gelu(true), x(-800, 0, 800), 0, 0.5, 1),
        at(new Unary.Tanh(), x(-800, 0, 800), 0, 1, 0),
        at(new Unary.Elu(1), x(-800, 800), 0, 1));
  }

  @ParameterizedTest
  @MethodSource("unary")
  void ofOneTensor(Unary operation, double[] x, double[] derivatives) {
    // -0 would be as good as 0.
    assertThat(derivatives(operation, line(x)).get(0))
        .usingElementComparator((a, b) -> Math.abs(a - b) <= 1e-15 || a.equals(b) ? 0 : 1)
        .containsExactly(derivatives);
  }

  @Test
  void ofPowersAtZeroAndOfNegativeNumbers() {
    List<double[]> powers =
        derivatives(
            new Binary.Pow(), line(0, 0, 0, 0, 0, -2, 1, 2), line(0, 1, 2, 0.5, -1, 2, 3, 0));
    assertThat(powers.get(0)).containsExactly(0, 1, 0, INFINITY, -INFINITY, -4, 3, 0);
    double notANumber = Double.NaN;
    assertThat(powers.get(1)).containsExactly(0, 0, 0, 0, -INFINITY, notANumber, 0, Math.log(2));
  }

  @Test
  void ofTwoTensors() {
    assertThat(derivatives(new Binary.Max(), line(1, 2, 3), line(3, 2, 1)))
        .containsExactly(x(0, 0.5, 1), x(1, 0.5, 0));
    assertThat(derivatives(new Binary.Min(), line(1, 2, 3), line(3, 2, 1)))
        .containsExactly(x(1, 0.5, 0), x(0, 0.5, 1));
    assertThat(derivatives(new Binary.Max(), line(-INFINITY, 1), line(-INFINITY, INFINITY)))
        .containsExactly(x(0.5, 0), x(0.5, 1));
    assertThat(derivatives(new Binary.PRelu(), line(-1, 0, 1), line(0.25, 0.25, 0.25)))
        .containsExactly(x(0.25, 0.25, 1), x(-1, 0, 0));
    assertThat(derivatives(new Binary.Mod(true), line(5.5, -5.5, 6), line(2, 2, 2)))
        .containsExactly(x(1, 1, 1), x(-2, 2, -3));
    assertThat(derivatives(new Binary.Mod(false), line(5.5, -5.5, 6), line(2, 2, -2)))
        .containsExactly(x(1, 1, 1), x(-2, 3, 3));
  }

  @Test
  void ofReductions() {
    List<Integer> all = List.of(0);
    assertThat(derivatives(new Reduce.ReduceMax(all, false), line(5, 1, 5, 5)).get(0))
        .containsExactly(x(1 / 3.0, 0, 1 / 3.0, 1 / 3.0), within(1e-15));
    assertThat(derivatives(new Reduce.ReduceMin(all, true), line(2, 1, 1)).get(0))
        .containsExactly(0, 0.5, 0.5);
    assertThat(derivatives(new Reduce.ReduceProd(all, false), line(2, 3, 4)).get(0))
        .containsExactly(12, 8, 6);
    assertThat(derivatives(new Reduce.ReduceProd(all, false), line(2, 0, 3)).get(0))
        .containsExactly(0, 6, 0);
    assertThat(derivatives(new Reduce.ReduceProd(all, true), line(0, 1.5, 0)).get(0))
        .containsExactly(0, 0, 0);
  }

  @Test
  void ofPools() {
    List<Integer> two = List.of(2, 2);
    List<Integer> one = List.of(1, 1);
    List<Integer> none = List.of(0, 0);
    Tensor zeros = Tensor.of(Shape.of(1, 1, 3, 3), new double[9]);
    assertThat(derivatives(new MaxPool(two, one, one, none, none, false), zeros).get(0))
        .containsExactly(1, 1, 0, 1, 1, 0, 0, 0, 0);
  }

  private static Tensor line(double... elements) {
    return Tensor.of(Shape.of(elements.length), elements);
  }

  /** The gradients of the sum of the output, one array per input. */
  private static List<double[]> derivatives(Operation operation, Tensor... inputs) {
    Map<String, TensorType> types = new HashMap<>();
    Map<String, Tensor> values = new HashMap<>();
    List<String> names = IntStream.range(0, inputs.length).mapToObj(i -> "x" + i).toList();
    for (int i = 0; i < inputs.length; i++) {
      types.put(names.get(i), new TensorType(ElementType.FLOAT32, inputs[i].shape()));
      values.put(names.get(i), inputs[i]);
    }
    ModelGraph graph =
        ModelGraph.of(
            types,
            Map.of(),
            List.of(new Node("y", operation, names, "y", "")),
            List.of("y"),
            Map.of());
    Differentiation d = Differentiation.of(graph, Set.of("y"), Set.copyOf(names));
    Shape shape = graph.type("y").shape();
    double[] ones = new double[(int) shape.size()];
    Arrays.fill(ones, 1);
    values.put(d.seeds().get("y"), Tensor.of(shape, ones));
    Map<String, Tensor> results =
        new ReferenceInterpreter(d.graph()).run(values, Set.copyOf(d.gradients().values()));
    return names.stream()
        .map(name -> results.get(d.gradients().get(name)).toDoubleArray())
        .toList();
  }
}
