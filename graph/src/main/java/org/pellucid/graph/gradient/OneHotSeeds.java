package org.pellucid.graph.gradient;

import java.util.stream.LongStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Terms;

/**
 * Seeds that a graph computes itself: 1 at one score of each sample, otherwise 0, which is the
 * derivative of that score by all of them.
 */
public final class OneHotSeeds {
  private OneHotSeeds() {}

  /**
   * Seeds the largest score of each sample, the first of equals.
   *
   * @param scores a floating tensor whose first axis stacks the samples
   * @return the seed, of the scores' type
   */
  public static String top(GraphRecorder recorder, String scores, int samples) {
    return of(recorder, scores, largest(recorder, scores, samples), samples);
  }

  /**
   * Which score of each sample is the largest, the first of equals.
   *
   * @param scores a floating tensor whose first axis stacks the samples
   * @return int64 [samples, 1]
   */
  public static String largest(GraphRecorder recorder, String scores, int samples) {
    String rows = new Terms(recorder).reshape(scores, rows(recorder.type(scores), samples));
    return recorder.node(new ArgMax(1, true, false), rows);
  }

  /**
   * Seeds a score of each sample.
   *
   * @param scores a floating tensor whose first axis stacks the samples
   * @param chosen int64 [samples, 1], which of a sample's scores; nothing but zeros for one that
   *     there is not
   * @return the seed, of the scores' type
   */
  public static String of(GraphRecorder recorder, String scores, String chosen, int samples) {
    TensorType type = recorder.type(scores);
    int count = rows(type, samples).dim(1);
    String all =
        recorder.constant(Tensor.of(Shape.of(1, count), LongStream.range(0, count).toArray()));
    Terms terms = new Terms(recorder);
    String oneHot = recorder.node(new Binary.Equal(), chosen, all);
    return terms.reshape(terms.indicator(oneHot, scores), type.shape());
  }

  private static Shape rows(TensorType scores, int samples) {
    return Shape.of(samples, Math.toIntExact(scores.shape().size() / samples));
  }
}
