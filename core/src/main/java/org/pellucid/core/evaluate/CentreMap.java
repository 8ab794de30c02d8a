package org.pellucid.core.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.Explainer;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * The same map for every image: a Gaussian hill in the middle, whose standard deviation is a
 * quarter of each side. Photographers centre their subjects, and a method that is no better has
 * found no more than that.
 */
final class CentreMap implements Explainer {
  private static final double WIDTH = 0.25;

  @Override
  public String id() {
    return "centre";
  }

  @Override
  public String description() {
    return "A hill in the middle of every image, to compare with";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    int[] shape = probe.activations(selection.layers().get(0)).shape().dims();
    Shape space = Shape.of(Arrays.copyOfRange(shape, 1, shape.length));
    double[] map = new double[Math.toIntExact(space.size())];
    for (int cell = 0; cell < map.length; cell++) {
      int rest = cell;
      double squares = 0;
      for (int axis = space.rank() - 1; axis >= 0; axis--) {
        double place = (rest % space.dim(axis) + 0.5) / space.dim(axis) - 0.5;
        squares += place * place;
        rest /= space.dim(axis);
      }
      map[cell] = Math.exp(-squares / (2 * WIDTH * WIDTH));
    }
    return new Saliency(
        Tensor.of(space, map), List.of(), Optional.empty(), Status.OK, List.of(), Map.of());
  }
}
