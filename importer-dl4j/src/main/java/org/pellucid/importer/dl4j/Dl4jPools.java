package org.pellucid.importer.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Reduce;
import org.pellucid.graph.op.Reshape;
import org.pellucid.graph.op.Unary;

/** Pooling of DL4J. */
final class Dl4jPools {
  private Dl4jPools() {}

  static void register(Dl4jLayers.Registry registry) {
    registry.add("SubsamplingLayer", (call, x) -> pool(call, x, 2, "cnn2dDataFormat"));
    registry.add("Pooling2D", (call, x) -> pool(call, x, 2, "cnn2dDataFormat"));
    registry.add("Subsampling1DLayer", (call, x) -> pool(call, x, 1, ""));
    registry.add("Pooling1D", (call, x) -> pool(call, x, 1, ""));
    registry.add("Subsampling3DLayer", (call, x) -> pool(call, x, 3, "dataFormat"));
    registry.add("GlobalPoolingLayer", Dl4jPools::global);
  }

  private static Value pool(Dl4jCall call, Value x, int axes, String format) {
    LayerScope scope = call.scope();
    scope.requireRank(x, axes + 2);
    call.requireFormat(format, x);
    Sliding sliding = call.sliding(x, axes);
    String type = call.settings().text("poolingType");
    return switch (type) {
      case "MAX" -> x.with(sliding.largest(scope, x.tensor()));
      // Files of 1.0.0-beta4 and before do not say it and mean that it counts.
      case "AVG" ->
          x.with(
              sliding.mean(
                  scope, x.tensor(), call.settings().flag("avgPoolIncludePadInDivisor", true)));
      case "SUM" -> x.with(sliding.sum(scope, x.tensor()));
      case "PNORM" -> {
        int p = call.positive("pnorm");
        yield x.with(root(scope, sliding.sum(scope, power(scope, x.tensor(), p)), p));
      }
      default -> throw new RefusedLayerException("its pooling type is " + type);
    };
  }

  private static String power(LayerScope scope, String x, int p) {
    String size = scope.node("absolute", new Unary.Abs(), x);
    return scope.node("power", new Binary.Pow(), size, scope.number("p", p));
  }

  private static String root(LayerScope scope, String x, int p) {
    return scope.node("root", new Binary.Pow(), x, scope.number("inverse_p", 1.0 / p));
  }

  private static Value global(Dl4jCall call, Value x) {
    LayerScope scope = call.scope();
    Shape shape = scope.shape(x);
    if (shape.rank() < 3) {
      throw new RefusedLayerException("it pools a tensor of " + shape.rank() + " axes");
    }
    List<Integer> axes = axes(call, x, shape.rank());
    String type = call.settings().text("poolingType");
    String pooled =
        switch (type) {
          case "MAX" -> scope.node("pool", new Reduce.ReduceMax(axes, false), x.tensor());
          case "AVG" -> scope.node("pool", new Reduce.ReduceMean(axes, false), x.tensor());
          case "SUM" -> scope.node("pool", new Reduce.ReduceSum(axes, false), x.tensor());
          case "PNORM" -> {
            int p = call.positive("pnorm");
            String powers = power(scope, x.tensor(), p);
            yield root(scope, scope.node("sum", new Reduce.ReduceSum(axes, false), powers), p);
          }
          default -> throw new RefusedLayerException("its pooling type is " + type);
        };
    if (!call.settings().flag("collapseDimensions", true)) {
      int[] dims = new int[shape.rank()];
      Arrays.fill(dims, 1);
      dims[0] = shape.dim(0);
      dims[1] = scope.shape(pooled).dim(1);
      pooled = scope.node("expand", new Reshape(Shape.of(dims)), pooled);
    }
    return x.with(pooled);
  }

  /** Axes as the model counts them; by default those after the second. */
  private static List<Integer> axes(Dl4jCall call, Value x, int rank) {
    List<Integer> own =
        call.settings().has("poolingDimensions")
            ? call.settings().wholes("poolingDimensions")
            : IntStream.range(2, rank).boxed().toList();
    List<Integer> axes =
        own.stream().map(axis -> call.scope().axis(x, axis)).distinct().sorted().toList();
    if (axes.size() != rank - 2 || axes.contains(0)) {
      throw new RefusedLayerException("it pools the axes " + own + " of " + rank);
    }
    return axes;
  }
}
