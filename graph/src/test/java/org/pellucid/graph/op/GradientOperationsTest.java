package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.graph.op.Values.assertElements;
import static org.pellucid.graph.op.Values.evaluate;
import static org.pellucid.graph.op.Values.floats;
import static org.pellucid.graph.op.Values.integers;
import static org.pellucid.graph.op.Values.ramp;
import static org.pellucid.graph.op.Values.row;
import static org.pellucid.graph.op.Values.shape;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** The operations that gradients are made of. */
class GradientOperationsTest {
  private static List<Integer> both(int value) {
    return List.of(value, value);
  }

  private static List<Integer> one(int value) {
    return List.of(value);
  }

  @Test
  void affineIsExactInEveryPrecision() {
    assertElements(evaluate(new Unary.Affine(0.1, -3), row(1, 2)), shape(2), 0.1 - 3, 0.2 - 3);
  }

  /** x = [1, 2], each times the kernel [1, 10, 100], two apart. */
  @Test
  void transposedConvolutionSpreadsTheKernel() {
    Tensor x = Tensor.of(shape(1, 1, 2), 1.0, 2.0);
    Tensor weight = Tensor.of(shape(1, 1, 3), 1.0, 10.0, 100.0);
    assertElements(
        evaluate(new ConvTranspose(one(2), one(1), one(0), one(0), one(0), 1), x, weight),
        shape(1, 1, 5),
        1,
        10,
        102,
        20,
        200);
    assertElements(
        evaluate(new ConvTranspose(one(2), one(1), one(1), one(2), one(1), 1), x, weight, row(0.5)),
        shape(1, 1, 3),
        10.5,
        102.5,
        20.5);
    assertElements(
        evaluate(new ConvTranspose(one(1), one(2), one(0), one(0), one(0), 1), x, weight),
        shape(1, 1, 6),
        1,
        2,
        10,
        20,
        100,
        200);
  }

  /** Zeros between the elements, and around them; then a convolution with the mirrored kernel. */
  @Test
  void transposedConvolutionIsAConvolutionOfSpacedElements() {
    Random random = new Random(5);
    for (int i = 0; i < 60; i++) {
      int groups = 1 + random.nextInt(2);
      int inputs = groups * (1 + random.nextInt(2));
      int perGroup = 1 + random.nextInt(2);
      int[] kernel = random.ints(2, 1, 4).toArray();
      int[] strides = random.ints(2, 1, 4).toArray();
      int[] dilations = random.ints(2, 1, 3).toArray();
      int[] extra = IntStream.of(strides).map(random::nextInt).toArray();
      int[] before = IntStream.range(0, 2).map(a -> random.nextInt(2 * kernel[a])).toArray();
      int[] after = IntStream.range(0, 2).map(a -> random.nextInt(2 * kernel[a])).toArray();
      for (int a = 0; a < 2; a++) {
        before[a] = Math.min(before[a], (kernel[a] - 1) * dilations[a]);
        after[a] = Math.min(after[a], (kernel[a] - 1) * dilations[a]);
      }
      Tensor x = ramp(2, inputs, 4, 5);
      Tensor weight = ramp(inputs, perGroup, kernel[0], kernel[1]);
      ConvTranspose transposed =
          new ConvTranspose(
              list(strides), list(dilations), list(before), list(after), list(extra), groups);
      if ((4 - 1) * strides[0] + (kernel[0] - 1) * dilations[0] + 1 + extra[0]
              <= before[0] + after[0]
          || (5 - 1) * strides[1] + (kernel[1] - 1) * dilations[1] + 1 + extra[1]
              <= before[1] + after[1]) {
        continue;
      }
      Conv conv =
          new Conv(
              both(1),
              list(dilations),
              List.of(
                  (kernel[0] - 1) * dilations[0] - before[0],
                  (kernel[1] - 1) * dilations[1] - before[1]),
              List.of(
                  (kernel[0] - 1) * dilations[0] - after[0] + extra[0],
                  (kernel[1] - 1) * dilations[1] - after[1] + extra[1]),
              groups);
      Tensor expected = evaluate(conv, spaced(x, strides), mirrored(weight, groups));
      assertElements(evaluate(transposed, x, weight), expected.shape(), expected.toDoubleArray());
    }
  }

