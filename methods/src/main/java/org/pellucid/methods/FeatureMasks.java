package org.pellucid.methods;

import java.util.Arrays;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.Shape;

/** The feature maps of a layer as masks of the image: enlarged bilinearly, then from 0 to 1. */
final class FeatureMasks {
  private final Field activations;
  private final Enlargement enlargement;

  /**
   * Masks.
   *
   * @param layer the layer's shape, K, h and w
   * @param image height and width
   * @throws InvalidRequestException if the layer has no rows and columns
   */
  FeatureMasks(Field activations, Shape layer, Shape image) {
    if (layer.rank() != 3) {
      throw new InvalidRequestException(
          "The image is seen through feature maps of rows and columns, found those of " + layer);
    }
    this.activations = activations;
    this.enlargement = new Enlargement(layer.dim(1), layer.dim(2), image.dim(0), image.dim(1));
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
