package org.pellucid.core;

import java.util.Optional;
import org.pellucid.api.Precision;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.SourceImage;

/**
 * An explanation of one image and one target, with all that is needed to show and to repeat it.
 *
 * @param saliency the numbers
 * @param predicted the class with the highest score
 * @param target the class that is explained
 * @param layer the layer that was looked at
 * @param selection what of it was looked at
 * @param precision the arithmetic of the network, in which files hold the map
 * @param provenance how it was made
 * @param seconds how long it took, without loading the model
 * @param image the image, where one was explained
 * @param geometry where the input lies on the image, or on itself where there is none
 */
public record Explanation(
    Saliency saliency,
    Prediction predicted,
    Prediction target,
    Layer layer,
    Selection selection,
    Precision precision,
    Provenance provenance,
    double seconds,
    Optional<SourceImage> image,
    Geometry geometry) {}
