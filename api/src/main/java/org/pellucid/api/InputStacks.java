package org.pellucid.api;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Puts the inputs of several samples together, as a model that batches takes them. */
final class InputStacks {
  private final Map<String, TensorType> types;
  private final Map<String, Tensor> clean;
  private final ExplainedInput explained;
  private final ElementType elementType;

  /**
   * Stacks of inputs.
   *
   * @param types of the model's inputs
   * @param clean each input, one sample
   * @param explained the one that is varied
   * @param elementType of floating inputs
   */
  InputStacks(
      Map<String, TensorType> types,
      Map<String, Tensor> clean,
      ExplainedInput explained,
      ElementType elementType) {
    this.types = types;
    this.clean = clean;
    this.explained = explained;
    this.elementType = elementType;
  }

  /** Variants of the explained input, each with the other inputs as they are. */
  Map<String, Tensor> of(Inputs inputs, int from, int count) {
    Map<String, Tensor> batch = others(count);
    Tensor[] samples = new Tensor[count];
    if (count == 1) {
      samples[0] = inputs.get(from);
    } else {
      // Making noise costs a few hundredths of a pass: not on one core alone.
      IntStream.range(0, count).parallel().forEach(i -> samples[i] = inputs.get(from + i));
    }
    for (Tensor sample : samples) {
      if (!sample.shape().equals(explained.clean().shape())) {
        throw new InvalidRequestException(
            "Variants of input \""
                + explained.name()
                + "\" have shape "
                + explained.clean().shape()
                + ", found "
                + sample.shape());
      }
    }
    batch.put(explained.name(), stack(explained.name(), samples));
    return batch;
  }

  /** The inputs beside the explained one, as they are, for a number of samples. */
  Map<String, Tensor> others(int count) {
    Map<String, Tensor> batch = new HashMap<>();
    clean.forEach(
        (name, value) -> {
          if (!name.equals(explained.name())) {
            Tensor[] samples = new Tensor[count];
            Arrays.fill(samples, value);
            batch.put(name, stack(name, samples));
          }
        });
    return batch;
  }

  private Tensor stack(String input, Tensor[] samples) {
    ElementType modelType = types.get(input).elementType();
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
