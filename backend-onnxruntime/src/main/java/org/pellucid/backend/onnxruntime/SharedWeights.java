package org.pellucid.backend.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * Weights that the sessions of a model read where they stand, outside of the Java heap: each is
 * there once, however many sessions read it, until the last of them has let go of it. Weights are
 * the same if their shapes and all their bits are. Safe for use by several threads at once.
 */
final class SharedWeights implements AutoCloseable {
  /** The bytes of all models, whose memory is limited together. */
  private static final AtomicLong EVERYWHERE = new AtomicLong();

  private final OrtEnvironment environment;
  private final long most;

  /** Few weights have one shape, and two of them differ early: comparing needs no hashes. */
  private final Map<Shape, List<Weight>> weights = new HashMap<>();

  /**
   * Holds nothing yet.
   *
   * @param most how many bytes may be held, those of other models included
   */
  SharedWeights(OrtEnvironment environment, long most) {
    this.environment = environment;
    this.most = most;
  }

  /** How many bytes of weights are held. */
  synchronized long bytes() {
    return weights.values().stream().flatMap(List::stream).mapToLong(Weight::bytes).sum();
  }

  /** What one session will read; nothing yet. */
  Lease lease() {
    return new Lease();
  }

  /** The weights that one session reads; closed after the session. */
  final class Lease implements AutoCloseable {
    private final List<Weight> held = new ArrayList<>();

    /**
     * A float32 tensor of some elements, which stays until this is closed.
     *
     * @param elements taken over; freed at once where they are held already
     * @return empty if there is no room for them: then they remain the caller's
     */
    Optional<OnnxTensor> take(Shape shape, DirectBuffer elements) throws OrtException {
      synchronized (SharedWeights.this) {
        Weight weight = find(shape, elements.bytes());
        if (weight != null) {
          elements.close();
        } else if (elements.bytes().capacity() <= most - EVERYWHERE.get()) {
          weight = add(shape, elements);
        } else {
          return Optional.empty();
        }
        weight.users++;
        held.add(weight);
        return Optional.of(weight.tensor);
      }
    }

    @Override
    public void close() {
      synchronized (SharedWeights.this) {
        held.forEach(SharedWeights.this::release);
        held.clear();
      }
    }
  }

  private Weight find(Shape shape, ByteBuffer elements) {
    for (Weight weight : weights.getOrDefault(shape, List.of())) {
      if (weight.memory.bytes().clear().mismatch(elements.clear()) < 0) {
        return weight;
      }
    }
    return null;
  }

  private Weight add(Shape shape, DirectBuffer elements) throws OrtException {
    Weight weight = new Weight(environment, shape, elements);
    weights.computeIfAbsent(shape, key -> new ArrayList<>()).add(weight);
    return weight;
  }

  private void release(Weight weight) {
    weight.users--;
    List<Weight> alike = weights.get(weight.shape);
    // It is gone where all was closed before.
    if (weight.users == 0 && alike != null && alike.remove(weight)) {
      if (alike.isEmpty()) {
        weights.remove(weight.shape);
      }
      weight.close();
    }
  }

  /** Frees all, also what sessions still hold, which must not run any more. */
  @Override
  public synchronized void close() {
    weights.values().forEach(alike -> alike.forEach(Weight::close));
    weights.clear();
  }

  /** A tensor and how many sessions read it. */
  private static final class Weight {
    final Shape shape;
    final DirectBuffer memory;
    final OnnxTensor tensor;
    int users;

    Weight(OrtEnvironment environment, Shape shape, DirectBuffer memory) throws OrtException {
      this.shape = shape;
      this.memory = memory;
      TensorType type = new TensorType(ElementType.FLOAT32, shape);
      this.tensor = Tensors.over(environment, type, memory.bytes().clear());
      EVERYWHERE.addAndGet(bytes());
    }

    int bytes() {
      return memory.bytes().capacity();
    }

    void close() {
      EVERYWHERE.addAndGet(-bytes());
      tensor.close();
      memory.close();
    }
  }
}
