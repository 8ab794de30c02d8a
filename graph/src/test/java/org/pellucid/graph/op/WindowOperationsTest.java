package org.pellucid.graph.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.graph.op.Values.assertElements;
import static org.pellucid.graph.op.Values.evaluate;
import static org.pellucid.graph.op.Values.ramp;
import static org.pellucid.graph.op.Values.shape;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Expected numbers of convolutions and pools come from ONNX Runtime and PyTorch, which agree. */
class WindowOperationsTest {
  private static List<Integer> both(int value) {
    return List.of(value, value);
  }

  private static MaxPool maxPool(int kernel, int stride, int dilation, int pad, boolean ceilMode) {
    return new MaxPool(both(kernel), both(stride), both(dilation), both(pad), both(pad), ceilMode);
  }

  private static AveragePool averagePool(
      int kernel, int stride, int pad, boolean ceilMode, boolean countIncludePad) {
    return new AveragePool(
        both(kernel), both(stride), both(1), both(pad), both(pad), ceilMode, countIncludePad);
  }

  @Test
  void convolvesGroupsWithStrideDilationAndUnevenPadding() {
    Conv conv = new Conv(List.of(2, 1), List.of(1, 2), List.of(1, 0), List.of(0, 2), 2);
    assertElements(
        evaluate(conv, ramp(1, 4, 5, 5), ramp(4, 2, 3, 2), ramp(4)),
        shape(1, 4, 2, 5),
        new double[] {
          -28, 62, -2, -30, -6, -9, -44, 64, 12, -37, 20, -37, 5, 76, -12, 9, 56, -51, -20, 82,
          32, -18, -2, 27, 3, -35, 61, 3, -41, 25, -65, 24, 36, -22, 18, 24, -51, 6, 85, -17
        });
  }

  @Test
  void convolvesDepthwise() {
    Conv conv = new Conv(both(1), both(1), both(1), both(1), 2);
    assertElements(
        evaluate(conv, ramp(1, 2, 3, 3), ramp(2, 1, 3, 3)),
        shape(1, 2, 3, 3),
        new double[] {
          -15, 15, 12, -12, 100, -12, 12, 15, -15, -25, 11, -9, -27, 94, -27, -9, 11, -25
        });
  }

  @Test
  void convolvesSignalsAndVolumes() {
    Conv signal = new Conv(List.of(2), List.of(1), List.of(1), List.of(1), 1);
    assertElements(
        evaluate(signal, ramp(2, 2, 6), ramp(1, 2, 3)), shape(2, 1, 3), -10, -37, 12, 20, 4, -35);
    Conv volume =
        new Conv(List.of(1, 1, 1), List.of(1, 2, 1), List.of(0, 0, 0), List.of(0, 0, 1), 1);
    assertElements(
        evaluate(volume, ramp(1, 1, 3, 3, 3), ramp(1, 1, 2, 2, 2)),
        shape(1, 1, 2, 1, 3),
        31,
        -32,
        29,
        -30,
        28,
        24);
  }

  @Test
  void aPointwiseConvolutionIsAMatrixProduct() {
    Conv conv = new Conv(both(1), both(1), both(0), both(0), 1);
    Tensor x = ramp(1, 3, 4, 2);
    Tensor weight = ramp(5, 3, 1, 1);
    Tensor product = evaluate(new MatMul(), weight.reshape(shape(5, 3)), x.reshape(shape(3, 8)));
    assertElements(evaluate(conv, x, weight), shape(1, 5, 4, 2), product.toDoubleArray());
  }

