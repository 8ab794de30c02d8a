package org.pellucid.api;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Stacks variants of the explained input, beside the other inputs, to what a model runs at once.
 */
final class InputBatches {
  private final Map<String, TensorType> types;
  private final Map<String, Tensor> clean;
  private final String explained;
  private final ElementType elementType;

  /**
   * Batches.
   *
   * @param types the model's inputs
   * @param clean a sample of each
   * @param explained the input that is varied
   * @param elementType of floating numbers in the run
   */
  InputBatches(
      Map<String, TensorType> types,
      Map<String, Tensor> clean,
      String explained,
      ElementType elementType) {
    this.types = types;
    this.clean = clean;
    this.explained = explained;
    this.elementType = elementType;
  }

  /** Variants of the explained input, each with the other inputs as they are. */
  Map<String, Tensor> of(Inputs inputs, int from, int count) {
    Map<String, Tensor> batch = new HashMap<>();
    clean.forEach(
        (name, value) -> {
          Tensor[] samples = new Tensor[count];
          if (name.equals(explained)) {
            if (count == 1) {
              samples[0] = inputs.get(from);
            } else {
              // Making noise costs a few hundredths of a pass: not on one core alone.
              IntStream.range(0, count).parallel().forEach(i -> samples[i] = inputs.get(from + i));
            }
          } else {
            Arrays.fill(samples, value);
          }
          for (Tensor sample : samples) {
            if (!sample.shape().equals(value.shape())) {
              throw new InvalidRequestException(
                  "Variants of input \""
                      + name
                      + "\" have shape "
                      + value.shape()
                      + ", found "
                      + sample.shape());
            }
          }
          batch.put(name, stack(samples, types.get(name).elementType()));
        });
    return batch;
  }

  private Tensor stack(Tensor[] samples, ElementType modelType) {
    ElementType type = modelType.isFloating() ? elementType : modelType;
    if (samples.length == 1) {
      return samples[0].cast(type);
    }
    Shape one = samples[0].shape();
    Shape shape = one.with(0, one.dim(0) * samples.length);
    int size = Math.toIntExact(one.size());
    if (type == ElementType.FLOAT32) {
      float[] stacked = new float[size * samples.length];
      for (int i = 0; i < samples.length; i++) {
        samples[i].cast(type).floats().get(stacked, i * size, size);
      }
      return Tensor.of(shape, stacked);
    }
    if (type == ElementType.FLOAT64) {
      double[] stacked = new double[size * samples.length];
      for (int i = 0; i < samples.length; i++) {
        samples[i].cast(type).doubles().get(stacked, i * size, size);
      }
      return Tensor.of(shape, stacked);
    }
    long[] stacked = new long[size * samples.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i].cast(ElementType.INT64).longs().get(stacked, i * size, size);
    }
    return Tensor.of(shape, stacked).cast(type);
  }
}
