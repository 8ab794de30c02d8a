package org.pellucid.api.engine;

import java.util.Map;
import org.pellucid.api.InputBatch;
import org.pellucid.api.NoisyRuns;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** The inputs that a network is run with, of which the engine takes over what it needs. */
interface RunInputs {
  /** How many samples there are. */
  int samples();

  /** Whether a tensor is one of the inputs. */
  boolean has(String tensor);

  /**
   * Some samples of an input, in the engine; to be closed by the caller.
   *
   * @param from the first
   * @param count how many
   */
  Value value(String input, int from, int count);

  /** Inputs in Java memory, which were checked. */
  record InJava(GraphModel model, Map<String, Tensor> tensors, int samples) implements RunInputs {
    @Override
    public boolean has(String tensor) {
      return tensors.containsKey(tensor);
    }

    @Override
    public Value value(String input, int from, int count) {
      Tensor whole = tensors.get(input);
      return model.value(count == samples ? whole : part(whole, from, count));
    }

    /** Samples of an input, which stacks them along axis 0. */
    private Tensor part(Tensor whole, int from, int count) {
      int rows = whole.shape().dim(0) / samples;
      Shape shape = whole.shape().with(0, rows * count);
      int start = Math.toIntExact(whole.shape().sizeOf(1, whole.shape().rank()) * rows * from);
      int length = Math.toIntExact(shape.size());
      return switch (whole.elementType()) {
        case FLOAT32 -> {
          float[] part = new float[length];
          whole.floats().get(start, part);
          yield Tensor.of(shape, part);
        }
        case FLOAT64 -> {
          double[] part = new double[length];
          whole.doubles().get(start, part);
          yield Tensor.of(shape, part);
        }
        case INT64 -> {
          long[] part = new long[length];
          whole.longs().get(start, part);
          yield Tensor.of(shape, part);
        }
        case BOOL -> {
          byte[] part = new byte[length];
          whole.bools().get(start, part);
          yield Tensor.of(shape, part);
        }
      };
    }
  }

  /** Inputs that are made when they are taken over, of which the names were checked. */
  record Made(GraphModel model, InputBatch batch) implements RunInputs {
    @Override
    public int samples() {
      return batch.samples();
    }

    @Override
    public boolean has(String tensor) {
      return batch.names().contains(tensor);
    }

    @Override
    public Value value(String input, int from, int count) {
      Tensor made = batch.make(input, from, count);
      model.requests().checkInput(input, made.type(), count);
      return model.value(made);
    }
  }

  /**
   * Noisy copies of an input that the engine makes.
   *
   * @param others the other inputs, for as many samples
   */
  record Noisy(NoisyWork work, NoisyRuns.Batch batch, InJava others) implements RunInputs {
    @Override
    public int samples() {
      return batch.count();
    }

    @Override
    public boolean has(String tensor) {
      return batch.input().equals(tensor) || others.has(tensor);
    }

    @Override
    public Value value(String input, int from, int count) {
      return batch.input().equals(input)
          ? work.copies(batch.copies(), batch.from() + from, count)
          : others.value(input, from, count);
    }
  }
}
