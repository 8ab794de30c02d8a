package org.pellucid.backend.onnxruntime;

import java.util.SplittableRandom;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Numbers for tests. */
final class RandomTensors {
  private RandomTensors() {}

  /** Float32 numbers from -0.1 to 0.1, the same for equal seeds. */
  static Tensor random(int seed, int... dims) {
    SplittableRandom random = new SplittableRandom(seed);
    Shape shape = Shape.of(dims);
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(-0.1, 0.1);
    }
    return Tensor.of(shape, values);
  }
}
