package org.pellucid.methods;

import java.util.Arrays;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.Shape;

/** The feature maps of a layer as masks of the input: enlarged linearly, then from 0 to 1. */
final class FeatureMasks {
  private final Field activations;
  private final Enlargement enlargement;

  /**
   * Masks.
   *
   * @param layer the lengths of the layer's axes: h and w, or others
   * @param input those of the input
   * @throws InvalidRequestException if the layer has other axes than the input
   */
  FeatureMasks(Field activations, Shape layer, Shape input) {
    if (layer.rank() != input.rank()) {
      throw new InvalidRequestException(
          "The input is seen through feature maps of as many axes as it has; it is of "
              + input
              + ", the feature maps are of "
              + layer
              + "; ablation-cam and recipro-cam take both");
    }
    this.activations = activations;
    this.enlargement = new Enlargement(layer, input);
  }

  int count() {
    return activations.maps();
  }

  private double[] cells(int map) {
    int cells = activations.cells();
    return Arrays.copyOfRange(activations.values(), map * cells, (map + 1) * cells);
  }

  /** Whether a feature map can be a mask: a flat one hides and shows nothing. */
  boolean varies(int map) {
    double[] cells = cells(map);
    return Arrays.stream(cells).anyMatch(cell -> cell != cells[0]);
  }

  /** The variance of a feature map over its cells. */
  double variance(int map) {
    double[] cells = cells(map);
    double mean = Arrays.stream(cells).sum() / cells.length;
    return Arrays.stream(cells).map(cell -> (cell - mean) * (cell - mean)).sum() / cells.length;
  }

  /** The mask of a feature map that varies. */
  double[] get(int map) {
    double[] mask = enlargement.of(cells(map));
    double min = Arrays.stream(mask).min().orElseThrow();
    double max = Arrays.stream(mask).max().orElseThrow();
    // Halves, so that the range of huge numbers is finite.
    double range = max / 2 - min / 2;
    // Where enlarging leaves no difference, the mask shows everything.
    return range > 0
        ? Arrays.stream(mask).map(value -> (value / 2 - min / 2) / range).toArray()
        : Arrays.stream(mask).map(value -> 1).toArray();
  }
}
