package org.pellucid.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Region;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * What is explained: a network's inputs, and the image they were made of, if any. {@link
 * Pellucid#prepare} makes it; it serves the same network on any backend.
 *
 * @param name what the provenance calls it
 * @param inputs a value per input of the network, one sample each
 * @param image the image, where there is one
 * @param geometry where the explained input lies on the image, or on itself where there is none
 * @param space the lengths of the explained input's axes, rows and columns of an image
 */
public record Subject(
    String name,
    Map<String, Tensor> inputs,
    Optional<SourceImage> image,
    Geometry geometry,
    Shape space) {
  /** Copies the inputs. */
  public Subject {
    inputs = Map.copyOf(inputs);
  }

  /**
   * Pixels of the image as displayed, or of the input where there is no image, as pixels of the
   * input.
   *
   * @throws org.pellucid.api.InvalidRequestException if one reaches out of what the network sees,
   *     or has other axes
   */
  public List<Region> toInput(List<Region> pixels) {
    return pixels.stream().map(this::toInput).toList();
  }

  private Region toInput(Region region) {
    if (image.isEmpty()) {
      region.requireWithin(space);
      return region;
    }
    List<Integer> start = region.start();
    List<Integer> size = region.size();
    if (start.size() != 2) {
      throw new InvalidRequestException(
          "Pixels of an image are rows and columns, found a region that begins at " + start);
    }
    return geometry.toInput(start.get(1), start.get(0), size.get(1), size.get(0));
  }
}
