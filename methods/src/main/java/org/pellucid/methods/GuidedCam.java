package org.pellucid.methods;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Status;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.Shape;

/**
 * A class activation map, enlarged to the image, times the gradient of guided backpropagation: the
 * map's place with the gradient's detail. Feature maps and neurons are selected at the layer.
 */
abstract class GuidedCam extends InputGradientMethod {
  private final Explainer cam;
  private final List<Option<?>> options;

  /**
   * A method.
   *
   * @param cam whose map is enlarged
   * @param source of the product
   */
  GuidedCam(Explainer cam, String source) {
    super(ChannelReduction.MAX_ABS, source);
    this.cam = cam;
    List<Option<?>> all = new ArrayList<>(cam.options());
    all.addAll(super.options());
    this.options = List.copyOf(all);
  }

  @Override
  public List<Option<?>> options() {
    return options;
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LAYER_GRADIENTS, Need.INPUT_GRADIENTS, Need.GRADIENT_RULES);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options values) {
    // What is selected of the layer is in the map; the image is looked at as a whole.
    SelectedLayer.of(selection, probe.capture(SelectedLayer.layerOf(selection)), probe)
        .mapsByIndex(id());
    SelectedLayer image = SelectedLayer.ofInput(id(), Selection.of(probe.inputTap()), probe);
    SaliencyReport report = SaliencyReport.withoutTable(image);
    Saliency map = cam.explain(probe, selection, values);
    map.warnings().forEach(report::warn);
    map.measures().forEach(report::measure);
    if (map.status() == Status.DEGENERATE) {
      return report.degenerate("The class activation map shows nothing");
    }
    LayerCapture guided = Guidance.of(probe, report).capture(probe.inputTap());
    Optional<String> degeneracy =
        Degeneracy.ofScore(guided.score()).or(() -> Degeneracy.ofGradients(guided.gradientField()));
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    Field products = ALGEBRA.mul(image.field(guided.gradients()), enlarged(map, image.space()));
    return report.saliency(reduce(products, image, values));
  }

  /** ReLU of the map, enlarged linearly to the input; a number per pixel. */
  private Field enlarged(Saliency map, Shape image) {
    Shape space = map.map().shape();
    if (space.rank() != image.rank()) {
      throw new InvalidRequestException(
          "The method "
              + id()
              + " enlarges a map to the input, whose axes must be as many: found a map of shape "
              + space
              + " and an input of "
              + image
              + "; grad-cam takes both");
    }
    double[] positive =
        Arrays.stream(map.map().toDoubleArray()).map(cell -> Math.max(0, cell)).toArray();
    double[] pixels = new Enlargement(space, image).of(positive);
    return new Field(1, pixels.length, pixels);
  }
}
