package org.pellucid.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Saliency;
import org.pellucid.api.Status;
import org.pellucid.core.render.Resizing;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * How the maps of several layers become one. Raw maps of different layers have different scales, so
 * each first loses its negative part, is divided by its largest value (a map without positive part
 * is 0), and is resized linearly to the finest of the layers; the fused map is from 0 to 1.
 */
public enum Fusion {
  /** The largest at each cell: what any layer shows. */
  MAX {
    @Override
    double of(double a, double b) {
      return Math.max(a, b);
    }
  },
  /** The mean at each cell. */
  MEAN {
    @Override
    double of(double a, double b) {
      return a + b;
    }
  },
  /** The product at each cell: what all layers show. */
  PRODUCT {
    @Override
    double of(double a, double b) {
      return a * b;
    }
  };

  abstract double of(double a, double b);

  /**
   * Fuses maps.
   *
   * @param layers the layers, in the maps' order; for messages
   * @throws InvalidRequestException if the maps have different numbers of axes
   */
  Saliency fuse(List<Saliency> maps, List<Layer> layers) {
    int rank = maps.get(0).map().shape().rank();
    int[] finest = new int[rank];
    for (int i = 0; i < maps.size(); i++) {
      Shape shape = maps.get(i).map().shape();
      if (shape.rank() != rank) {
        throw new InvalidRequestException(
            "Maps of layers with the same number of axes can be fused, found "
                + layers.stream()
                    .map(layer -> layer.tap().tensor() + " " + layer.shape())
                    .toList());
      }
      for (int axis = 0; axis < rank; axis++) {
        finest[axis] = Math.max(finest[axis], shape.dim(axis));
      }
    }
    Shape space = Shape.of(finest);
    double[] fused = null;
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < maps.size(); i++) {
      Saliency one = maps.get(i);
      String layer = layers.get(i).tap().tensor();
      one.warnings().forEach(warning -> warnings.add(layer + ": " + warning));
      if (one.status() != Status.OK) {
        warnings.add(layer + ": the map is " + one.status().name());
      }
      double[] part = Resizing.linear(positivePart(one.map()), space).toDoubleArray();
      double[] before = fused;
      fused = before == null ? part : combined(before, part);
    }
    if (this == MEAN) {
      for (int i = 0; i < fused.length; i++) {
        fused[i] /= maps.size();
      }
    }
    return new Saliency(
        Tensor.of(space, fused), List.of(), Optional.empty(), status(fused), warnings, Map.of());
  }

  private double[] combined(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> of(a[i], b[i])).toArray();
  }

  private static Tensor positivePart(Tensor map) {
    double[] values = map.toDoubleArray();
    double largest = Arrays.stream(values).reduce(0, Math::max);
    for (int i = 0; i < values.length; i++) {
      values[i] = largest > 0 ? Math.max(0, values[i]) / largest : 0;
    }
    return Tensor.of(map.shape(), values);
  }

  private static Status status(double[] fused) {
    double min = Arrays.stream(fused).min().orElse(0);
    double max = Arrays.stream(fused).max().orElse(0);
    if (max == 0) {
      return Status.NO_POSITIVE_EVIDENCE;
    }
    return min == max && fused.length > 1 ? Status.FLAT : Status.OK;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
