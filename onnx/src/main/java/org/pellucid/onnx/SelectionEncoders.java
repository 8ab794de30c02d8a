package org.pellucid.onnx;

import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.MaxPool;
import org.pellucid.graph.op.MaxPoolGrad;
import org.pellucid.graph.op.MaxPoolSelect;
import org.pellucid.graph.op.ScatterAdd;

/** Gradients of operations that select elements: they are added up, or read, where those stood. */
final class SelectionEncoders {
  private static final int SCATTER_ADDS_SINCE = 16;

  private SelectionEncoders() {}

  static void register(Encoders.Registry registry) {
    registry.add(MaxPoolGrad.class, SelectionEncoders::maxPoolGrad);
    registry.add(MaxPoolSelect.class, SelectionEncoders::maxPoolSelect);
    registry.add(ScatterAdd.class, SelectionEncoders::scatterAdd);
  }

  private static OnnxCall addingScatter(NodeEncoding node, int axis) {
    node.requireOpset(SCATTER_ADDS_SINCE, "scatter with addition");
    return OnnxCall.of("ScatterElements").with("axis", axis).with("reduction", "add");
  }

  private static OnnxCall zeros(NodeEncoding node) {
    Tensor zero = Tensor.of(Shape.of(1), 0.0).cast(node.type(0).elementType());
    return OnnxCall.of("ConstantOfShape").with("value", zero);
  }

  /**
   * The first input of a pool with the pool's padding made explicit where engines would refuse it;
   * and where in the flat form of that the largest elements stand.
   */
  private record Largest(String x, Shape shape, String indices) {
    static Largest of(NodeEncoding node, MaxPool pool, Shape pooled) {
      PoolEncoders.MaxPoolForm form = PoolEncoders.form(pool, node, pooled);
      List<String> made = node.helpers(form.call(), List.of("largest", "indices"), form.input());
      return new Largest(form.input(), form.shape(), made.get(1));
    }
  }

  /**
   * A tie goes to the first in ONNX Runtime too: its indices are those of the pool's definition.
   */
  private static void maxPoolGrad(MaxPoolGrad grad, NodeEncoding node) {
    OnnxCall scatter = addingScatter(node, 0);
    Largest largest = Largest.of(node, grad.pool(), node.shape(1));
    boolean open = node.sampleAxis() != Samples.NONE;
    String all = node.wholes("all", -1);
    String count =
        open
            ? node.helper("count", "Reshape", node.helper("size", "Size", largest.x()), all)
            : node.wholes("count", largest.shape().size());
    String sums =
        node.helper(
            "sums",
            scatter,
            node.helper("zeros", zeros(node), count),
            node.helper("flat-indices", "Reshape", largest.indices(), all),
            node.helper("flat-gradient", "Reshape", node.input(1), all));
    String shape =
        node.wholes("shape", NodeEncoding.lengths(largest.shape(), node.sampleAxis(), -1));
    if (largest.shape().equals(node.shape())) {
      node.output("Reshape", sums, shape);
      return;
    }
    // What was added around x is cut off.
    List<Integer> begin = grad.pool().padsBegin();
    List<Integer> end =
        IntStream.range(0, begin.size())
            .map(i -> begin.get(i) + node.shape().dim(i + 2))
            .boxed()
            .toList();
    List<Integer> axes = IntStream.range(2, begin.size() + 2).boxed().toList();
    node.output(
        "Slice",
        node.helper("padded-sums", "Reshape", sums, shape),
        node.wholes("starts", begin),
        node.wholes("ends", end),
        node.wholes("axes", axes));
  }

  private static void maxPoolSelect(MaxPoolSelect select, NodeEncoding node) {
    Largest largest = Largest.of(node, select.pool(), node.shape());
    String values = node.input(1);
    if (!largest.shape().equals(node.shape(0))) {
      values = PoolEncoders.padded(node, "padded-values", values, select.pool(), node.shape(), 0);
    }
    String flat = node.helper("flat", "Reshape", values, node.wholes("all", -1));
    node.output(OnnxCall.of("Gather").with("axis", 0), flat, largest.indices());
  }

  /**
   * With the axes before the indices taken together, and those after: [before, indices, after]. The
   * operator wants an index per element.
   */
  private static void scatterAdd(ScatterAdd add, NodeEncoding node) {
    OnnxCall scatter = addingScatter(node, 1);
    Shape gradient = node.shape(0);
    int indexed = node.shape(1).rank();
    long before = gradient.sizeOf(0, add.axis());
    long after = gradient.sizeOf(add.axis() + indexed, gradient.rank());
    long count = node.shape(1).size();
    int samples = node.sampleAxis(0);
    boolean open = samples != Samples.NONE;
    boolean leading = open && samples < add.axis();
    long[] blocks = {leading ? -1 : before, count, open && !leading ? -1 : after};
    String updates =
        node.helper("updates", "Reshape", node.input(0), node.wholes("blocks", blocks));
    String column =
        node.helper("column", "Reshape", node.input(1), node.wholes("column-shape", 1, count, 1));
    String full;
    String zerosShape;
    if (open) {
      full = node.helper("updates-shape", "Shape", updates);
      String length = node.wholes("length", add.length());
      OnnxCall pick = OnnxCall.of("Gather").with("axis", 0);
      zerosShape =
          node.helper(
              "sums-shape",
              OnnxCall.of("Concat").with("axis", 0),
              node.helper("before", pick, full, node.wholes("first", 0)),
              length,
              node.helper("after", pick, full, node.wholes("last", 2)));
    } else {
      full = node.wholes("updates-shape", blocks);
      zerosShape = node.wholes("sums-shape", before, add.length(), after);
    }
    String sums =
        node.helper(
            "sums",
            scatter,
            node.helper("zeros", zeros(node), zerosShape),
            node.helper("indices", "Expand", column, full),
            updates);
    node.output(
        "Reshape",
        sums,
        node.wholes("shape", NodeEncoding.lengths(node.shape(), node.sampleAxis(), -1)));
  }
}
