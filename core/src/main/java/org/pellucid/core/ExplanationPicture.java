package org.pellucid.core;

import java.awt.image.BufferedImage;
import org.pellucid.api.Saliency;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.SourceImage;
import org.pellucid.core.render.ArrayPictures;
import org.pellucid.core.render.HeatmapRenderer;
import org.pellucid.core.render.HeatmapSettings;
import org.pellucid.graph.Tensor;

/** An explanation as a picture: the map over the image, a strip of a signal, slices of a volume. */
public final class ExplanationPicture {
  private ExplanationPicture() {}

  /**
   * Draws an explanation.
   *
   * @param rendering colours, scale and overlay
   * @return of the image's size where an image was explained
   */
  public static BufferedImage of(Explanation explanation, HeatmapSettings rendering) {
    Geometry geometry = explanation.geometry();
    SourceImage image = explanation.image().orElseGet(() -> blank(geometry));
    HeatmapRenderer renderer =
        new HeatmapRenderer(explanation.image().isPresent() ? rendering : rendering.withOverlay(1));
    Saliency saliency = explanation.saliency();
    int rank = saliency.map().shape().rank();
    if (rank == 1 || rank == 3) {
      Tensor array = explanation.array().orElseThrow();
      ArrayPictures pictures = new ArrayPictures(rendering);
      return rank == 1
          ? pictures.strip(saliency.map(), array)
          : pictures.slices(saliency.map(), array);
    }
    return saliency.concepts().isEmpty()
        ? renderer.render(saliency.map(), image, geometry)
        : renderer.renderTogether(
            saliency.concepts().stream().map(Saliency.Concept::map).toList(), image, geometry);
  }

  private static SourceImage blank(Geometry geometry) {
    return SourceImage.of(
        new BufferedImage(
            geometry.imageWidth(), geometry.imageHeight(), BufferedImage.TYPE_INT_RGB));
  }
}
