package org.pellucid.onnx;

import java.util.List;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;

/** Normalisations, and softmax. */
final class NormalizationEncoders {
  private NormalizationEncoders() {}

  static void register(Encoders.Registry registry) {
    registry.add(
        BatchNormalization.class,
        (batch, node) ->
            node.output(
                OnnxCall.of("BatchNormalization").with("epsilon", batch.epsilon()),
                node.inputs().toArray(String[]::new)));
    registry.add(Lrn.class, NormalizationEncoders::lrn);
    registry.add(Standardize.class, NormalizationEncoders::standardize);
    registry.add(
        Softmax.class,
        (softmax, node) ->
            node.output(OnnxCall.of("Softmax").with("axis", softmax.axis()), node.input(0)));
    registry.add(
        LogSoftmax.class,
        (softmax, node) ->
            node.output(OnnxCall.of("LogSoftmax").with("axis", softmax.axis()), node.input(0)));
  }

  /**
   * Engines have it for images and odd windows. Else the windows of channels are those of a mean
   * over an image [N, 1, C, rest], whose zeros around count.
   */
  private static void lrn(Lrn lrn, NodeEncoding node) {
    String x = node.input(0);
    Shape shape = node.shape();
    if (lrn.size() % 2 == 1 && shape.rank() == 4) {
      node.output(
          OnnxCall.of("LRN")
              .with("size", lrn.size())
              .with("alpha", lrn.alpha())
              .with("beta", lrn.beta())
              .with("bias", lrn.bias()),
          x);
      return;
    }
    // Samples are on axis 0 if anywhere.
    boolean open = node.sampleAxis() != Samples.NONE;
    long rest = shape.sizeOf(2, shape.rank());
    int before = (lrn.size() - 1) / 2;
    String image =
        node.helper(
            "image",
            "Reshape",
            node.helper("squares", "Mul", x, x),
            node.wholes("image-shape", open ? -1 : shape.dim(0), 1, shape.dim(1), rest));
    String means =
        node.helper(
            "means",
            OnnxCall.of("AveragePool")
                .with("kernel_shape", List.of(lrn.size(), 1))
                .with("pads", List.of(before, 0, lrn.size() - 1 - before, 0))
                .with("count_include_pad", 1),
            image);
    String scaled = node.helper("scaled", "Mul", means, node.number("alpha", lrn.alpha()));
    String sum = node.helper("sum", "Add", scaled, node.number("bias", lrn.bias()));
    String power = node.helper("power", "Pow", sum, node.number("beta", lrn.beta()));
    String divisor =
        node.helper(
            "divisor",
            "Reshape",
            power,
            node.wholes("shape", NodeEncoding.lengths(shape, node.sampleAxis(), -1)));
    node.output("Div", x, divisor);
  }

  /**
   * Always composed, in the form that engines recognise and run in one piece where its scale and
   * bias follow it; LayerNormalization itself takes a scale of the normalised shape, which may be
   * as large as a feature map.
   */
  private static void standardize(Standardize standardize, NodeEncoding node) {
    String x = node.input(0);
    String mean = ReductionEncoders.mean(node, "mean", standardize.axes(), x);
    String centred = node.helper("centred", "Sub", x, mean);
    String squares = node.helper("squares", "Pow", centred, node.number("two", 2));
    String variance = ReductionEncoders.mean(node, "variance", standardize.axes(), squares);
    String shifted =
        node.helper("shifted", "Add", variance, node.number("epsilon", standardize.epsilon()));
    node.output("Div", centred, node.helper("deviation", "Sqrt", shifted));
  }
}
