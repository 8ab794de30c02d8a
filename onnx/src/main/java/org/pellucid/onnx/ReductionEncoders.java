package org.pellucid.onnx;

import java.util.List;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Reduce;

/** Reductions over axes, and the largest element's index. */
final class ReductionEncoders {
  private ReductionEncoders() {}

  static void register(Encoders.Registry registry) {
    reduction(registry, Reduce.ReduceSum.class, "ReduceSum", 13);
    reduction(registry, Reduce.ReduceMax.class, "ReduceMax", 18);
    reduction(registry, Reduce.ReduceMin.class, "ReduceMin", 18);
    reduction(registry, Reduce.ReduceProd.class, "ReduceProd", 18);
    registry.add(Reduce.ReduceMean.class, ReductionEncoders::reduceMean);
    registry.add(
        ArgMax.class,
        (argMax, node) ->
            node.output(
                OnnxCall.of("ArgMax")
                    .with("axis", argMax.axis())
                    .with("keepdims", argMax.keepDims())
                    .with("select_last_index", argMax.selectLast()),
                node.input(0)));
  }

  private static <T extends Reduce> void reduction(
      Encoders.Registry registry, Class<T> operation, String operator, int axesAsInputSince) {
    registry.add(
        operation,
        (reduce, node) -> {
          OnnxCall call = OnnxCall.of(operator).with("keepdims", reduce.keepDims());
          if (node.opset() >= axesAsInputSince) {
            node.output(call, node.input(0), node.wholes("axes", reduce.axes()));
          } else {
            node.output(call.with("axes", reduce.axes()), node.input(0));
          }
        });
  }

  /** A mean over axes that stay with length 1; returns its name. */
  static String mean(NodeEncoding node, String suffix, List<Integer> axes, String x) {
    OnnxCall call = OnnxCall.of("ReduceMean").with("keepdims", true);
    return node.opset() >= 18
        ? node.helper(suffix, call, x, node.wholes(suffix + "-axes", axes))
        : node.helper(suffix, call.with("axes", axes), x);
  }

  /** Of integers a sum that is divided, which truncates. */
  private static void reduceMean(Reduce.ReduceMean reduce, NodeEncoding node) {
    OnnxCall call = OnnxCall.of("ReduceMean").with("keepdims", reduce.keepDims());
    if (!node.isFloating()) {
      String sum =
          node.helper(
              "sum",
              OnnxCall.of("ReduceSum").with("keepdims", reduce.keepDims()),
              node.input(0),
              node.wholes("axes", reduce.axes()));
      long count =
          reduce.axes().stream()
              .mapToLong(axis -> node.shape(0).dim(axis))
              .reduce(1, (a, b) -> a * b);
      node.output("Div", sum, node.constant("count", Tensor.scalar(count)));
    } else if (isGlobalPool(reduce, node)) {
      node.output("GlobalAveragePool", node.input(0));
    } else if (node.opset() >= 18) {
      node.output(call, node.input(0), node.wholes("axes", reduce.axes()));
    } else {
      node.output(call.with("axes", reduce.axes()), node.input(0));
    }
  }

  /**
   * Whether a mean is the one over rows and columns of float32 images, for which runtimes have
   * kernels that fit convolutions.
   */
  private static boolean isGlobalPool(Reduce.ReduceMean reduce, NodeEncoding node) {
    return reduce.keepDims()
        && reduce.axes().equals(List.of(2, 3))
        && node.shape(0).rank() == 4
        && node.type().elementType() == ElementType.FLOAT32;
  }
}
