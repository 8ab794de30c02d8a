package org.pellucid.api;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.FeatureMapAxes;

/**
 * Brings feature maps from the layout they have in a network to [K, spatial...] and back.
 *
 * @since 0.1.0
 */
public final class FeatureMaps {
  private final Shape canonical;
  private final int[] offsets;
  private final int sampleStride;

  /**
   * The feature maps of one sample.
   *
   * @param canonical K and the spatial lengths
   * @param offsets where in a sample each canonical element is; null when the order is the same
   * @param sampleStride the step from one sample to the next
   */
  private FeatureMaps(Shape canonical, int[] offsets, int sampleStride) {
    this.canonical = canonical;
    this.offsets = offsets;
    this.sampleStride = sampleStride;
  }

  /**
   * The feature maps in a tensor.
   *
   * @param shape the tensor's shape, for any number of samples
   */
  public static FeatureMaps of(Shape shape, FeatureMapAxes axes) {
    List<Integer> spatial = axes.spatialAxes();
    int[] order = new int[spatial.size() + 1];
    order[0] = axes.channelAxis();
    for (int i = 0; i < spatial.size(); i++) {
      order[i + 1] = spatial.get(i);
    }
    int[] strides = shape.strides();
    int[] dims = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      dims[i] = shape.dim(order[i]);
    }
    Shape canonical = Shape.of(dims);
    int[] wanted = canonical.strides();
    boolean same = true;
    for (int i = 0; i < order.length; i++) {
      same &= strides[order[i]] == wanted[i] || dims[i] == 1;
    }
    int sampleStride = axes.sampleAxis() < 0 ? 0 : strides[axes.sampleAxis()];
    return new FeatureMaps(
        canonical, same ? null : offsets(canonical, order, strides), sampleStride);
  }

  private static int[] offsets(Shape canonical, int[] order, int[] strides) {
    int[] offsets = new int[Math.toIntExact(canonical.size())];
    int block = offsets.length;
    for (int i = 0; i < order.length; i++) {
      int inner = block / Math.max(1, canonical.dim(i));
      for (int e = 0; e < offsets.length; e++) {
        offsets[e] += e % block / inner * strides[order[i]];
      }
      block = inner;
    }
    return offsets;
  }

  /** K and the spatial lengths. */
  public Shape shape() {
    return canonical;
  }

  /**
   * Where each element, in the order [K, spatial...], lies in a sample; empty where it lies in that
   * order. A new array.
   */
  public Optional<int[]> places() {
    return Optional.ofNullable(offsets).map(int[]::clone);
  }

  /** Whether the elements lie in the order [K, spatial...] in a sample. */
  boolean isInOrder() {
    return offsets == null;
  }

  /** How far the same element of the next sample lies; 0 where samples are not stacked. */
  public int sampleStride() {
    return sampleStride;
  }

  /** The elements of a sample of a batch, [K, spatial...]. */
  public double[] ofSample(Tensor batch, int sample) {
    int start = sample * sampleStride;
    double[] maps = new double[Math.toIntExact(canonical.size())];
    if (offsets == null) {
      batch.copy(start, maps, maps.length);
      return maps;
    }
    switch (batch.elementType()) {
      case FLOAT32 -> {
        FloatBuffer elements = batch.floats();
        for (int e = 0; e < maps.length; e++) {
          maps[e] = elements.get(start + offsets[e]);
        }
      }
      case FLOAT64 -> {
        DoubleBuffer elements = batch.doubles();
        for (int e = 0; e < maps.length; e++) {
          maps[e] = elements.get(start + offsets[e]);
        }
      }
      default -> {
        for (int e = 0; e < maps.length; e++) {
          maps[e] = batch.get(start + offsets[e]);
        }
      }
    }
    return maps;
  }

  /** A sample of a batch, to compute with: read where it lies if that is possible. */
  ArrayAlgebra.Field fieldOfSample(Tensor batch, int sample) {
    int maps = canonical.dim(0);
    int cells = Math.toIntExact(canonical.sizeOf(1, canonical.rank()));
    if (offsets == null) {
      return ArrayAlgebra.Field.of(maps, cells, batch, sample * sampleStride);
    }
    return new ArrayAlgebra.Field(maps, cells, ofSample(batch, sample));
  }

  /** Elements [K, spatial...] of a sample in the network's layout; the array itself if it is so. */
  double[] toLayout(double[] maps) {
    if (offsets == null) {
      return maps;
    }
    double[] laidOut = new double[maps.length];
    place(maps, laidOut, 0);
    return laidOut;
  }

  /** Puts elements [K, spatial...] where a sample of a batch has them. */
  void place(double[] maps, double[] batch, int sample) {
    int start = sample * sampleStride;
    for (int e = 0; e < maps.length; e++) {
      batch[start + (offsets == null ? e : offsets[e])] = maps[e];
    }
  }
}
