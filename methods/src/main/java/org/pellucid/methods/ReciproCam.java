package org.pellucid.methods;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.LayerActivations;
import org.pellucid.api.MapSelection;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.Shape;

/**
 * Recipro-CAM: what the network says when it sees one place of a layer alone. With activations A
 * [K, h, w] and a mask M_ij that is 1 at cell (i, j), the same for all feature maps,
 *
 * <pre>
 * map_ij = S(A M_ij) - S(0)    [h, w]
 * </pre>
 *
 * where S continues the network from the layer, and S(0) is the score of a layer of zeros.
 *
 * <p>S.-Y. Byun, W. Lee: "Recipro-CAM: fast gradient-free visual explanations for convolutional
 * neural networks", 2022, arXiv 2209.14074 (source: secondary). The paper scales the scores of all
 * cells to 0 to 1, which S(0) does not change; it makes 0 mean that a place says nothing. With the
 * option {@code mask=gaussian} the mask also has 1/2 at the cells beside (i, j) and 1/4 at those
 * across a corner, within the layer.
 *
 * <p>The network is resumed from the layer, at the cost of a pass from there to the scores for each
 * cell. A selection of feature maps sets the others to zero; those that contribute most cannot be
 * asked for, since no feature map has a weight. A selection of neurons selects cells of the map,
 * whatever its role.
 */
public final class ReciproCam implements Explainer {
  private static final double[] NEIGHBOUR = {0.5, 1, 0.5};

  /** What is let through at a cell. */
  public enum Mask {
    /** The cell alone. */
    CELL,
    /** The cell, half of each cell beside it, and a quarter of each across a corner. */
    GAUSSIAN
  }

  /** The mask. */
  public static final Option<Mask> MASK =
      Option.choice(
          "mask",
          Mask.GAUSSIAN,
          "What is let through at a cell: it alone, or its neighbours too, more weakly",
          "Byun and Lee 2022, https://arxiv.org/abs/2209.14074");

  @Override
  public String id() {
    return "recipro-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("reciprocam");
  }

  @Override
  public String description() {
    return "The score of each place of a layer alone; no gradients (Byun and Lee 2022,"
        + " https://arxiv.org/abs/2209.14074)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(MASK);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.RESUME);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    LayerActivations seen = probe.activations(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, seen, probe);
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    Field maps = layer.mapsByIndex(id());
    Optional<String> degeneracy = Degeneracy.ofActivations(seen.activations());
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    Shape space = layer.space();
    int cells = seen.cells();
    double[] shown = ArrayAlgebra.INSTANCE.mul(layer.field(seen.activations()), maps).values();
    int reach = options.get(MASK) == Mask.GAUSSIAN ? 1 : 0;
    record Places(MapSelection maps, Mask mask) {}
    // The last variant is the layer of zeros.
    Variants places =
        new Variants(
            new Places(selection.maps(), options.get(MASK)),
            cells + 1,
            seen.shape(),
            place -> {
              double[] left = new double[shown.length];
              if (place < cells) {
                letThrough(shown, left, space, place, reach, 0, 0, 1);
              }
              return left;
            });
    double[] scores = probe.scoresFrom(seen.tap(), places);
    double[] map = new double[cells];
    for (int cell = 0; cell < map.length; cell++) {
      map[cell] = scores[cell] - scores[map.length];
    }
    return report.saliency(new Field(1, map.length, map));
  }

  /**
   * Leaves of a layer what is near a place.
   *
   * @param axis the axis to go along next; those before it have chosen a cell and its factor
   */
  private static void letThrough(
      double[] layer,
      double[] left,
      Shape space,
      int place,
      int reach,
      int axis,
      int cell,
      double factor) {
    if (axis == space.rank()) {
      int cells = Math.toIntExact(space.size());
      for (int e = cell; e < layer.length; e += cells) {
        left[e] = factor * layer[e];
      }
      return;
    }
    int stride = Math.toIntExact(space.sizeOf(axis + 1, space.rank()));
    int length = space.dim(axis);
    int at = place / stride % length;
    for (int i = Math.max(0, at - reach); i <= Math.min(length - 1, at + reach); i++) {
      double part = factor * NEIGHBOUR[i - at + 1];
      letThrough(layer, left, space, place, reach, axis + 1, cell + i * stride, part);
    }
  }
}
