package org.pellucid.methods;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.api.Tap;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.Shape;

/**
 * RefineCAM: the product of the maps of several layers, so that fine ones show where exactly, and
 * coarse ones what belongs to the class. With the map L_l of another method at each layer l,
 *
 * <pre>
 * map = prod_l enlarged(ReLU(L_l) / max ReLU(L_l))      [h, w] of the image, 0 to 1
 * </pre>
 *
 * <p>L. Domeniconi et al.: "How to evaluate and refine your CAM", 2026, arXiv 2605.14641 (source:
 * secondary). The layers are those that are selected. Where one is, it is that one and, of each
 * finer resolution before it, the last tensor through which everything passes on its way to it: the
 * ends of a network's stages. Enlarged is bilinearly.
 *
 * <p>A selection of neurons selects cells of the last selected layer, whatever its role, and leaves
 * out the pixels of the others. The measure {@code layers} says how many maps were multiplied.
 */
public final class RefineCam implements Explainer {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  /** The method whose maps are multiplied. */
  public static final Option<BaseCam> BASE =
      Option.choice(
          "base",
          BaseCam.GRAD_CAM_PLUS_PLUS,
          "The method whose maps are multiplied",
          "Domeniconi et al. 2026, https://arxiv.org/abs/2605.14641");

  @Override
  public String id() {
    return "refine-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("refinecam");
  }

  @Override
  public String description() {
    return "The product of the maps of a network's stages (Domeniconi et al. 2026,"
        + " https://arxiv.org/abs/2605.14641)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(BASE);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LAYER_GRADIENTS, Need.NETWORK);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    List<Tap> selected = selection.layers();
    Tap last = selected.get(selected.size() - 1);
    Selection alone = new Selection(List.of(last), selection.maps(), selection.neurons());
    SelectedLayer layer = SelectedLayer.of(alone, probe.capture(last), probe);
    layer.checkAllMaps(id(), "multiplies the maps of whole layers");
    SelectedLayer image = SelectedLayer.ofInput(id(), Selection.of(probe.inputTap()), probe);
    SaliencyReport report = SaliencyReport.withoutTable(image);
    Shape space = image.space();
    List<Tap> layers = selected.size() > 1 ? selected : Stages.before(probe.graph(), last);
    report.measure("layers", layers.size());
    probe.expect(Set.copyOf(layers));
    Field product = pixels(layer, space);
    for (Tap tap : layers) {
      Saliency map = options.get(BASE).explainer().explain(probe, Selection.of(tap), options);
      if (map.status() == Status.DEGENERATE) {
        return report.degenerate(
            "At the layer \"" + tap.tensor() + "\": " + String.join("; ", map.warnings()));
      }
      product = ALGEBRA.mul(product, enlarged(map, space));
    }
    return report.saliency(product);
  }

  /** 1 for each pixel of a selected cell, otherwise 0. */
  private static Field pixels(SelectedLayer layer, Shape space) {
    Field cells = ALGEBRA.mul(layer.weightCells(), layer.contributionCells());
    double[] pixels = new double[Math.toIntExact(space.size())];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = cells.values()[cells.cells() == 1 ? 0 : cellOf(i, layer.space(), space)];
    }
    return new Field(1, pixels.length, pixels);
  }

  /** The cell of a layer that a pixel belongs to. */
  private static int cellOf(int pixel, Shape layer, Shape image) {
    int cell = 0;
    int rest = pixel;
    int stride = 1;
    for (int axis = image.rank() - 1; axis >= 0; axis--) {
      long at = rest % image.dim(axis);
      cell += (int) (at * layer.dim(axis) / image.dim(axis)) * stride;
      rest /= image.dim(axis);
      stride *= layer.dim(axis);
    }
    return cell;
  }

  private static Field enlarged(Saliency saliency, Shape image) {
    Shape space = saliency.map().shape();
    if (space.rank() != image.rank()) {
      throw new InvalidRequestException(
          "The method refine-cam enlarges maps to the input, whose axes must be as many: found a"
              + " map of shape "
              + space
              + " and an input of "
              + image
              + "; the method underneath, grad-cam++ where nothing else is asked for, takes both");
    }
    double[] map = saliency.map().toDoubleArray();
    double max = Math.max(0, Arrays.stream(map).max().orElseThrow());
    double[] part = Arrays.stream(map).map(cell -> max > 0 ? Math.max(0, cell / max) : 0).toArray();
    double[] pixels = new Enlargement(space, image).of(part);
    return new Field(1, pixels.length, pixels);
  }
}
