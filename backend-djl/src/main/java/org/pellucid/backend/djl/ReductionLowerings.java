package org.pellucid.backend.djl;

import ai.djl.pytorch.jni.JniUtils;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.ArgMax;
import org.pellucid.graph.op.Reduce;

/** Reductions over axes. */
final class ReductionLowerings {
  private ReductionLowerings() {}

  static void addTo(Lowerings table) {
    table.add(
        Reduce.ReduceSum.class,
        (op, call) -> JniUtils.sum(call.input(0), Spatial.longs(op.axes()), op.keepDims()));
    table.script(Reduce.ReduceMean.class, (op, types) -> mean(op, types.get(0)));
    table.script(Reduce.ReduceMax.class, (op, types) -> reduce("amax", op));
    table.script(Reduce.ReduceMin.class, (op, types) -> reduce("amin", op));
    table.script(Reduce.ReduceProd.class, (op, types) -> product(op));
    table.script(ArgMax.class, (op, types) -> argMax(op));
  }

  private static String reduce(String function, Reduce op) {
    return "torch." + function + "(x0, " + op.axes() + ", " + Script.bool(op.keepDims()) + ")";
  }

  private static String mean(Reduce op, TensorType input) {
    if (input.elementType() != ElementType.INT64) {
      return reduce("mean", op);
    }
    StringBuilder count = new StringBuilder("1");
    for (int axis : op.axes()) {
      count.insert(0, "torch.mul(").append(", torch.size(x0, ").append(axis).append("))");
    }
    return "torch.div(" + reduce("sum", op) + ", " + count + ", rounding_mode=\"trunc\")";
  }

  /** PyTorch multiplies along one axis at a time; from the last, so that the others keep theirs. */
  private static String product(Reduce op) {
    String product = "x0";
    for (int i = op.axes().size() - 1; i >= 0; i--) {
      product =
          "torch.prod("
              + product
              + ", "
              + op.axes().get(i)
              + ", "
              + Script.bool(op.keepDims())
              + ")";
    }
    return product;
  }

  /** PyTorch's choice among equals is the first. */
  private static String argMax(ArgMax op) {
    String rest = op.axis() + ", " + Script.bool(op.keepDims()) + ")";
    return op.selectLast()
        ? "torch.rsub(torch.argmax(torch.flip(x0, ["
            + op.axis()
            + "]), "
            + rest
            + ", torch.sub(torch.size(x0, "
            + op.axis()
            + "), 1))"
        : "torch.argmax(x0, " + rest;
  }
}
