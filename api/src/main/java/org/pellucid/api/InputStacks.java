package org.pellucid.api;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
  InputBatch of(Inputs inputs, int from, int count) {
    return new InputBatch() {
      @Override
      public int samples() {
        return count;
      }

      @Override
      public Set<String> names() {
        return clean.keySet();
      }

      @Override
      public Tensor make(String input, int first, int some) {
        return input.equals(explained.name())
            ? stack(input, variants(inputs, from + first, some))
            : same(input, some);
      }
    };
  }

  private Tensor[] variants(Inputs inputs, int from, int count) {
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
    return samples;
  }

  /** The inputs beside the explained one, as they are, for a number of samples. */
  Map<String, Tensor> others(int count) {
    Map<String, Tensor> batch = new HashMap<>();
    for (String name : clean.keySet()) {
      if (!name.equals(explained.name())) {
        batch.put(name, same(name, count));
      }
    }
    return batch;
  }

  private Tensor same(String input, int count) {
    Tensor[] samples = new Tensor[count];
    Arrays.fill(samples, clean.get(input));
    return stack(input, samples);
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
