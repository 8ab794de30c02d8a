package org.pellucid.onnx;

import java.nio.FloatBuffer;
import org.pellucid.graph.MalformedInputException;

/**
 * Looks through the elements of a stored tensor for what is no weight. NaN is never one. Infinities
 * are none either, but single numbers may be infinite (bounds that do not bind, or the padding
 * before a maximum), and a mask may be made of 0 and -Infinity alone.
 */
final class FiniteWeights {
  /** Elements of a mapped tensor that are looked at together. */
  private static final int PIECE = 1 << 14;

  private final OnnxTensor tensor;
  private final boolean single;
  private long seen;
  private long firstInfinite = -1;
  private float infinite;
  private boolean mask = true;

  private FiniteWeights(OnnxTensor tensor) {
    this.tensor = tensor;
    this.single = TensorLoader.type(tensor).shape().size() == 1;
  }

  /**
   * Checks all elements of a tensor.
   *
   * @throws MalformedInputException if one is not a finite number where it should be
   */
  static void check(OnnxTensor tensor, float[] elements) {
    FiniteWeights weights = new FiniteWeights(tensor);
    weights.take(elements, elements.length);
  }

  /**
   * Checks all elements of a tensor.
   *
   * @throws MalformedInputException if one is not a finite number where it should be
   */
  static void check(OnnxTensor tensor, FloatBuffer elements) {
    FiniteWeights weights = new FiniteWeights(tensor);
    float[] piece = new float[PIECE];
    while (elements.hasRemaining()) {
      int count = Math.min(PIECE, elements.remaining());
      elements.get(piece, 0, count);
      weights.take(piece, count);
    }
  }

  private void take(float[] elements, int count) {
    for (int i = 0; i < count; i++) {
      float element = elements[i];
      mask &= element == 0 || element == Float.NEGATIVE_INFINITY;
      if (Float.isNaN(element)) {
        throw refusal(element, seen + i);
      }
      if (Float.isInfinite(element) && !single && firstInfinite < 0) {
        firstInfinite = seen + i;
        infinite = element;
      }
      if (firstInfinite >= 0 && !mask) {
        throw refusal(infinite, firstInfinite);
      }
    }
    seen += count;
  }

  private MalformedInputException refusal(float element, long position) {
    return new MalformedInputException(
        TensorLoader.capital(tensor.displayName())
            + " of shape "
            + tensor.dims()
            + " has the element "
            + element
            + " at position "
            + position
            + "; weights must be finite numbers, but for masks of 0 and -Infinity alone");
  }
}
