package org.pellucid.backend.onnxruntime;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Conv;
import org.pellucid.graph.op.ConvTranspose;
import org.pellucid.onnx.Upsampling;

/**
 * ONNX Runtime has no fast kernel for a transposed convolution with strides, one feature map at a
 * time, as gradients of depthwise convolutions are. What it convolves is therefore filled up with
 * zeros, by repeating each element and multiplying by 1 at its first place and by 0 elsewhere: then
 * it is a depthwise convolution without strides, with the kernel mirrored.
 */
final class ZeroFilledConvolutions {
  private ZeroFilledConvolutions() {}

  /** The same graph with such convolutions replaced. Sums run in another order. */
  static ModelGraph of(ModelGraph graph) {
    return Rewriting.of(graph, ZeroFilledConvolutions::apply);
  }

  private static boolean apply(Node node, Rewriting rewriting) {
    if (node.operation() instanceof ConvTranspose transposed) {
      Tensor weight = rewriting.constant(node.inputs().get(1));
      if (isSlow(transposed, weight)) {
        replace(transposed, node, weight, rewriting);
        return true;
      }
    }
    return false;
  }

  /** Whether a transposed convolution is such, in two dimensions, and of kernels that are known. */
  private static boolean isSlow(ConvTranspose transposed, Tensor weight) {
    return weight != null
        && !weight.isMapped()
        && weight.elementType() == ElementType.FLOAT32
        && weight.shape().rank() == 4
        && weight.shape().dim(1) == 1
        && weight.shape().dim(0) == transposed.groups()
        && transposed.groups() > 1
        && transposed.strides().stream().anyMatch(stride -> stride > 1)
        && transposed.dilations().stream().allMatch(dilation -> dilation == 1)
        && paddings(transposed, weight.shape()).stream().allMatch(padding -> padding >= 0);
  }

  /** Before both axes, and after both. What is filled up ends in a stride less one of zeros. */
  private static List<Integer> paddings(ConvTranspose transposed, Shape weight) {
    List<Integer> paddings = new ArrayList<>();
    for (int axis = 0; axis < 2; axis++) {
      paddings.add(weight.dim(axis + 2) - 1 - transposed.padsBegin().get(axis));
    }
    for (int axis = 0; axis < 2; axis++) {
      paddings.add(
          weight.dim(axis + 2)
              - transposed.strides().get(axis)
              - transposed.padsEnd().get(axis)
              + transposed.outputPadding().get(axis));
    }
    return paddings;
  }

  private static void replace(
      ConvTranspose transposed, Node node, Tensor weight, Rewriting rewriting) {
    List<Integer> strides = transposed.strides();
    Shape small = rewriting.graph().type(node.inputs().get(0)).shape();
    List<Integer> paddings = paddings(transposed, weight.shape());

    String repeated = rewriting.unused(node.output() + "/repeated");
    rewriting.add(
        new Node(repeated, new Upsampling(strides), List.of(node.inputs().get(0)), repeated, ""));
    String first =
        rewriting.constant(
            "first of " + strides + " in " + small.dim(2) + " by " + small.dim(3),
            firsts(small.dim(2), small.dim(3), strides));
    String filled = rewriting.unused(node.output() + "/filled");
    rewriting.add(new Node(filled, new Binary.Mul(), List.of(repeated, first), filled, ""));
    List<String> inputs = new ArrayList<>(node.inputs());
    inputs.set(0, filled);
    inputs.set(1, rewriting.constant(node.inputs().get(1) + "/mirrored", mirrored(weight)));
    Conv conv =
        new Conv(
            List.of(1, 1),
            List.of(1, 1),
            paddings.subList(0, 2),
            paddings.subList(2, 4),
            transposed.groups());
    rewriting.add(node.with(conv).withInputs(inputs));
  }

  /** 1 where the elements of a map stand first when they are repeated, otherwise 0. */
  private static Tensor firsts(int rows, int columns, List<Integer> strides) {
    int width = columns * strides.get(1);
    float[] firsts = new float[rows * strides.get(0) * width];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        firsts[row * strides.get(0) * width + column * strides.get(1)] = 1;
      }
    }
    return Tensor.of(Shape.of(1, 1, rows * strides.get(0), width), firsts);
  }

  /** Each kernel backwards. */
  private static Tensor mirrored(Tensor weight) {
    float[] elements = weight.toFloatArray();
    int kernel = weight.shape().dim(2) * weight.shape().dim(3);
    float[] turned = new float[elements.length];
    for (int i = 0; i < elements.length; i++) {
      turned[i - i % kernel + kernel - 1 - i % kernel] = elements[i];
    }
    return Tensor.of(weight.shape(), turned);
  }
}
