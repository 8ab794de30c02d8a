package org.pellucid.core;

import java.util.List;
import java.util.Optional;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Tensor;

/**
 * An explanation of one image and one target, with all that is needed to show and to repeat it.
 *
 * @param saliency the numbers
 * @param predicted the class with the highest score
 * @param target the class that is explained
 * @param layers the layers that were looked at
 * @param fusion how the maps of several layers became one
 * @param selection what of it was looked at
 * @param precision the arithmetic of the network, in which files hold the map
 * @param provenance how it was made
 * @param seconds how long it took, without loading the model
 * @param image the image, where one was explained
 * @param array the explained input, channels first, {@code [C, spatial...]}, where there is no
 *     image
 * @param geometry where the input lies on the image, or on itself where there is none
 */
public record Explanation(
    Saliency saliency,
    Prediction predicted,
    Prediction target,
    List<Layer> layers,
    Optional<Fusion> fusion,
    Selection selection,
    Precision precision,
    Provenance provenance,
    double seconds,
    Optional<SourceImage> image,
    Optional<Tensor> array,
    Geometry geometry) {
  /** Copies the list. */
  public Explanation {
    layers = List.copyOf(layers);
  }

  /** The layer that was looked at; the first of several. */
  public Layer layer() {
    return layers.get(0);
  }
}
