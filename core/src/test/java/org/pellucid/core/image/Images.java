package org.pellucid.core.image;

import java.net.URISyntaxException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Tensor;

/** The files that {@code core/make/images.py} made. */
final class Images {
  private Images() {}

  static Path file(String name) {
    try {
      return Path.of(Images.class.getResource("/images/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Values that are expected: {@code [height, width, 3]} for images. */
  static Tensor expected(String name) {
    return Npy.read(file(name + ".npy"));
  }

  /** The largest difference of a value. */
  static double difference(SourceImage image, Tensor expected) {
    double largest = 0;
    FloatBuffer values = expected.floats();
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        for (int channel = 0; channel < 3; channel++) {
          largest = Math.max(largest, Math.abs(values.get() - image.sample(channel, x, y)));
        }
      }
    }
    return largest;
  }
}
