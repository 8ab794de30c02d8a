package org.pellucid.core.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
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
 * A map that says nothing: independent numbers from 0 to 1 in the cells of the layer. A method that
 * is no better explains nothing. Its seed is the image's, so that it differs from image to image.
 */
final class RandomMap implements Explainer {
  static final Option<Long> SEED =
      Option.wholeNumber("seed", 0, "Which numbers; the evaluation gives each image its own", "");

  @Override
  public String id() {
    return "random";
  }

  @Override
  public String description() {
    return "Random numbers in the cells of the layer, to compare with";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(SEED);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    int[] shape = probe.activations(selection.layers().get(0)).shape().dims();
    Shape space = Shape.of(Arrays.copyOfRange(shape, 1, shape.length));
    SplittableRandom random = new SplittableRandom(options.get(SEED));
    double[] map = random.doubles(space.size()).toArray();
    return new Saliency(
        Tensor.of(space, map), List.of(), Optional.empty(), Status.OK, List.of(), Map.of());
  }
}
