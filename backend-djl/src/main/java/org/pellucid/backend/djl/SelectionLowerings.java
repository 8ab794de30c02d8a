package org.pellucid.backend.djl;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Gather;
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

  private static final class Picking implements Lowering<Gather> {
    @Override
    public PtNDArray run(Gather gather, Call call) {
      try (PtNDArray picked = call.script(expression(gather))) {
        return JniUtils.reshape(picked, ArrangementLowerings.longs(call.output().shape()));
      }
    }

    /** Negative indices count from the end; the indices are taken as one list. */
    private static String expression(Gather gather) {
      int axis = gather.axis();
      return "torch.index_select(x0, "
          + axis
          + ", torch.reshape(torch.where(torch.lt(x1, 0), torch.add(x1, torch.size(x0, "
          + axis
          + ")), x1), [-1]))";
    }

    @Override
    public List<String> scripts(Gather gather, List<TensorType> inputs) {
      return List.of(expression(gather));
    }
  }
}
