package org.pellucid.api;

import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.pass.FeatureMapAxes;

/** The input that is varied and explained: its clean value, its layout, and variants of it. */
final class ExplainedInput {
  private final String name;
  private final TensorType type;
  private final Tensor clean;
  private final Optional<FeatureMapAxes> axes;
  private final ElementType elementType;
  private Tensor maps;

  /**
   * An input.
   *
   * @param type what the model takes
   * @param clean its value, one sample
   * @param tracked its layout, where the graph tells
   * @param elementType of variants
   */
  ExplainedInput(
      String name,
      TensorType type,
      Tensor clean,
      Optional<FeatureMapAxes> tracked,
      ElementType elementType) {
    this.name = name;
    this.type = type;
    this.clean = clean;
    this.axes = tracked.or(() -> guessed(clean.shape()));
    this.elementType = elementType;
  }

  /** The layout of an input of rank 4 by where a number of colour channels stands. */
  private static Optional<FeatureMapAxes> guessed(Shape shape) {
    if (shape.rank() != 4) {
      return Optional.empty();
    }
    boolean channelsLast = shape.dim(1) > 4 && shape.dim(3) <= 4;
    return Optional.of(
        channelsLast
            ? new FeatureMapAxes(0, 3, List.of(1, 2))
            : new FeatureMapAxes(0, 1, List.of(2, 3)));
  }

  String name() {
    return name;
  }

  /** The clean value. */
  Tensor clean() {
    return clean;
  }

  /** Which axes are what, where that is known. */
  Optional<FeatureMapAxes> axes() {
    return axes;
  }

  /** The lengths of its axes of space or time. */
  Shape space() {
    int[] lengths = layout().shape().dims();
    return Shape.of(Arrays.copyOfRange(lengths, 1, lengths.length));
  }

  private InvalidRequestException without(String what) {
    return new InvalidRequestException(
        "The input \"" + name + "\" of shape " + clean.shape() + " " + what);
  }

  private FeatureMaps layout() {
    return axes.map(found -> FeatureMaps.of(clean.shape(), found))
        .orElseThrow(this::withoutChannels);
  }

  /** Why an input without a layout is no layer of channels. */
  InvalidRequestException withoutChannels() {
    return without("has no channels of rows and columns");
  }

  /** The clean value, [C, spatial...]. */
  Tensor maps() {
    if (maps == null) {
      FeatureMaps layout = layout();
      maps = Tensor.of(layout.shape(), layout.ofSample(clean, 0));
    }
    return maps;
  }

  /** Elements [C, spatial...] in the model's layout. */
  Tensor laidOut(double[] maps) {
    return Tensor.of(clean.shape(), layout().toLayout(maps));
  }

  /** Variants that are given as [C, spatial...], in the model's layout and the run's precision. */
  Inputs variants(Inputs maps) {
    FeatureMaps layout = layout();
    return new Inputs() {
      @Override
      public int count() {
        return maps.count();
      }

      @Override
      public Optional<Object> identity() {
        return maps.identity();
      }

      @Override
      public Tensor get(int index) {
        Tensor variant = maps.get(index);
        if (!variant.shape().equals(layout.shape())) {
          throw new InvalidRequestException(
              "Variants of input \""
                  + name
                  + "\" have shape "
                  + layout.shape()
                  + ", found "
                  + variant.shape());
        }
        double[] values = layout.toLayout(variant.toDoubleArray());
        return Tensor.of(clean.shape(), values).cast(elementType);
      }

      @Override
      public void put(int index, Shape shape, FloatBuffer batch) {
        if (layout.isInOrder() && shape.equals(clean.shape())) {
          maps.put(index, layout.shape(), batch);
        } else {
          Inputs.super.put(index, shape, batch);
        }
      }
    };
  }

  /** Variants that are given in the model's layout, as [C, spatial...], float64. */
  Inputs maps(Inputs variants) {
    FeatureMaps layout = layout();
    return new Inputs() {
      @Override
      public int count() {
        return variants.count();
      }

      @Override
      public Optional<Object> identity() {
        return variants.identity();
      }

      @Override
      public Tensor get(int index) {
        return Tensor.of(layout.shape(), layout.ofSample(variants.get(index), 0));
      }
    };
  }

  /** Noisy copies of the clean value. */
  NoisyInputs noisy(Noise noise) {
    if (!type.elementType().isFloating()) {
      throw new InvalidRequestException(
          "Noise is added to floating inputs; \"" + name + "\" is " + type);
    }
    FeatureMaps layout =
        axes.map(found -> FeatureMaps.of(clean.shape(), found))
            .filter(maps -> maps.shape().size() == clean.size())
            .orElse(null);
    return new NoisyInputs(noise, clean, layout, elementType);
  }
}
