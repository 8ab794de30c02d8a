package org.pellucid.importer.dl4j;

import java.util.List;
import org.pellucid.graph.MalformedInputException;

/** How layers change the length of a spatial axis, to find what they were given. */
final class Dl4jSizes {
  private static final int LONGEST = 1 << 13;

  private Dl4jSizes() {}

  /** A length, and whether nothing at the edge was dropped on the way to it. */
  private record Length(long length, boolean exact) {
    Length to(long other, boolean all) {
      return new Length(other, exact && all);
    }
  }

  /**
   * A length of which a path of layers makes another.
   *
   * @param asked what is taken if it is among those that do
   */
  static int before(List<Dl4jNetwork.Vertex> path, int axis, int wanted, int asked) {
    if (after(path, axis, asked).length() == wanted) {
      return asked;
    }
    int smallest = -1;
    for (int length = 1; length <= LONGEST; length++) {
      Length result = after(path, axis, length);
      if (result.length() == wanted && result.exact()) {
        return length;
      }
      if (result.length() == wanted && smallest == -1) {
        smallest = length;
      }
    }
    if (smallest == -1) {
      throw new MalformedInputException(
          "No size of the input gives the "
              + wanted
              + " "
              + (axis == 0 ? "rows" : "columns")
              + " that the network flattens");
    }
    return smallest;
  }

  private static Length after(List<Dl4jNetwork.Vertex> path, int axis, int length) {
    Length now = new Length(length, true);
    for (Dl4jNetwork.Vertex vertex : path) {
      now = step(vertex.type(), vertex.settings(), axis, now);
      if (now.length() < 1 || now.length() > Integer.MAX_VALUE) {
        return new Length(-1, false);
      }
    }
    return now;
  }

  private static Length step(String type, Settings settings, int axis, Length now) {
    long n = now.length();
    if (type.startsWith("Deconvolution")) {
      long stride = settings.wholes("stride").get(axis);
      return isSame(settings)
          ? now.to(n * stride, true)
          : now.to((n - 1) * stride + reach(settings, axis) - 2L * padding(settings, axis), true);
    }
    if (settings.has("kernelSize") && settings.has("stride")) {
      long stride = Math.max(1, settings.wholes("stride").get(axis));
      if (isSame(settings) || settings.text("convolutionMode", "").equals("Causal")) {
        return now.to((n + stride - 1) / stride, n % stride == 0);
      }
      long room = n + 2L * padding(settings, axis) - reach(settings, axis);
      return now.to(Math.floorDiv(room, stride) + 1, room % stride == 0);
    }
    if (type.startsWith("ZeroPadding")) {
      return now.to(n + ends(settings, "padding", axis), true);
    }
    if (type.startsWith("Cropping")) {
      return now.to(n - ends(settings, "cropping", axis), true);
    }
    if (type.startsWith("Upsampling")) {
      return now.to(n * settings.wholes("size").get(axis), true);
    }
    if (type.equals("SpaceToDepthLayer")) {
      int block = Math.max(1, settings.whole("blockSize"));
      return n % block == 0 ? now.to(n / block, true) : now.to(-1, false);
    }
    return type.equals("PoolHelperVertex") ? now.to(n - 1, true) : now;
  }

  private static boolean isSame(Settings settings) {
    return settings.text("convolutionMode", "Truncate").equals("Same");
  }

  private static long reach(Settings settings, int axis) {
    long dilation = settings.has("dilation") ? settings.wholes("dilation").get(axis) : 1;
    return (settings.wholes("kernelSize").get(axis) - 1) * dilation + 1;
  }

  private static int padding(Settings settings, int axis) {
    return settings.wholes("padding").get(axis);
  }

  private static long ends(Settings settings, String name, int axis) {
    List<Integer> all = settings.wholes(name);
    return (long) all.get(2 * axis) + all.get(2 * axis + 1);
  }
}
