package org.pellucid.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Expand;
import org.pellucid.graph.op.Gather;
import org.pellucid.graph.op.Pad;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Slice;
import org.pellucid.graph.op.Tile;
import org.pellucid.graph.op.Transpose;

/** Operations that move elements about. */
final class ArrangementEncoders {
  private ArrangementEncoders() {}

  static void register(Encoders.Registry registry) {
    registry.add(Reshape.class, ArrangementEncoders::reshape);
    registry.add(
        Transpose.class,
        (transpose, node) ->
            node.output(
                OnnxCall.of("Transpose").with("perm", transpose.permutation()), node.input(0)));
    registry.add(Expand.class, ArrangementEncoders::expand);
    registry.add(
        Tile.class,
        (tile, node) -> node.output("Tile", node.input(0), node.wholes("repeats", tile.repeats())));
    registry.add(Concat.class, ArrangementEncoders::concat);
    registry.add(Slice.class, ArrangementEncoders::slice);
    registry.add(
        Gather.class,
        (gather, node) ->
            node.output(
                OnnxCall.of("Gather").with("axis", gather.axis()), node.input(0), node.input(1)));
    registry.add(Pad.class, ArrangementEncoders::pad);
    registry.add(Upsampling.class, ArrangementEncoders::upsampling);
  }

  private static void upsampling(Upsampling upsampling, NodeEncoding node) {
    float[] scales = new float[upsampling.factors().size() + 2];
    scales[0] = 1;
    scales[1] = 1;
    for (int axis = 2; axis < scales.length; axis++) {
      scales[axis] = upsampling.factors().get(axis - 2);
    }
    node.output(
        OnnxCall.of("Resize")
            .with("mode", "nearest")
            .with("coordinate_transformation_mode", "asymmetric")
            .with("nearest_mode", "floor"),
        node.input(0),
        "",
        node.constant("scales", Tensor.of(Shape.of(scales.length), scales)));
  }

  /**
   * A length of 0 is copied from the input's axis at its place unless the operator is told else.
   */
  private static void reshape(Reshape reshape, NodeEncoding node) {
    Shape shape = reshape.shape();
    OnnxCall call = OnnxCall.of("Reshape");
    if (shape.size() == 0) {
      node.requireOpset(14, "a reshape to lengths of 0");
      call = call.with("allowzero", true);
    }
    node.output(
        call,
        node.input(0),
        node.wholes("shape", NodeEncoding.lengths(shape, node.sampleAxis(), -1)));
  }

  /** Where the input holds the samples already, a length of 1 leaves their number open. */
  private static void expand(Expand expand, NodeEncoding node) {
    node.output(
        "Expand",
        node.input(0),
        node.wholes("shape", NodeEncoding.lengths(expand.shape(), node.sampleAxis(), 1)));
  }

  /** It does not broadcast: what is the same for all samples is repeated for each. */
  private static void concat(Concat concat, NodeEncoding node) {
    int open = node.sampleAxis();
    List<String> inputs = new ArrayList<>(node.inputs());
    String repeats = null;
    for (int i = 0; i < inputs.size(); i++) {
      if (open == Samples.NONE || node.sampleAxis(i) != Samples.NONE) {
        continue;
      }
      if (repeats == null) {
        repeats = samples(node, open);
      }
      inputs.set(i, node.helper("repeated-" + i, "Expand", inputs.get(i), repeats));
    }
    node.output(OnnxCall.of("Concat").with("axis", concat.axis()), inputs.toArray(String[]::new));
  }

  /** A shape of the number of samples, taken from an input that holds them, and ones after it. */
  private static String samples(NodeEncoding node, int axis) {
    int holder = 0;
    while (node.sampleAxis(holder) == Samples.NONE) {
      holder++;
    }
    String lengths = node.helper("lengths", "Shape", node.input(holder));
    String samples = node.helper("samples", "Gather", lengths, node.wholes("sample-axis", axis));
    long[] ones = new long[node.shape().rank() - axis - 1];
    if (ones.length == 0) {
      return samples;
    }
    java.util.Arrays.fill(ones, 1);
    return node.helper(
        "repeats", OnnxCall.of("Concat").with("axis", 0), samples, node.wholes("ones", ones));
  }

  /** Only axes that are cut are named. */
  private static void slice(Slice slice, NodeEncoding node) {
    List<Long> starts = new ArrayList<>();
    List<Long> ends = new ArrayList<>();
    List<Long> axes = new ArrayList<>();
    List<Long> steps = new ArrayList<>();
    for (int axis = 0; axis < slice.starts().size(); axis++) {
      long start = slice.starts().get(axis);
      long size = slice.sizes().get(axis);
      long step = slice.steps().get(axis);
      if (start == 0 && step == 1 && size == node.shape(0).dim(axis)) {
        continue;
      }
      long end = start + size * step;
      axes.add((long) axis);
      starts.add(start);
      // Negative ends count from the end: beyond the beginning is only what is far beyond it.
      ends.add(end < 0 ? Long.MIN_VALUE : end);
      steps.add(step);
    }
    if (axes.isEmpty()) {
      node.output("Identity", node.input(0));
      return;
    }
    node.output(
        "Slice",
        node.input(0),
        wholes(node, "starts", starts),
        wholes(node, "ends", ends),
        wholes(node, "axes", axes),
        wholes(node, "steps", steps));
  }

  private static String wholes(NodeEncoding node, String suffix, List<Long> values) {
    return node.wholes(suffix, values.stream().mapToLong(Long::longValue).toArray());
  }

  private static void pad(Pad pad, NodeEncoding node) {
    OnnxCall call = OnnxCall.of("Pad").with("mode", pad.mode().name().toLowerCase(Locale.ROOT));
    String counts =
        node.wholes("pads", Stream.concat(pad.before().stream(), pad.after().stream()).toList());
    if (pad.mode() == Pad.Mode.CONSTANT) {
      node.output(call, node.input(0), counts, node.number("value", pad.value()));
    } else {
      node.output(call, node.input(0), counts);
    }
  }
}
