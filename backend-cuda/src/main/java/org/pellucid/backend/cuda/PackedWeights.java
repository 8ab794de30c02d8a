package org.pellucid.backend.cuda;

import java.nio.IntBuffer;
import org.pellucid.graph.Tensor;

/**
 * Weights in the order [group][term][row] that the convolutions read, with zeros that fill up:
 * element (g, k, m) is element g groupStep + m rowStep + positions[k] of the tensor.
 *
 * @param tensor a constant of the model, told from others by identity
 * @param positions per term, where its weights begin in those of a row; negative where it is zero
 * @param rounded whether they are rounded to tf32
 */
record PackedWeights(
    Identity tensor,
    IntBuffer positions,
    int groups,
    int rows,
    int groupStep,
    int rowStep,
    boolean rounded) {
  /** Rows that are copied at once; they are filled up to a multiple of it. */
  private static final int ROWS_AT_ONCE = 4;

  /** A tensor that equals itself alone. */
  record Identity(Tensor tensor) {
    @Override
    public boolean equals(Object other) {
      return other instanceof Identity identity && identity.tensor == tensor;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(tensor);
    }
  }

  /** How many elements there are. */
  int size() {
    return groups * positions.remaining() * apart(rows);
  }

  /** How far terms are apart. */
  static int apart(int rows) {
    return (rows + ROWS_AT_ONCE - 1) / ROWS_AT_ONCE * ROWS_AT_ONCE;
  }

  /** The launch that packs them. */
  Launch launch(Place weights, Place table, Place target) {
    return Launch.over(
        size(),
        "conv_pack",
        weights,
        table,
        target,
        groups,
        positions.remaining(),
        rows,
        apart(rows),
        groupStep,
        rowStep,
        rounded ? 1 : 0);
  }

  /** Packs them, at once. */
  DeviceBuffer pack(CudaEngine engine) {
    int[] table = new int[positions.remaining()];
    positions.get(positions.position(), table);
    DeviceBuffer target = engine.make((long) size() * engine.numbers().width());
    try (DeviceBuffer weights = engine.enter(tensor.tensor());
        DeviceBuffer positioned = engine.enter(table)) {
      engine.run(
          launch(new Place.Fixed(weights), new Place.Fixed(positioned), new Place.Fixed(target)));
      return target;
    } catch (RuntimeException | Error e) {
      target.close();
      throw e;
    }
  }
}
