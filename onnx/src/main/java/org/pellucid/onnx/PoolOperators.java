package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.AveragePool;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Cast;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.MaxPoolSelect;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;

/** Pooling over windows and over whole feature maps. */
final class PoolOperators {
  /** Whole numbers up to this are exact in float32. */
  private static final long LARGEST_EXACT = 1 << 24;

  private PoolOperators() {}

  static void register(Operators.Registry registry) {
    registry.add("MaxPool", 1, 1, PoolOperators::maxPool);
    registry.add("AveragePool", 1, 1, PoolOperators::averagePool);
    registry.add("LpPool", 1, 1, PoolOperators::lpPool);
    registry.add(
        "GlobalAveragePool",
        1,
        1,
        node -> node.output(new Reduce.ReduceMean(spatialAxes(node), true), node.input(0)));
    registry.add(
        "GlobalMaxPool",
        1,
        1,
        node -> node.output(new Reduce.ReduceMax(spatialAxes(node), true), node.input(0)));
    registry.add("GlobalLpPool", 1, 1, PoolOperators::globalLpPool);
  }

  private static List<Integer> spatialAxes(NodeTranslation node) {
    int rank = node.shape(0).rank();
    if (rank < 3) {
      throw new IllegalArgumentException("its input " + node.shape(0) + " has no spatial axis");
    }
    return IntStream.range(2, rank).boxed().toList();
  }

  private static Windows windows(NodeTranslation node) {
    int axes = spatialAxes(node).size();
    if (axes > 3) {
      throw new RefusedNodeException("it has " + axes + " spatial axes, at most 3");
    }
    List<Integer> kernel = node.attributes().wholes("kernel_shape");
    if (kernel == null) {
      throw new IllegalArgumentException("attribute kernel_shape is missing");
    }
    return Windows.of(node, kernel);
  }

  private static void maxPool(NodeTranslation node) {
    Windows windows = windows(node);
    MaxPool pool =
        new MaxPool(
            windows.kernel(),
            windows.strides(),
            windows.dilations(),
            windows.padsBegin(),
            windows.padsEnd(),
            node.attributes().flag("ceil_mode", false));
    String x = node.input(0);
    if (node.type(0).elementType() == ElementType.INT64) {
      // Of integers, all of which that are narrower than 32 bits are exact in float32.
      OnnxDataType type = node.dataType(0);
      if (type == null || type.bits() > 16) {
        throw new RefusedNodeException("it compares integers of more than 16 bits");
      }
      x = node.helper("numbers", new Cast(ElementType.FLOAT32), x);
      node.output(new Cast(ElementType.INT64), node.helper("largest", pool, x));
      node.noteDataType(0, type);
    } else {
      node.output(pool, x);
    }
    if (node.isUsed(1)) {
      indices(node, pool, x);
    }
  }

  /** Where the largest elements stand in the flat input: what a pool selects of its positions. */
  private static void indices(NodeTranslation node, MaxPool pool, String x) {
    Shape shape = node.shape(0);
    if (shape.size() > LARGEST_EXACT) {
      throw new RefusedNodeException(
          "its output of indices is used, and its input " + shape + " has too many elements");
    }
    node.takeRoom(shape.size());
    float[] positions = new float[(int) shape.size()];
    boolean columns = node.attributes().flag("storage_order", false);
    int[] strides = shape.strides();
    for (int i = 0; i < positions.length; i++) {
      positions[i] = columns ? inColumns(i, shape, strides) : i;
    }
    String all = node.constant("positions", Tensor.of(shape, positions));
    String chosen = node.helper("chosen", new MaxPoolSelect(pool), x, all);
    node.output(1, new Cast(ElementType.INT64), List.of(chosen));
  }

  /** Where an element stands if the first spatial axis is the one along which elements are next. */
  private static int inColumns(int at, Shape shape, int[] strides) {
    int place = 0;
    for (int axis = shape.rank() - 1; axis >= 2; axis--) {
      place = place * shape.dim(axis) + at / strides[axis] % shape.dim(axis);
    }
    return at / strides[1] * strides[1] + place;
  }

  private static void averagePool(NodeTranslation node) {
    Windows windows = windows(node);
    node.output(
        new AveragePool(
            windows.kernel(),
            windows.strides(),
            windows.dilations(),
            windows.padsBegin(),
            windows.padsEnd(),
            node.attributes().flag("ceil_mode", false),
            node.attributes().flag("count_include_pad", false)),
        node.input(0));
  }

  /** The p-norm of each window: the root of the windows' mean of |x|^p times their size. */
  private static void lpPool(NodeTranslation node) {
    Windows windows = windows(node);
    List<Integer> padsEnd = new ArrayList<>(windows.padsEnd());
    if (node.attributes().flag("ceil_mode", false)) {
      for (int i = 0; i < padsEnd.size(); i++) {
        padsEnd.set(i, padsForLastWindow(node.shape(0).dim(i + 2), windows, i));
      }
    }
    int p = order(node);
    String powers = powers(node, p);
    // With zeros around, a sum needs no other rule at the borders than a mean that counts them.
    String mean =
        node.helper(
            "mean",
            new AveragePool(
                windows.kernel(),
                windows.strides(),
                windows.dilations(),
                windows.padsBegin(),
                padsEnd,
                false,
                true),
            powers);
    long size =
        windows.kernel().stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    String factor = node.number("size", (double) size, ElementType.FLOAT32);
    if (p == 1) {
      node.output(new Binary.Mul(), mean, factor);
    } else {
      root(node, p, node.helper("sum", new Binary.Mul(), mean, factor));
    }
  }

  /** Padding at the end of an axis so that also a last window that does not fit is taken. */
  private static int padsForLastWindow(int length, Windows windows, int axis) {
    long stride = windows.strides().get(axis);
    long begin = windows.padsBegin().get(axis);
    long end = windows.padsEnd().get(axis);
    long reach = (windows.kernel().get(axis) - 1L) * windows.dilations().get(axis) + 1;
    long steps = Math.floorDiv(length + begin + end - reach + stride - 1, stride);
    if (steps * stride >= length + begin) {
      // A window has to start inside of the input or the padding before it.
      steps--;
    }
    return Math.toIntExact(Math.max(end, steps * stride + reach - length - begin));
  }

  private static void globalLpPool(NodeTranslation node) {
    int p = order(node);
    Reduce.ReduceSum sum = new Reduce.ReduceSum(spatialAxes(node), true);
    String powers = powers(node, p);
    if (p == 1) {
      node.output(sum, powers);
    } else {
      root(node, p, node.helper("sum", sum, powers));
    }
  }

  private static int order(NodeTranslation node) {
    int p = node.attributes().whole("p", 2);
    if (p < 1) {
      throw new IllegalArgumentException("attribute p should be at least 1, found " + p);
    }
    return p;
  }

  private static String powers(NodeTranslation node, int p) {
    String x = node.input(0);
    if (p == 2) {
      return node.helper("squares", new Binary.Mul(), x, x);
    }
    String magnitudes = node.helper("magnitudes", new Unary.Abs(), x);
    if (p == 1) {
      return magnitudes;
    }
    String exponent = node.number("p", p, ElementType.FLOAT32);
    return node.helper("powers", new Binary.Pow(), magnitudes, exponent);
  }

  private static void root(NodeTranslation node, int p, String sum) {
    if (p == 2) {
      node.output(new Unary.Sqrt(), sum);
    } else {
      node.output(new Binary.Pow(), sum, node.number("root", 1.0 / p, ElementType.FLOAT32));
    }
  }
}