  @Test
  void ceilModeKeepsAWindowThatReachesBeyondTheInput() {
    Tensor x = ramp(1, 1, 5, 5);
    assertElements(
        evaluate(maxPool(2, 2, 1, 0, true), x), shape(1, 1, 3, 3), 4, 5, 3, 1, 4, 5, 3, 2, -2);
    assertThat(evaluate(maxPool(2, 2, 1, 0, false), x).shape()).isEqualTo(shape(1, 1, 2, 2));
    assertElements(
        evaluate(maxPool(3, 2, 1, 1, false), x), shape(1, 1, 3, 3), 4, 5, 5, 4, 4, 5, 3, 4, 2);
    assertElements(
        evaluate(new MaxPool(both(1 + 1), both(2), both(2), List.of(0, 1), List.of(1, 0), true), x),
        shape(1, 1, 3, 3),
        new double[] {2, 5, 5, -1, 2, 2, -1, 2, 2});
    assertElements(
        evaluate(new MaxPool(both(2), both(1), both(2), both(1), both(0), false), x),
        shape(1, 1, 4, 4),
        new double[] {4, 0, 4, 3, 2, 2, 5, 5, 4, 4, 4, 4, -1, 3, 2, 5});
  }

  @Test
  void ceilModeDropsAWindowThatStartsInThePaddingAfterTheInput() {
    List<Integer> one = List.of(1);
    Tensor x = ramp(1, 1, 2);
    assertElements(
        evaluate(new MaxPool(List.of(2), List.of(3), one, one, one, true), x), shape(1, 1, 1), -5);
    assertElements(
        evaluate(new AveragePool(List.of(2), List.of(3), one, one, one, true, true), x),
        shape(1, 1, 1),
        -2.5);
  }

  @Test
  void ceilModeKeepsOneWindowOverAnInputThatIsTooShort() {
    List<Integer> two = List.of(2);
    List<Integer> one = List.of(1);
    List<Integer> zero = List.of(0);
    assertElements(
        evaluate(new MaxPool(two, two, one, zero, zero, true), ramp(1, 1, 1)), shape(1, 1, 1), -5);
  }

  @Test
  void averagesCountPaddingOnlyWhenAsked() {
    Tensor x = ramp(1, 1, 5, 5);
    Shape three = shape(1, 1, 3, 3);
    assertElements(
        evaluate(averagePool(3, 2, 1, false, false), x),
        three,
        new double[] {-0.5, 5 / 6.0, 1.25, -7 / 6.0, -4 / 9.0, -1 / 3.0, 0, -0.5, -1});
    assertElements(
        evaluate(averagePool(3, 2, 1, false, true), x),
        three,
        new double[] {
          -2 / 9.0, 5 / 9.0, 5 / 9.0, -7 / 9.0, -4 / 9.0, -2 / 9.0, 0, -1 / 3.0, -4 / 9.0
        });
  }

  @Test
  void averagesNeverCountWhatCeilModeAdds() {
    Tensor x = ramp(1, 1, 5, 5);
    double[] expected = {-0.5, -0.25, 2, -2, 1, 0.5, 1, -1.5, -2};
    assertElements(evaluate(averagePool(2, 2, 0, true, true), x), shape(1, 1, 3, 3), expected);
    assertElements(evaluate(averagePool(2, 2, 0, true, false), x), shape(1, 1, 3, 3), expected);
    AveragePool uneven =
        new AveragePool(both(2), both(2), both(2), List.of(0, 1), List.of(1, 0), true, true);
    assertElements(
        evaluate(uneven, x),
        shape(1, 1, 3, 3),
        new double[] {-0.75, 0, 1.5, -1.5, -1.5, 0, -0.5, 0.5, 2});
  }

  @Test
  void theLargestOfAWindowWithNaNIsNaN() {
    List<Integer> two = List.of(2);
    List<Integer> one = List.of(1);
    List<Integer> zero = List.of(0);
    MaxPool pool = new MaxPool(two, two, one, zero, zero, false);
    Tensor x = Tensor.of(shape(1, 1, 6), 1, Double.NaN, 3, 2, Double.NEGATIVE_INFINITY, -4);
    assertThat(evaluate(pool, x).toDoubleArray()).containsExactly(Double.NaN, 3, -4);
  }
}
