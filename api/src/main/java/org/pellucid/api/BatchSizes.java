package org.pellucid.api;

import java.util.Collection;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.pass.Batching;
import org.pellucid.graph.pass.TapSplit;

/**
 * How many samples had best go through a network at once when gradients are taken at taps. It
 * depends on device, model, taps and memory budget alone, so that equal questions are cut alike
 * (but that an image may run with its noisy copies).
 *
 * <p>On a CPU the two sides of the taps differ. Before them, large batches gain nothing, and arrays
 * of 32 MiB or more cost: glibc fetches them anew from the system each time, page by page (30 000
 * page faults per image in a batch of 5 through VGG-16, next to none one by one). After them, dense
 * layers read their weights once per batch, forward and backward. So an engine may run the {@link
 * #prefix} several times, stack what comes out, and run the rest with its gradient once per {@link
 * #suffix} samples.
 *
 * @param prefix samples at once up to the taps ({@link TapSplit#prefix}), at least 1
 * @param suffix the most samples at once after the taps ({@link TapSplit#suffix}), at least 1;
 *     {@link #suffixOf} says for how many a forward pass had best be asked
 * @since 0.1.0
 */
public record BatchSizes(int prefix, int suffix) {
  /** Measured with ResNet-50 and VGG-16: more at once gain nothing and cost memory. */
  private static final int CPU_PREFIX = 5;

  /**
   * An image and its noisy copies where nothing else is said. Measured with VGG-16's dense layers:
   * 1 to 5 rows cost as much each, 12 a third to a half of that, 25 hardly less; what is after
   * MobileNetV3-Large's last layer takes 2 to 5 percent of all less in one run of them than in two.
   */
  private static final int CPU_SUFFIX = 26;

  /**
   * Of samples that take several runs: larger ones gain little and need memory, and a thousand
   * samples should need hardly more than 25. Progress is told, at the latest, after so many.
   */
  private static final int CPU_SEVERAL = 16;

  /** How large one tensor of a batch may become on a CPU, in bytes; below glibc's 32 MiB. */
  private static final long CPU_TENSOR = 20L << 20;

  private static final int GPU = 32;

  /**
   * The sizes for a model.
   *
   * @param graph the model's graph
   * @param batching whether and how it batches; where it does not, both sizes are the number of
   *     samples that it was written for
   * @param options device, precision and memory budget
   * @param taps where gradients are taken; without any, all of the network counts as the suffix
   */
  public static BatchSizes of(
      ModelGraph graph, Batching batching, LoadOptions options, Collection<String> taps) {
    int written = batching.samples();
    if (batching.obstacle().isPresent()) {
      return new BatchSizes(written, written);
    }
    TapSplit split = TapSplit.at(graph, taps);
    int width = width(options);
    Bytes before = Bytes.of(graph, split.prefix(), written, width);
    Bytes after = Bytes.of(graph, split.suffix(), written, width);
    Bytes between = Bytes.of(graph, split.frontier(), written, width);
    double budget = options.memoryBudget();
    double all = before.total() + after.total();
    if (options.device().kind() != Device.Kind.CPU) {
      int size = atLeastOne(Math.min(GPU, budget / all));
      return new BatchSizes(size, size);
    }
    int prefix =
        atLeastOne(Math.min(CPU_PREFIX, Math.min(CPU_TENSOR / before.largest(), budget / all)));
    double left = budget - prefix * before.total();
    double largest = Math.max(after.largest(), split.prefix().isEmpty() ? 1 : between.largest());
    int most = split.prefix().isEmpty() ? CPU_PREFIX : CPU_SUFFIX;
    int suffix =
        atLeastOne(
            Math.min(
                most, Math.min(CPU_TENSOR / largest, left / (after.total() + between.total()))));
    return new BatchSizes(prefix, suffix);
  }

  /**
   * How many of so many samples had best go at once after the taps: all where one run takes them,
   * and otherwise at most as many as gain something.
   */
  public int suffixOf(int samples) {
    // Where both sides are alike, as on a graphics card, more gain more.
    return samples <= suffix || prefix == suffix ? suffix : Math.min(suffix, CPU_SEVERAL);
  }

  /**
   * How many samples may be on their way up to the taps at once, each in a run of its own, within
   * what {@link #suffix} samples after the taps leave of the memory budget; at least 1.
   *
   * @param graph the model's graph, which batches
   * @param options precision and memory budget
   * @param taps where gradients are taken
   */
  public static int concurrent(
      ModelGraph graph, Batching batching, LoadOptions options, Collection<String> taps) {
    TapSplit split = TapSplit.at(graph, taps);
    int written = batching.samples();
    int width = width(options);
    double after =
        Bytes.of(graph, split.suffix(), written, width).total()
            + Bytes.of(graph, split.frontier(), written, width).total();
    double left = options.memoryBudget() - of(graph, batching, options, taps).suffix() * after;
    return atLeastOne(left / Bytes.of(graph, split.prefix(), written, width).total());
  }

  private static int width(LoadOptions options) {
    return options.precision() == Precision.FLOAT64
        ? ElementType.FLOAT64.bytes()
        : ElementType.FLOAT32.bytes();
  }

  private static int atLeastOne(double size) {
    return (int) Math.max(1, size);
  }

  /** Bytes of tensors for one sample, never 0. */
  private record Bytes(double largest, double total) {
    static Bytes of(ModelGraph graph, Set<String> tensors, int samples, int width) {
      double largest = 1;
      double total = 1;
      for (String tensor : tensors) {
        double bytes = (double) graph.type(tensor).shape().size() * width / samples;
        largest = Math.max(largest, bytes);
        total += bytes;
      }
      return new Bytes(largest, total);
    }
  }
}
