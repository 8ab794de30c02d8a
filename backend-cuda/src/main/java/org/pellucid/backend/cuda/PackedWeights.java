package org.pellucid.backend.cuda;

import java.nio.IntBuffer;
import org.pellucid.graph.Tensor;

/**
 * Weights in the order [group][term][row] that the convolutions read: element (g, k, m) is element
 * g groupStep + m rowStep + positions[k] of the tensor.
 *
 * @param tensor a constant of the model, told from others by identity
 * @param positions per term, where its weights begin in those of a row
 */
record PackedWeights(
    Identity tensor, IntBuffer positions, int groups, int rows, int groupStep, int rowStep) {
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
    return groups * positions.remaining() * rows;
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
        groupStep,
        rowStep);
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
