package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /** What a layer makes of a length. */
  private interface Rule {
    Length of(Length now);
  }

  /**
   * A length of which a path of layers makes another.
   *
   * @param asked what is taken if it is among those that do
   */
  static int before(List<Dl4jNetwork.Vertex> path, int axis, int wanted, int asked) {
    List<Rule> rules = new ArrayList<>();
    path.forEach(vertex -> rule(vertex.type(), vertex.settings(), axis).ifPresent(rules::add));
    if (after(rules, asked).length() == wanted) {
      return asked;
    }
    int smallest = -1;
    for (int length = 1; length <= LONGEST; length++) {
      Length result = after(rules, length);
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
              + " cells along spatial axis "
              + axis
              + " that the network flattens");
    }
    return smallest;
  }

  private static Length after(List<Rule> rules, int length) {
    Length now = new Length(length, true);
    for (Rule rule : rules) {
      now = rule.of(now);
      if (now.length() < 1 || now.length() > Integer.MAX_VALUE) {
        return new Length(-1, false);
      }
    }
    return now;
  }

  private static Optional<Rule> rule(String type, Settings settings, int axis) {
    if (type.startsWith("Deconvolution")) {
      long stride = settings.wholes("stride").get(axis);
      long reach = reach(settings, axis);
      long padding = 2L * padding(settings, axis);
      return Optional.of(
          isSame(settings)
              ? now -> now.to(now.length() * stride, true)
              : now -> now.to((now.length() - 1) * stride + reach - padding, true));
    }
    if (settings.has("kernelSize") && settings.has("stride")) {
      long stride = Math.max(1, settings.wholes("stride").get(axis));
      if (isSame(settings) || settings.text("convolutionMode", "").equals("Causal")) {
        return Optional.of(
            now -> now.to((now.length() + stride - 1) / stride, now.length() % stride == 0));
      }
      long more = 2L * padding(settings, axis) - reach(settings, axis);
      return Optional.of(
          now ->
              now.to(
                  Math.floorDiv(now.length() + more, stride) + 1,
                  (now.length() + more) % stride == 0));
    }
    if (type.startsWith("ZeroPadding")) {
      return plus(ends(settings, "padding", axis));
    }
    if (type.startsWith("Cropping")) {
      return plus(-ends(settings, "cropping", axis));
    }
    if (type.startsWith("Upsampling")) {
      long factor = settings.wholes("size").get(axis);
      return Optional.of(now -> now.to(now.length() * factor, true));
    }
    if (type.equals("SpaceToDepthLayer")) {
      long block = Math.max(1, settings.whole("blockSize"));
      return Optional.of(
          now ->
              now.length() % block == 0 ? now.to(now.length() / block, true) : now.to(-1, false));
    }
    return type.equals("PoolHelperVertex") ? plus(-1) : Optional.empty();
  }

  private static Optional<Rule> plus(long more) {
    return Optional.of(now -> now.to(now.length() + more, true));
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
