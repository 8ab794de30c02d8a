package org.pellucid.backend.djl;

import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.LogSoftmax;
import org.pellucid.graph.op.Lrn;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;

/** Normalisations and softmax. */
final class NormalizationLowerings {
  private NormalizationLowerings() {}

  static void addTo(Lowerings table) {
    // DJL's names for the parameters are not what it hands to PyTorch: this order is right.
    table.script(
        BatchNormalization.class, (op, types) -> normalize(op, types.get(0).shape().rank()));
    table.add(
        Softmax.class, (op, call) -> JniUtils.softmax(call.input(0), op.axis(), call.precision()));
    table.add(
        LogSoftmax.class,
        (op, call) -> JniUtils.logSoftmax(call.input(0), op.axis(), call.precision()));
    table.script(Standardize.class, (op, types) -> standardize(op, types.get(0)));
    table.script(Lrn.class, (op, types) -> responses(op));
  }

  /**
   * As scale and shift. PyTorch's own kernel has wrong gradients (2.7.1, on the CPU) where those of
   * its result come with the strides of a transposed tensor, as from tokens made of feature maps.
   */
  private static String normalize(BatchNormalization op, int rank) {
    String scale = "torch.mul(x1, torch.rsqrt(torch.add(x4, " + Script.number(op.epsilon()) + ")))";
    String view = "[1, -1" + ", 1".repeat(rank - 2) + "]";
    return "torch.addcmul(torch.reshape(torch.sub(x2, torch.mul(x3, "
        + scale
        + ")), "
        + view
        + "), x0, torch.reshape("
        + scale
        + ", "
        + view
        + "))";
  }

  private static String standardize(Standardize op, TensorType input) {
    List<Integer> axes = op.axes();
    int first = input.shape().rank() - axes.size();
    String epsilon = Script.number(op.epsilon());
    if (axes.get(0) == first) {
      return "torch.layer_norm(x0, torch.slice(torch.size(x0), "
          + first
          + ", 9223372036854775807, 1), None, None, "
          + epsilon
          + ")";
    }
    return "torch.mul(torch.sub(x0, torch.mean(x0, "
        + axes
        + ", True)), torch.rsqrt(torch.add(torch.var(x0, "
        + axes
        + ", False, True), "
        + epsilon
        + ")))";
  }

  /** Mean squares over a window of channels, as a pool of [N, 1, C, rest]. */
  private static String responses(Lrn op) {
    int before = (op.size() - 1) / 2;
    int after = op.size() - 1 - before;
    String channels = "torch.reshape(x0, [torch.size(x0, 0), 1, torch.size(x0, 1), -1])";
    String padded =
        "torch.constant_pad_nd(torch.square("
            + channels
            + "), [0, 0, "
            + before
            + ", "
            + after
            + "])";
    String means = "torch.avg_pool2d(" + padded + ", [" + op.size() + ", 1], [1, 1])";
    return "torch.mul(x0, torch.pow(torch.add(torch.mul(torch.reshape("
        + means
        + ", torch.size(x0)), "
        + Script.number(op.alpha())
        + "), "
        + Script.number(op.bias())
        + "), "
        + Script.number(-op.beta())
        + "))";
  }
}
