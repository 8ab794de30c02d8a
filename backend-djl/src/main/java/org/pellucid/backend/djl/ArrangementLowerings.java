package org.pellucid.backend.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Transpose;

/** The same elements in another shape, order, number or type. */
final class ArrangementLowerings {
  private ArrangementLowerings() {}

  static void addTo(Lowerings table) {
    table.add(
        Reshape.class, (op, call) -> JniUtils.reshape(call.input(0), longs(call.output().shape())));
    table.add(
        Transpose.class,
        (op, call) -> JniUtils.permute(call.input(0), Spatial.longs(op.permutation())));
    table.add(
        Expand.class,
        (op, call) -> JniUtils.broadcast(call.input(0), NativeArrays.shape(call.output().shape())));
    table.add(Tile.class, (op, call) -> JniUtils.tile(call.input(0), Spatial.longs(op.repeats())));
    table.add(
        Concat.class,
        (op, call) -> JniUtils.cat(call.inputs().toArray(PtNDArray[]::new), op.axis()));
    table.add(Cast.class, (op, call) -> cast(call));
    table.add(Pad.class, new Padding());
  }

  static long[] longs(Shape shape) {
    return NativeArrays.shape(shape).getShape();
  }

  /**
   * DJL's conversion ends the recording. It is used only to or from integers and truth values,
   * where no gradient passes; between floats there is nothing to convert.
   */
  private static PtNDArray cast(Call call) {
    PtNDArray x = call.input(0);
    DataType wanted = NativeArrays.type(call.output().elementType(), call.precision());
    return x.getDataType() == wanted ? UnaryLowerings.alias(x) : x.toType(wanted, false);
  }

  private static final class Padding implements Lowering<Pad> {
    @Override
    public PtNDArray run(Pad pad, Call call) {
      PtNDArray x = call.input(0);
      if (pad.mode() == Pad.Mode.CONSTANT) {
        return JniUtils.pad(x, Spatial.padding(pad.before(), pad.after()), pad.value());
      }
      // PyTorch mirrors only some of the axes: here each is a choice of elements.
      PtNDArray result = UnaryLowerings.alias(x);
      for (int axis = 0; axis < pad.before().size(); axis++) {
        if (isPadded(pad, axis)) {
          try (PtNDArray unpadded = result;
              PtNDArray indices =
                  call.upload(indices(pad, axis, call.types().get(0).shape().dim(axis)))) {
            result = call.script(select(axis), unpadded, indices);
          }
        }
      }
      return result;
    }

    private static boolean isPadded(Pad pad, int axis) {
      return pad.before().get(axis) > 0 || pad.after().get(axis) > 0;
    }

    private static String select(int axis) {
      return "torch.index_select(x0, " + axis + ", x1)";
    }

    /** For each element of the padded axis, the element that stands there. */
    private static Tensor indices(Pad pad, int axis, int length) {
      int before = pad.before().get(axis);
      long[] indices = new long[before + length + pad.after().get(axis)];
      for (int i = 0; i < indices.length; i++) {
        int at = i - before;
        if (pad.mode() == Pad.Mode.EDGE) {
          indices[i] = Math.min(Math.max(at, 0), length - 1);
        } else if (length > 1) {
          int period = 2 * (length - 1);
          int phase = Math.floorMod(at, period);
          indices[i] = Math.min(phase, period - phase);
        }
      }
      return Tensor.of(Shape.of(indices.length), indices);
    }

    @Override
    public List<String> scripts(Pad pad, List<TensorType> inputs) {
      return pad.mode() == Pad.Mode.CONSTANT
          ? List.of()
          : java.util.stream.IntStream.range(0, pad.before().size())
              .filter(axis -> isPadded(pad, axis))
              .mapToObj(Padding::select)
              .toList();
    }
  }
}
