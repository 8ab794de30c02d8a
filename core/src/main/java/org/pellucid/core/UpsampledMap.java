package org.pellucid.core;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.core.render.Upsampling;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.MatMul;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Terms;

/**
 * Takes down what makes a raw map ready to be shown: ReLU, bilinear upsampling as in pictures, and
 * division by the largest value.
 */
final class UpsampledMap {
  private final Recorder recorder;
  private final Terms terms;

  UpsampledMap(Recorder recorder) {
    this.recorder = recorder;
    this.terms = new Terms(recorder);
  }

  /**
   * The map of each sample, from 0 to 1; 0 everywhere where nothing is positive, or where a number
   * that it was made from is infinite or NaN.
   *
   * @param raw [N, 1, h, w], signed
   * @param sources tensors that the raw map was made from, samples along axis 0
   * @return [N, 1, height, width]
   */
  String of(String raw, List<String> sources, int height, int width) {
    Shape shape = terms.shape(raw);
    String down = matrix(shape.dim(2), height, false, raw);
    String across = matrix(shape.dim(3), width, true, raw);
    String upsampled =
        recorder.node(new MatMul(), recorder.node(new MatMul(), down, terms.relu(raw)), across);
    String largest = recorder.node(new Reduce.ReduceMax(List.of(1, 2, 3), true), upsampled);
    List<String> all = new ArrayList<>(sources);
    all.add(raw);
    String shown = terms.greater(largest, 0);
    for (String tensor : all) {
      shown = recorder.node(new Binary.And(), shown, finite(tensor));
    }
    String divisor = terms.where(shown, largest, terms.number(1, raw));
    return terms.where(shown, terms.div(upsampled, divisor), terms.number(0, raw));
  }

  /** Interpolation along an axis as a product with a constant matrix. */
  private String matrix(int cells, int points, boolean transposed, String like) {
    double[] rows = Upsampling.BILINEAR.matrix(cells, points);
    double[] values = new double[rows.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = transposed ? rows[i % points * cells + i / points] : rows[i];
    }
    Shape shape = transposed ? Shape.of(cells, points) : Shape.of(points, cells);
    ElementType type = recorder.type(like).elementType();
    return recorder.constant(Tensor.of(shape, values).cast(type));
  }

  /** Whether all numbers of each sample are finite, [N, 1, 1, 1]: x - x is 0 for these alone. */
  private String finite(String tensor) {
    List<Integer> axes = IntStream.range(1, terms.shape(tensor).rank()).boxed().toList();
    String differences = terms.sum(terms.sub(tensor, tensor), axes, true);
    return recorder.node(new Binary.Equal(), differences, terms.number(0, tensor));
  }
}
