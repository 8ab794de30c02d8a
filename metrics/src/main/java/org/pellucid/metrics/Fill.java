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
    double[] weights = new double[reach + 1];
    Arrays.setAll(weights, i -> Math.exp(-i * (double) i / (2 * sigma * sigma)));
    double[] line = new double[length];
    for (int first = 0; first < pixels.length; first++) {
      if (first / step % length != 0) {
        continue;
      }
      for (int i = 0; i < length; i++) {
        double sum = 0;
        double all = 0;
        for (int k = Math.max(0, i - reach); k <= Math.min(length - 1, i + reach); k++) {
          double weight = weights[Math.abs(i - k)];
          sum += weight * pixels[first + k * step];
          all += weight;
        }
        line[i] = sum / all;
      }
      for (int i = 0; i < length; i++) {
        pixels[first + i * step] = line[i];
      }
    }
  }
}
