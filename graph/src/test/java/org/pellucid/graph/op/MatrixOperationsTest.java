package org.pellucid.graph.op;

import static org.pellucid.graph.op.Values.assertElements;
import static org.pellucid.graph.op.Values.evaluate;
import static org.pellucid.graph.op.Values.ramp;
import static org.pellucid.graph.op.Values.shape;

import org.junit.jupiter.api.Test;
import org.pellucid.graph.Tensor;

/** Expected numbers come from ONNX Runtime. */
class MatrixOperationsTest {
  @Test
  void multipliesTransposedOperandsAndAddsABroadcastRow() {
    Gemm gemm = new Gemm(0.5, 2, true, true);
    assertElements(
        evaluate(gemm, ramp(3, 2), ramp(4, 3), ramp(4)),
        shape(2, 4),
        -0.5,
        -11,
        -16,
        1,
        -7,
        16,
        6,
        18);
  }

  @Test
  void anAbsentOrZeroWeightedRowAddsNothing() {
    Tensor a = Tensor.of(shape(1, 2), 2.0, 3);
    Tensor b = Tensor.of(shape(2, 2), 1.0, 10, 100, 1000);
    assertElements(evaluate(new Gemm(1, 1, false, false), a, b), shape(1, 2), 302, 3020);
    assertElements(evaluate(new Gemm(2, 0, false, false), a, b, a), shape(1, 2), 604, 6040);
  }

  @Test
  void batchAxesBroadcast() {
    assertElements(
        evaluate(new MatMul(), ramp(2, 1, 2, 3), ramp(3, 3, 2)),
        shape(2, 3, 2, 2),
        new double[] {
          19, 6, -30, 24, -26, 16, 19, 18, 6, 4, 24, -21, -24, 20, -18, 16, 20, 20, 21, 22, 20, -24,
          16, -27
        });
  }

  @Test
  void operandsOfRankOneAreVectors() {
    assertElements(evaluate(new MatMul(), ramp(3), ramp(2, 3, 2)), shape(2, 2), 19, 6, -26, 16);
    assertElements(evaluate(new MatMul(), ramp(2, 2, 3), ramp(3)), shape(2, 2), 33, -17, -12, -7);
    assertElements(evaluate(new MatMul(), ramp(3), ramp(3)), shape(), 25 + 4 + 4);
  }
}
