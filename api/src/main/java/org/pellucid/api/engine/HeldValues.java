package org.pellucid.api.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.pellucid.api.BackendException;
import org.pellucid.api.HeldTensor;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * Copies of values that a model holds beyond the passes that computed them: those of the latest
 * passes, as far as they are few and small. They are copies, so that passes go on in the same
 * memory one after another.
 */
final class HeldValues implements AutoCloseable {
  /** Those of some images, or of some layers and targets of one. */
  private static final int MOST = 16;

  private static final long BYTES = 64L << 20;

  private final GraphModel model;
  private final Engine engine;
  private final Deque<Group> groups = new ArrayDeque<>();

  HeldValues(GraphModel model, Engine engine) {
    this.model = model;
    this.engine = engine;
  }

  /** What is held of one pass, and given up together. To be used by one thread. */
  final class Group {
    private final List<HeldValue> values = new ArrayList<>();
    private long bytes;
    private boolean givenUp;

    /**
     * Holds a copy of a value, for a while and until the model is closed at the latest.
     *
     * @param shape of its tensor
     * @param reading copies it to Java memory
     * @return empty where there would be too much of this pass
     */
    Optional<HeldTensor> hold(Value value, Shape shape, Function<Value, Tensor> reading) {
      long more = shape.size() * model.floating().bytes();
      if (!hasRoom(this, more)) {
        return Optional.empty();
      }
      try {
        Value copy = engine.noisyWork().orElseThrow().copy(value);
        HeldValue kept = new HeldValue(model, copy, reading);
        add(this, kept, more);
        return Optional.of(kept);
      } catch (BackendException e) {
        if (e.isOutOfMemory()) {
          return Optional.empty();
        }
        throw e;
      }
    }
  }

  private synchronized boolean hasRoom(Group group, long more) {
    return !group.givenUp && group.values.size() < MOST && group.bytes + more <= BYTES;
  }

  /** Holds a value, and gives up the other groups that are held longest. */
  private synchronized void add(Group group, HeldValue value, long more) {
    if (group.givenUp) {
      // Many other passes were held meanwhile.
      value.giveUp();
      return;
    }
    if (group.values.isEmpty()) {
      groups.addLast(group);
    }
    group.values.add(value);
    group.bytes += more;
    while (isTooMuch()) {
      giveUp(groups.getFirst() == group ? second() : groups.getFirst());
    }
  }

  private boolean isTooMuch() {
    return groups.stream().mapToInt(group -> group.values.size()).sum() > MOST
        || groups.stream().mapToLong(group -> group.bytes).sum() > BYTES;
  }

  private Group second() {
    return groups.stream().skip(1).findFirst().orElseThrow();
  }

  private void giveUp(Group group) {
    groups.remove(group);
    group.givenUp = true;
    group.values.forEach(HeldValue::giveUp);
  }

  /** Gives all up. */
  @Override
  public synchronized void close() {
    List.copyOf(groups).forEach(this::giveUp);
  }
}
