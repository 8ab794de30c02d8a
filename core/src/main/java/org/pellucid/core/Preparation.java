package org.pellucid.core;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.Preprocessor;
import org.pellucid.core.image.Preset;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.FeatureMapAxes;
import org.pellucid.graph.pass.Layouts;

/**
 * Makes a network's inputs of images and arrays.
 *
 * @param graph the network
 * @param input the explained input's name
 * @param preset how images become numbers
 */
record Preparation(ModelGraph graph, String input, Preset preset) {
  /**
   * Checks that the network takes images as the preset makes them.
   *
   * @throws InvalidRequestException if it has several inputs, or one that is no image, or of
   *     another size, layout or number of channels than the preset's
   */
  void checkTakesImages() {
    if (graph.inputs().size() > 1) {
      throw new InvalidRequestException(
          "The model has "
              + graph.inputs().size()
              + " inputs, "
              + graph.inputs()
              + "; an image fills only \""
              + input
              + "\". Give all of them as arrays");
    }
    preprocessor();
  }

  private Preprocessor preprocessor() {
    return new Preprocessor(preset, graph.inputs().get(input).shape());
  }

  /** The input that an image becomes. */
  Preprocessor.Input of(SourceImage image) {
    checkTakesImages();
    return preprocessor().apply(image);
  }

  /** An image under a name. */
  Subject of(String name, SourceImage image) {
    Preprocessor.Input prepared = of(image);
    Geometry geometry = prepared.geometry();
    Shape space = Shape.of(geometry.inputHeight(), geometry.inputWidth());
    return new Subject(name, Map.of(input, prepared.tensor()), Optional.of(image), geometry, space);
  }

  /** Raw inputs under a name. */
  Subject of(String name, Map<String, Tensor> inputs) {
    Shape space = space();
    return new Subject(name, inputs, Optional.empty(), geometry(space), space);
  }

  /**
   * The geometry of an input that is looked at itself, pixel for pixel: a signal is one row, and a
   * volume as wide and high as its slices.
   */
  private static Geometry geometry(Shape space) {
    int width = space.dim(space.rank() - 1);
    int height = space.rank() == 1 ? 1 : space.dim(space.rank() - 2);
    return Geometry.of(Preset.Resize.STRETCH, width, height, width, height);
  }

  /** The lengths of the explained input's axes. */
  private Shape space() {
    Shape shape = graph.inputs().get(input).shape();
    List<Integer> axes =
        Layouts.of(graph).of(input).map(FeatureMapAxes::spatialAxes).orElse(List.of());
    if (axes.isEmpty()) {
      throw new InvalidRequestException(
          "The input \"" + input + "\" of shape " + shape + " has no axes of space or time");
    }
    return Shape.of(axes.stream().mapToInt(shape::dim).toArray());
  }
}
