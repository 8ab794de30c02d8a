package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.ConvTranspose;

/** Transposed convolution, of which the output's shape may be given in place of the padding. */
final class ConvTransposeOperator {
  private ConvTransposeOperator() {}

  static void translate(NodeTranslation node) {
    Shape weight = node.shape(1);
    if (weight.rank() < 3 || weight.rank() != node.shape(0).rank()) {
      throw new IllegalArgumentException(
          "input " + node.shape(0) + " and weight " + weight + " should have one rank, at least 3");
    }
    if (weight.rank() > 5) {
      throw new RefusedNodeException("it has " + (weight.rank() - 2) + " spatial axes, at most 3");
    }
    List<Integer> kernel = Arrays.stream(weight.dims()).skip(2).boxed().toList();
    int axes = kernel.size();
    Attributes attributes = node.attributes();
    List<Integer> declared = attributes.wholes("kernel_shape");
    if (declared != null && !declared.equals(kernel)) {
      throw new IllegalArgumentException(
          "attribute kernel_shape=" + declared + " does not agree with the weight " + weight);
    }
    List<Integer> strides = Windows.orElse(attributes.wholes("strides"), axes, 1);
    Windows.atLeast("strides", strides, axes, 1);
    List<Integer> dilations = Windows.orElse(attributes.wholes("dilations"), axes, 1);
    Windows.atLeast("dilations", dilations, axes, 1);
    List<Integer> added =
        new ArrayList<>(Windows.orElse(attributes.wholes("output_padding"), axes, 0));
    Windows.atLeast("output_padding", added, axes, 0);
    List<Integer> begin = new ArrayList<>();
    List<Integer> end = new ArrayList<>();
    List<Integer> wanted = wanted(node, strides);
    for (int i = 0; i < axes; i++) {
      long full =
          (node.shape(0).dim(i + 2) - 1L) * strides.get(i)
              + (kernel.get(i) - 1L) * dilations.get(i)
              + 1
              + added.get(i);
      if (wanted == null) {
        continue;
      }
      int total = Math.toIntExact(full - wanted.get(i));
      if (total < 0) {
        // Nothing to leave out. A length that was asked for is reached by adding after; one that
        // only follows from the strides is not, as ONNX Runtime has it.
        added.set(i, isShapeGiven(attributes) ? added.get(i) - total : added.get(i));
        total = 0;
      }
      int less = total / 2;
      boolean upper = attributes.text("auto_pad", "NOTSET").equals("SAME_UPPER");
      begin.add(upper ? less : total - less);
      end.add(upper ? total - less : less);
    }
    if (wanted == null) {
      List<Integer> pads = pads(attributes, axes);
      begin.addAll(pads.subList(0, axes));
      end.addAll(pads.subList(axes, 2 * axes));
    }
    ConvTranspose conv =
        new ConvTranspose(strides, dilations, begin, end, added, attributes.whole("group", 1));
    node.output(0, conv, node.inputs());
  }

  private static boolean isShapeGiven(Attributes attributes) {
    List<Integer> shape = attributes.wholes("output_shape");
    return shape != null && !shape.isEmpty();
  }

  private static List<Integer> pads(Attributes attributes, int axes) {
    if (attributes.text("auto_pad", "NOTSET").equals("VALID")) {
      return Collections.nCopies(2 * axes, 0);
    }
    List<Integer> pads = Windows.orElse(attributes.wholes("pads"), 2 * axes, 0);
    Windows.atLeast("pads", pads, 2 * axes, 0);
    return pads;
  }

  /** The output's lengths where they are said, null where the padding is. */
  private static List<Integer> wanted(NodeTranslation node, List<Integer> strides) {
    if (isShapeGiven(node.attributes())) {
      List<Integer> shape = node.attributes().wholes("output_shape");
      // Some exporters write the samples and channels as well.
      List<Integer> lengths =
          shape.size() == strides.size() + 2 ? shape.subList(2, shape.size()) : shape;
      Windows.atLeast("output_shape", lengths, strides.size(), 1);
      return lengths;
    }
    String auto = node.attributes().text("auto_pad", "NOTSET");
    return switch (auto) {
      case "NOTSET", "", "VALID" -> null;
      case "SAME_UPPER", "SAME_LOWER" -> {
        List<Integer> lengths = new ArrayList<>();
        for (int i = 0; i < strides.size(); i++) {
          lengths.add(Math.multiplyExact(node.shape(0).dim(i + 2), strides.get(i)));
        }
        yield lengths;
      }
      default ->
          throw new IllegalArgumentException("attribute auto_pad=" + auto + " is not a rule");
    };
  }
}