  private static List<Integer> list(int[] entries) {
    return IntStream.of(entries).boxed().toList();
  }

  private static Tensor spaced(Tensor x, int[] strides) {
    int height = (x.shape().dim(2) - 1) * strides[0] + 1;
    int width = (x.shape().dim(3) - 1) * strides[1] + 1;
    Shape shape = x.shape().with(2, height).with(3, width);
    double[] elements = new double[(int) shape.size()];
    int plane = x.shape().dim(2) * x.shape().dim(3);
    for (int i = 0; i < x.size(); i++) {
      int row = i % plane / x.shape().dim(3) * strides[0];
      int column = i % x.shape().dim(3) * strides[1];
      elements[(i / plane * height + row) * width + column] = x.get(i);
    }
    return Tensor.of(shape, elements);
  }

  /** [C, M/groups, kernel...] as [M, C/groups, kernel backwards...]. */
  private static Tensor mirrored(Tensor weight, int groups) {
    int inputs = weight.shape().dim(0) / groups;
    int outputs = weight.shape().dim(1);
    int taps = weight.shape().dim(2) * weight.shape().dim(3);
    double[] elements = new double[weight.size()];
    for (int c = 0; c < groups * inputs; c++) {
      for (int m = 0; m < outputs; m++) {
        for (int k = 0; k < taps; k++) {
          int to = ((c / inputs * outputs + m) * inputs + c % inputs) * taps + taps - 1 - k;
          elements[to] = weight.get((c * outputs + m) * taps + k);
        }
      }
    }
    return Tensor.of(weight.shape().with(0, groups * outputs).with(1, inputs), elements);
  }

  @Test
  void transposedConvolutionRefusesWhatDoesNotFit() {
    ConvTranspose plain = new ConvTranspose(both(2), both(1), both(0), both(0), both(0), 1);
    assertThatThrownBy(() -> plain.infer(List.of(floats(1, 2, 3, 3), floats(3, 2, 1, 1))))
        .hasMessageContaining("x of C and a weight of [C, M/1] channels");
    ConvTranspose added = new ConvTranspose(both(2), both(1), both(0), both(0), both(2), 1);
    assertThatThrownBy(() -> added.infer(List.of(floats(1, 2, 3, 3), floats(2, 2, 1, 1))))
        .hasMessageContaining("output padding below");
    ConvTranspose cut = new ConvTranspose(both(1), both(1), both(2), both(1), both(0), 1);
    assertThatThrownBy(() -> cut.infer(List.of(floats(1, 2, 3, 3), floats(2, 2, 1, 1))))
        .hasMessageContaining("leaves something");
  }

  private static MaxPool pool(int kernel, int stride, int dilation, int before, int after) {
    return new MaxPool(one(kernel), one(stride), one(dilation), one(before), one(after), false);
  }

  private static Tensor line(double... elements) {
    return Tensor.of(shape(1, 1, elements.length), elements);
  }

  private static void assertMaxPool(
      MaxPool pool, double[] x, double[] g, double[] spread, double[] chosen) {
    assertElements(
        evaluate(new MaxPoolGrad(pool), line(x), line(g)), shape(1, 1, x.length), spread);
    double[] places = IntStream.range(0, x.length).asDoubleStream().toArray();
    assertElements(
        evaluate(new MaxPoolSelect(pool), line(x), line(places)), shape(1, 1, g.length), chosen);
  }

  @Test
  void maxPoolGradientGoesToTheFirstOfEqualsInWindowOrder() {
    assertMaxPool(
        pool(2, 2, 1, 0, 0),
        new double[] {0, 0, 3, 3, 1, 2},
        new double[] {1, 10, 100},
        new double[] {1, 0, 10, 0, 0, 100},
        new double[] {0, 2, 5});
    // Rows before columns.
    MaxPool square = new MaxPool(both(2), both(2), both(1), both(0), both(0), false);
    assertElements(
        evaluate(
            new MaxPoolGrad(square),
            Tensor.of(shape(1, 1, 2, 2), 0.0, 1.0, 1.0, 1.0),
            Tensor.of(shape(1, 1, 1, 1), 5.0)),
        shape(1, 1, 2, 2),
        0,
        5,
        0,
        0);
  }

