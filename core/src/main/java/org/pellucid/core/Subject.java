package org.pellucid.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.Region;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Tensor;

/**
 * What is explained: a network's inputs, and the image they were made of, if any. {@link
 * Pellucid#prepare} makes it; it serves the same network on any backend.
 *
 * @param name what the provenance calls it
 * @param inputs a value per input of the network, one sample each
 * @param image the image, where there is one
 * @param geometry where the explained input lies on the image, or on itself where there is none
 */
public record Subject(
    String name, Map<String, Tensor> inputs, Optional<SourceImage> image, Geometry geometry) {
  /** Copies the inputs. */
  public Subject {
    inputs = Map.copyOf(inputs);
  }

  /**
   * Pixels of the image as displayed, or of the input where there is no image, as pixels of the
   * input.
   *
   * @throws org.pellucid.api.InvalidRequestException if one reaches out of what the network sees
   */
  public List<Region> toInput(List<Region> pixels) {
    return pixels.stream()
        .map(
            region ->
                geometry.toInput(region.column(), region.row(), region.width(), region.height()))
        .toList();
  }
}
