package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.pellucid.graph.Shape;

/**
 * How the windows of a convolution or pooling lie over the spatial axes, with automatic padding
 * worked out.
 */
record Windows(
    List<Integer> kernel,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padsBegin,
    List<Integer> padsEnd) {

  /**
   * The windows of a node over its first input.
   *
   * @throws IllegalArgumentException if its attributes contradict each other
   */
  static Windows of(NodeTranslation node, List<Integer> kernel) {
    Shape shape = node.shape(0);
    int axes = shape.rank() - 2;
    Attributes attributes = node.attributes();
    atLeast("kernel_shape", kernel, axes, 1);
    List<Integer> strides = orElse(attributes.wholes("strides"), axes, 1);
    atLeast("strides", strides, axes, 1);
    List<Integer> dilations = orElse(attributes.wholes("dilations"), axes, 1);
    atLeast("dilations", dilations, axes, 1);
    String auto = attributes.text("auto_pad", "NOTSET");
    switch (auto) {
      case "NOTSET", "" -> {
        List<Integer> pads = orElse(attributes.wholes("pads"), 2 * axes, 0);
        atLeast("pads", pads, 2 * axes, 0);
        return new Windows(
            kernel, strides, dilations, pads.subList(0, axes), pads.subList(axes, 2 * axes));
      }
      case "VALID" -> {
        List<Integer> none = Collections.nCopies(axes, 0);
        return new Windows(kernel, strides, dilations, none, none);
      }
      case "SAME_UPPER", "SAME_LOWER" -> {
        List<Integer> less = new ArrayList<>();
        List<Integer> more = new ArrayList<>();
        for (int i = 0; i < axes; i++) {
          int total = total(shape.dim(i + 2), kernel.get(i), strides.get(i), dilations.get(i));
          less.add(total / 2);
          more.add(total - total / 2);
        }
        boolean upper = auto.equals("SAME_UPPER");
        return new Windows(kernel, strides, dilations, upper ? less : more, upper ? more : less);
      }
      default ->
          throw new IllegalArgumentException("attribute auto_pad=" + auto + " is not a rule");
    }
  }

  /** What must be added for ceil(length / stride) windows. */
  private static int total(int length, int kernel, int stride, int dilation) {
    long windows = (length + (long) stride - 1) / stride;
    long reach = (kernel - 1L) * dilation + 1;
    return Math.toIntExact(Math.max(0, (windows - 1) * stride + reach - length));
  }

  /** The values of an attribute, or one value for each where it is left out. */
  static List<Integer> orElse(List<Integer> values, int count, int otherwise) {
    return values == null || values.isEmpty() ? Collections.nCopies(count, otherwise) : values;
  }

  /** Refuses an attribute that has not so many numbers, or a lower one. */
  static void atLeast(String name, List<Integer> values, int count, int least) {
    if (values.size() != count || values.stream().anyMatch(value -> value < least)) {
      throw new IllegalArgumentException(
          "attribute "
              + name
              + " should have "
              + count
              + " numbers of at least "
              + least
              + ", found "
              + values);
    }
  }
}
