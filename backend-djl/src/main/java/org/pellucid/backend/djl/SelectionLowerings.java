package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.ScatterAdd;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Where;

/** Parts and choices of elements. */
final class SelectionLowerings {
  private SelectionLowerings() {}

  static void addTo(Lowerings table) {
    table.add(
        Where.class, (op, call) -> JniUtils.where(call.input(0), call.input(1), call.input(2)));
    table.add(Slice.class, (op, call) -> slice(op, call));
    table.add(Gather.class, new Picking());
    table.add(ScatterAdd.class, new Adding());
  }

  /** Steps are positive in PyTorch: backward ones are taken forward and turned round. */
  private static PtNDArray slice(Slice slice, Call call) {
    Shape input = call.types().get(0).shape();
    PtNDArray result = UnaryLowerings.alias(call.input(0));
    List<Integer> turned = new ArrayList<>();
    for (int axis = 0; axis < input.rank(); axis++) {
      int size = slice.sizes().get(axis);
      int step = slice.steps().get(axis);
      int last = slice.starts().get(axis) + (size - 1) * step;
      int from = size == 0 ? 0 : Math.min(slice.starts().get(axis), last);
      int to = size == 0 ? 0 : Math.max(slice.starts().get(axis), last) + 1;
      if (from > 0 || to < input.dim(axis) || Math.abs(step) > 1) {
        try (PtNDArray whole = result) {
          result = JniUtils.slice(whole, axis, from, to, Math.abs(step));
        }
      }
      if (step < 0) {
        turned.add(axis);
      }
    }
    if (!turned.isEmpty()) {
      try (PtNDArray forward = result) {
        result = JniUtils.flip(forward, Spatial.longs(turned));
      }
    }
    return result;
  }

  /** The indices {@code x1} as one list; negative ones count from the end. */
  private static String indices(String length) {
    String counted = "torch.where(torch.lt(x1, 0), torch.add(x1, " + length + "), x1)";
    return "torch.reshape(" + counted + ", [-1])";
  }

  private static final class Picking implements Lowering<Gather> {
    @Override
    public PtNDArray run(Gather gather, Call call) {
      try (PtNDArray picked = call.script(expression(gather))) {
        return JniUtils.reshape(picked, ArrangementLowerings.longs(call.output().shape()));
      }
    }

    private static String expression(Gather gather) {
      int axis = gather.axis();
      String length = "torch.size(x0, " + axis + ")";
      return "torch.index_select(x0, " + axis + ", " + indices(length) + ")";
    }

    @Override
    public List<String> scripts(Gather gather, List<TensorType> inputs) {
      return List.of(expression(gather));
    }
  }

  private static final class Adding implements Lowering<ScatterAdd> {
    @Override
    public PtNDArray run(ScatterAdd op, Call call) {
      Shape output = call.output().shape();
      int count = Math.toIntExact(call.types().get(1).shape().size());
      long[] slices = ArrangementLowerings.longs(output.with(op.axis(), count));
      try (PtNDArray listed = JniUtils.reshape(call.input(0), slices);
          PtNDArray zeros =
              (PtNDArray) call.manager().zeros(NativeArrays.shape(output), call.precision())) {
        return call.script(expression(op), listed, call.input(1), zeros);
      }
    }

    private static String expression(ScatterAdd op) {
      String length = Integer.toString(op.length());
      return "torch.index_add(x2, " + op.axis() + ", " + indices(length) + ", x0)";
    }

    @Override
    public List<String> scripts(ScatterAdd op, List<TensorType> inputs) {
      return List.of(expression(op));
    }
  }
}
