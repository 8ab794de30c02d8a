package org.pellucid.metrics;

import java.util.Arrays;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** What stands where a pixel is not seen. */
public enum Fill {
  /** 0 in units of the network's input: the mean colour, where the preset takes the mean away. */
  ZERO {
    @Override
    double[] of(Tensor image) {
      return new double[image.size()];
    }
  },
  /** The mean of each channel of the image. */
  MEAN {
    @Override
    double[] of(Tensor image) {
      double[] pixels = image.toDoubleArray();
      int cells = pixels.length / image.shape().dim(0);
      for (int start = 0; start < pixels.length; start += cells) {
        double mean = Arrays.stream(pixels, start, start + cells).average().orElse(0);
        Arrays.fill(pixels, start, start + cells, mean);
      }
      return pixels;
    }
  },
  /**
   * The image out of focus: a Gaussian of a standard deviation of 5 pixels in 224, cut off at three
   * of them; beyond the edges nothing counts.
   */
  BLUR {
    @Override
    double[] of(Tensor image) {
      Shape shape = image.shape();
      double sigma = 5.0 / 224 * Math.min(shape.dim(1), shape.dim(2));
      double[] pixels = image.toDoubleArray();
      blur(pixels, shape.dim(2), 1, sigma);
      blur(pixels, shape.dim(1), shape.dim(2), sigma);
      return pixels;
    }
  };

  /**
   * What an image becomes where nothing of it is seen.
   *
   * @param image channels first, {@code [C, h, w]}
   */
  abstract double[] of(Tensor image);

  /** Blurs along an axis of a length, neighbours on which are a step apart. */
  private static void blur(double[] pixels, int length, int step, double sigma) {
    int reach = (int) Math.ceil(3 * sigma);
    double[] weights = new double[2 * reach + 1];
    Arrays.setAll(weights, i -> Math.exp(-Math.pow(i - reach, 2) / (2 * sigma * sigma)));
    double[] sums = new double[length];
    Arrays.setAll(sums, i -> sum(weights, Math.max(0, reach - i), Math.min(reach, length - 1 - i)));
    double[] blurred = new double[length * step];
    for (int block = 0; block < pixels.length; block += blurred.length) {
      Arrays.fill(blurred, 0);
      // One weight after the other for all pixels, in loops that run several turns at a time.
      for (int shift = -reach; shift <= reach; shift++) {
        double weight = weights[shift + reach];
        int source = block + shift * step;
        int end = Math.min(length, length - shift) * step;
        for (int i = Math.max(0, -shift) * step; i < end; i++) {
          blurred[i] += weight * pixels[source + i];
        }
      }
      for (int i = 0; i < blurred.length; i++) {
        pixels[block + i] = blurred[i] / sums[i / step];
      }
    }
  }

  /** Of the weights from one, to so many after the middle. */
  private static double sum(double[] weights, int from, int after) {
    return Arrays.stream(weights, from, weights.length / 2 + after + 1).sum();
  }
}
