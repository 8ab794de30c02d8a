package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Concat;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Unary;

/** Vertices of DL4J's graphs, which have no weights. */
final class Dl4jVertices {
  private static final String PACKAGE = "org.deeplearning4j.nn.conf.graph.";

  private Dl4jVertices() {}

  /** Writes a vertex. */
  static Value write(LayerScope scope, Settings settings, List<Value> inputs) {
    String type = settings.text("@class");
    if (!type.startsWith(PACKAGE)) {
      throw unsupported(type);
    }
    if (inputs.isEmpty()) {
      throw new MalformedInputException("it has no inputs");
    }
    Value x = inputs.get(0);
    switch (type.substring(PACKAGE.length())) {
      case "MergeVertex":
        return merge(scope, settings, inputs);
      case "ElementWiseVertex":
        return elementWise(scope, settings, inputs);
      case "StackVertex":
        requireAlike(inputs);
        return inputs.size() == 1 ? x : concatenated(scope, inputs, 0);
      default:
        if (inputs.size() != (type.endsWith(".L2Vertex") ? 2 : 1)) {
          throw new MalformedInputException("it has " + inputs.size() + " inputs");
        }
    }
    return switch (type.substring(PACKAGE.length())) {
      case "ScaleVertex" -> affine(scope, x, settings.number("scaleFactor"), 0);
      case "ShiftVertex" -> affine(scope, x, 1, settings.number("shiftFactor"));
      case "SubsetVertex" ->
          Arranging.part(
              scope,
              x,
              scope.axis(x, 1),
              settings.whole("from"),
              Math.addExact(settings.whole("to"), 1));
      case "UnstackVertex" -> unstack(scope, settings, x);
      case "L2NormalizeVertex" -> normalize(scope, settings, x);
      case "L2Vertex" -> distance(scope, x, inputs.get(1));
      case "PoolHelperVertex" -> withoutFirst(scope, x);
      case "PreprocessorVertex" ->
          Dl4jPreprocessors.write(scope, settings.settings("preProcessor"), x);
      case "ReshapeVertex" -> reshape(scope, settings, x);
      default -> throw unsupported(type);
    };
  }

  private static RefusedLayerException unsupported(String type) {
    return new RefusedLayerException("vertices of type " + type + " are not supported");
  }

  private static void requireAlike(List<Value> inputs) {
    if (inputs.stream().map(Value::channelsLast).distinct().count() > 1) {
      throw new RefusedLayerException("some of its inputs have channels first, some last");
    }
  }

  private static Value merge(LayerScope scope, Settings settings, List<Value> inputs) {
    requireAlike(inputs);
    if (inputs.size() == 1) {
      return inputs.get(0);
    }
    int axis = scope.axis(inputs.get(0), settings.whole("mergeAxis", 1));
    return concatenated(scope, inputs, axis);
  }

  private static Value concatenated(LayerScope scope, List<Value> inputs, int axis) {
    String[] tensors = inputs.stream().map(Value::tensor).toArray(String[]::new);
    return inputs.get(0).with(scope.node("merge", new Concat(axis), tensors));
  }

  private static Value elementWise(LayerScope scope, Settings settings, List<Value> inputs) {
    if (inputs.stream().anyMatch(input -> scope.shape(input).rank() > 2)) {
      requireAlike(inputs);
    }
    String op = settings.text("op");
    Operation operation =
        switch (op) {
          case "Add", "Average" -> new Binary.Add();
          case "Subtract" -> new Binary.Sub();
          case "Product" -> new Binary.Mul();
          case "Max" -> new Binary.Max();
          default -> throw new RefusedLayerException("its operation is " + op);
        };
    if (op.equals("Subtract") && inputs.size() != 2) {
      throw new MalformedInputException("it subtracts " + inputs.size() + " inputs");
    }
    // The one with the most axes tells the order of axes.
    Value widest =
        inputs.stream()
            .max(Comparator.comparingInt(input -> scope.shape(input).rank()))
            .orElseThrow();
    String result = inputs.get(0).tensor();
    for (Value input : inputs.subList(1, inputs.size())) {
      result = scope.node(op.toLowerCase(java.util.Locale.ROOT), operation, result, input.tensor());
    }
    return op.equals("Average")
        ? affine(scope, widest.with(result), 1.0 / inputs.size(), 0)
        : widest.with(result);
  }

  private static Value affine(LayerScope scope, Value x, double scale, double offset) {
    return x.with(scope.node("affine", new Unary.Affine(scale, offset), x.tensor()));
  }

  private static Value unstack(LayerScope scope, Settings settings, Value x) {
    int size = settings.whole("stackSize");
    int from = settings.whole("from");
    int samples = scope.shape(x).dim(0);
    if (size < 1 || samples % size != 0 || from < 0 || from >= size) {
      throw new MalformedInputException(
          "it takes part " + from + " of " + size + " of " + samples + " stacked samples");
    }
    int step = samples / size;
    return Arranging.part(scope, x, 0, from * step, (from + 1) * step);
  }

  /** x divided by its length, or by eps where that is larger. */
  private static Value normalize(LayerScope scope, Settings settings, Value x) {
    int rank = scope.shape(x).rank();
    List<Integer> axes = IntStream.range(1, rank).boxed().toList();
    if (settings.has("dimension")) {
      List<Integer> own = settings.wholes("dimension");
      if (!new HashSet<>(own).equals(new HashSet<>(axes))) {
        throw new RefusedLayerException(
            "it normalises the axes " + own + " of " + rank + ", not all but the first");
      }
    }
    String square = scope.node("square", new Binary.Mul(), x.tensor(), x.tensor());
    String sum = scope.node("sum", new Reduce.ReduceSum(axes, true), square);
    String length = scope.node("length", new Unary.Sqrt(), sum);
    String divisor =
        scope.node(
            "divisor",
            new Unary.Clip(settings.number("eps", 1e-8), Double.POSITIVE_INFINITY),
            length);
    return x.with(scope.node("normalized", new Binary.Div(), x.tensor(), divisor));
  }

  /** The Euclidean distance of two inputs, per sample. */
  private static Value distance(LayerScope scope, Value a, Value b) {
    Shape shape = scope.shape(a);
    String difference = scope.node("difference", new Binary.Sub(), a.tensor(), b.tensor());
    String square = scope.node("square", new Binary.Mul(), difference, difference);
    List<Integer> axes = IntStream.range(1, shape.rank()).boxed().toList();
    String sum = scope.node("sum", new Reduce.ReduceSum(axes, true), square);
    Value length = a.with(scope.node("length", new Unary.Sqrt(), sum));
    return shape.rank() == 2
        ? length
        : Arranging.reshape(scope, length, List.of(shape.dim(0), 1), false);
  }

  /** Without the first row and column, which some networks of Caffe have too many. */
  private static Value withoutFirst(LayerScope scope, Value x) {
    scope.requireRank(x, 4);
    if (x.channelsLast()) {
      throw new RefusedLayerException("its input has channels last");
    }
    return Arranging.crop(scope, x, List.of(1, 1), List.of(0, 0));
  }

  private static Value reshape(LayerScope scope, Settings settings, Value x) {
    String order = settings.text("reshapeOrder", "c");
    if (!order.equals("c")) {
      throw new RefusedLayerException("it reshapes in the order " + order);
    }
    List<Integer> shape = new ArrayList<>(settings.wholes("newShape"));
    return Arranging.reshape(scope, x, shape, x.channelsLast());
  }
}
