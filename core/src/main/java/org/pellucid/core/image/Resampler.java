package org.pellucid.core.image;

/**
 * Resamples an image with a triangle filter that is widened when it makes the image smaller, first
 * along rows, then along columns: what Pillow calls BILINEAR and torchvision bilinear with
 * antialiasing. Computes only what the input shows, one row of the image at a time, so that memory
 * grows with the input and one row, not with the image.
 *
 * <p>Pillow rounds to 8 bits after each of the two passes; here nothing is rounded.
 */
final class Resampler {
  private final SourceImage image;
  private final Geometry geometry;
  private final Filter columns;
  private final Filter rows;

  Resampler(SourceImage image, Geometry geometry) {
    this.image = image;
    this.geometry = geometry;
    this.columns = new Filter(image.width(), geometry.resizedWidth());
    this.rows = new Filter(image.height(), geometry.resizedHeight());
  }

  /**
   * The scaled image on the input.
   *
   * @param fill per channel the value where the input shows no image
   * @return per channel {@code [inputHeight * inputWidth]}, row-major, red first, values 0 to 255
   */
  float[][] resample(float[] fill) {
    int width = geometry.inputWidth();
    int height = geometry.inputHeight();
    int left = Math.max(0, geometry.left());
    int right = Math.min(width, geometry.left() + geometry.resizedWidth());
    int top = Math.max(0, geometry.top());
    int bottom = Math.min(height, geometry.top() + geometry.resizedHeight());
    Weights[] across = new Weights[right - left];
    for (int x = left; x < right; x++) {
      across[x - left] = columns.at(x - geometry.left());
    }

    float[][] planes = new float[SourceImage.CHANNELS][width * height];
    float[] source = new float[image.width()];
    double[] line = new double[across.length];
    for (int channel = 0; channel < planes.length; channel++) {
      double[][] sums = new double[bottom - top][];
      int first = rows.first(top - geometry.top());
      int end = rows.end(bottom - 1 - geometry.top());
      int next = top;
      int done = top;
      for (int y = first; y < end; y++) {
        image.readRow(channel, y, source);
        for (int x = 0; x < line.length; x++) {
          line[x] = across[x].apply(source);
        }
        while (next < bottom && rows.first(next - geometry.top()) <= y) {
          sums[next++ - top] = new double[line.length];
        }
        for (int row = done; row < next; row++) {
          double weight = rows.weight(row - geometry.top(), y);
          double[] sum = sums[row - top];
          for (int x = 0; x < line.length; x++) {
            sum[x] += weight * line[x];
          }
        }
        while (done < next && rows.end(done - geometry.top()) <= y + 1) {
          finish(planes[channel], done, left, sums[done - top]);
          sums[done++ - top] = null;
        }
      }
      fillMargins(planes[channel], fill[channel], left, right, top, bottom);
    }
    return planes;
  }

  private void finish(float[] plane, int row, int left, double[] sum) {
    double total = rows.total(row - geometry.top());
    int start = row * geometry.inputWidth() + left;
    for (int x = 0; x < sum.length; x++) {
      plane[start + x] = (float) (sum[x] / total);
    }
  }

  private void fillMargins(float[] plane, float value, int left, int right, int top, int bottom) {
    int width = geometry.inputWidth();
    for (int i = 0; i < plane.length; i++) {
      int x = i % width;
      int y = i / width;
      if (x < left || x >= right || y < top || y >= bottom) {
        plane[i] = value;
      }
    }
  }

  /** The weights of one output position, normalised to a sum of 1. */
  private record Weights(int first, float[] values) {
    double apply(float[] source) {
      double sum = 0;
      for (int i = 0; i < values.length; i++) {
        sum += values[i] * (double) source[first + i];
      }
      return sum;
    }
  }

  /** The triangle filter from one length to another; windows are rounded as Pillow rounds them. */
  private static final class Filter {
    private final int from;
    private final double scale;
    private final double support;

    Filter(int from, int to) {
      this.from = from;
      this.scale = (double) from / to;
      this.support = Math.max(1, scale);
    }

    private double centre(int position) {
      return (position + 0.5) * scale;
    }

    int first(int position) {
      return Math.max(0, (int) (centre(position) - support + 0.5));
    }

    int end(int position) {
      return Math.min(from, (int) (centre(position) + support + 0.5));
    }

    double weight(int position, int source) {
      return Math.max(0, 1 - Math.abs((source + 0.5 - centre(position)) / support));
    }

    double total(int position) {
      double total = 0;
      for (int i = first(position); i < end(position); i++) {
        total += weight(position, i);
      }
      return total;
    }

    Weights at(int position) {
      int first = first(position);
      float[] values = new float[end(position) - first];
      double total = total(position);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (weight(position, first + i) / total);
      }
      return new Weights(first, values);
    }
  }
}