  @Test
  void maxPoolGradientsOfOverlappingWindowsAddUp() {
    assertMaxPool(
        pool(3, 1, 1, 0, 0),
        new double[] {1, 2, 9, 2, 1},
        new double[] {1, 10, 100},
        new double[] {0, 0, 111, 0, 0},
        new double[] {2, 2, 2});
  }

  @Test
  void maxPoolGradientNeverGoesToPadding() {
    assertMaxPool(
        pool(3, 2, 1, 2, 2),
        new double[] {-5, -4, -4},
        new double[] {1, 10, 100},
        new double[] {1, 10, 100},
        new double[] {0, 1, 2});
  }

  @Test
  void maxPoolGradientSkipsWhatDilationSkips() {
    assertMaxPool(
        pool(2, 1, 2, 0, 0),
        new double[] {1, 7, 2, 0},
        new double[] {1, 10},
        new double[] {0, 10, 1, 0},
        new double[] {2, 1});
  }

  @Test
  void maxPoolGradientServesTheLastWindowThatReachesBeyond() {
    MaxPool ceil = new MaxPool(one(2), one(2), one(1), one(0), one(0), true);
    assertMaxPool(
        ceil,
        new double[] {1, 2, -3},
        new double[] {1, 10},
        new double[] {0, 1, 10},
        new double[] {1, 2});
  }

  @Test
  void maxPoolGradientRefusesAnotherShape() {
    MaxPool pool = pool(2, 2, 1, 0, 0);
    assertThatThrownBy(() -> new MaxPoolGrad(pool).infer(List.of(floats(1, 1, 4), floats(1, 1, 3))))
        .hasMessageContaining("g of the pool's shape [1, 1, 2]");
    assertThatThrownBy(
            () -> new MaxPoolSelect(pool).infer(List.of(floats(1, 1, 4), floats(1, 1, 3))))
        .hasMessageContaining("v of the shape of x");
  }

  @Test
  void scatteredSlicesAddUpWhereIndicesAreEqual() {
    assertElements(
        evaluate(new ScatterAdd(0, 4), row(1, 10, 100, 1000), integers(2, 0, 2, -1)),
        shape(4),
        10,
        0,
        101,
        1000);
    // A scalar index, and slices that are columns.
    assertElements(
        evaluate(new ScatterAdd(1, 3), row(1, 2), Tensor.scalar(-2L)),
        shape(2, 3),
        0,
        1,
        0,
        0,
        2,
        0);
    Tensor slices = Tensor.of(shape(2, 2, 1), 1.0, 2.0, 3.0, 4.0);
    Tensor indices = Tensor.of(shape(2, 2), 0L, 1L, 1L, 1L);
    assertElements(evaluate(new ScatterAdd(0, 2), slices, indices), shape(2, 1), 1, 9);
  }

  @Test
  void scatteringRefusesIndicesOutOfRangeAndOtherShapes() {
    assertThatThrownBy(() -> new ScatterAdd(0, 2).evaluate(List.of(row(1, 2), integers(0, 2))))
        .hasMessageContaining("from -2 to 1");
    assertThatThrownBy(() -> new ScatterAdd(0, 2).infer(List.of(floats(3), Values.longs(2))))
        .hasMessageContaining("ScatterAdd expects");
  }

  /** The transpose of picking: the product of picked slices and others is that of both wholes. */
  @Test
  void scatteringIsTheTransposeOfGathering() {
    Tensor data = ramp(2, 3, 4);
    Tensor indices = integers(1, -1, 1, 0, 2);
    Tensor picked = evaluate(new Gather(1), data, indices);
    Tensor others = Tensor.of(picked.shape(), new Random(1).doubles(picked.size()).toArray());
    Tensor scattered = evaluate(new ScatterAdd(1, 3), others, indices);
    assertThat(dot(picked, others)).isCloseTo(dot(data, scattered), within(1e-12));
  }

  private static double dot(Tensor a, Tensor b) {
    return IntStream.range(0, a.size()).mapToDouble(i -> a.get(i) * b.get(i)).sum();
  }
}
