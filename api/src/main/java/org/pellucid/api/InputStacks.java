package org.pellucid.api;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Puts the inputs of several samples together, as a model that batches takes them. */
final class InputStacks {
  /**
   * The nanoseconds that work must take to be given to other threads. To hand it over and to wake
   * one took 50 to 160 microseconds on a virtual machine.
   */
  private static final long WORTH_A_THREAD = 300_000;

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
            ? variants(inputs, from + first, some)
            : same(input, some);
      }
    };
  }

  /**
   * What a model is given, with the memory in which the explained input lies.
   *
   * @param tensors by input
   * @param memory to be closed when no pass that was given them is open any more
   */
  record Stack(Map<String, Tensor> tensors, Optional<BatchMemory> memory) implements AutoCloseable {
    @Override
    public void close() {
      memory.ifPresent(BatchMemory::close);
    }
  }

  /** The same, made now, in memory that is used again where that is possible. */
  Stack inMemory(Inputs inputs, int from, int count) {
    if (type(explained.name()) != ElementType.FLOAT32) {
      return new Stack(of(inputs, from, count).all(), Optional.empty());
    }
    Map<String, Tensor> batch = others(count);
    BatchMemory memory = BatchMemory.of(size() * count);
    put(inputs, from, count, memory::floats);
    batch.put(explained.name(), Tensor.of(shape(count), memory.floats()));
    return new Stack(batch, Optional.of(memory));
  }

  private Tensor variants(Inputs inputs, int from, int count) {
    if (type(explained.name()) == ElementType.FLOAT32) {
      float[] stacked = new float[size() * count];
      put(inputs, from, count, (first, length) -> FloatBuffer.wrap(stacked, first, length));
      return Tensor.of(shape(count), stacked);
    }
    Tensor[] samples = new Tensor[count];
    each(count, i -> samples[i] = inputs.get(from + i));
    for (Tensor sample : samples) {
      if (!sample.shape().equals(explained.clean().shape())) {
        throw new InvalidRequestException(
            "Variants of the input have shape "
                + explained.clean().shape()
                + ", found "
                + sample.shape());
      }
    }
    return stack(explained.name(), samples);
  }

  private Shape shape(int count) {
    Shape one = explained.clean().shape();
    return count == 1 ? one : one.with(0, one.dim(0) * count);
  }

  private int size() {
    return Math.toIntExact(explained.clean().shape().size());
  }

  /** A part of a batch. */
  private interface Place {
    FloatBuffer of(int first, int length);
  }

  private void put(Inputs inputs, int from, int count, Place place) {
    Shape one = explained.clean().shape();
    int size = size();
    each(
        count,
        i -> {
          FloatBuffer sample = place.of(i * size, size);
          inputs.put(from + i, one, sample);
          if (sample.hasRemaining()) {
            throw new IllegalStateException(
                inputs.getClass().getName()
                    + " put "
                    + (size - sample.remaining())
                    + " of "
                    + size
                    + " elements of a variant");
          }
        });
  }

  /**
   * Makes samples, on several threads if the first one took long enough: to wake a thread costs as
   * much as to copy an image.
   */
  private static void each(int count, IntConsumer make) {
    long start = System.nanoTime();
    make.accept(0);
    long nanos = (System.nanoTime() - start) * (count - 1);
    IntStream rest = IntStream.range(1, count);
    (nanos < WORTH_A_THREAD ? rest : rest.parallel()).forEach(make);
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

  /** What an input is given in. */
  private ElementType type(String input) {
    ElementType modelType = types.get(input).elementType();
    return modelType.isFloating() ? elementType : modelType;
  }

  private Tensor stack(String input, Tensor[] samples) {
    ElementType type = type(input);
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
