package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;
import org.pellucid.graph.op.Unary;

/** Dense layers, normalisations and activation layers of Keras. */
final class KerasDense {
  private KerasDense() {}

  static void register(KerasLayers.Registry registry) {
    registry.add("Dense", KerasDense::dense);
    registry.add("BatchNormalization", KerasDense::batch);
    registry.add("BatchNormalizationV1", KerasDense::batch);
    registry.add("LayerNormalization", KerasDense::layer);
    registry.add("Rescaling", KerasDense::rescaling);
    registry.add("Activation", (call, x) -> call.activated(x));
    registry.add("ReLU", KerasDense::relu);
    registry.add("LeakyReLU", KerasDense::leakyRelu);
    registry.add(
        "ELU",
        (call, x) ->
            Activations.of(call.scope(), x, new Unary.Elu(call.settings().number("alpha", 1))));
    registry.add(
        "ThresholdedReLU",
        (call, x) ->
            Activations.of(
                call.scope(), x, new Unary.ThresholdedRelu(call.settings().number("theta", 1))));
    registry.add("PReLU", KerasDense::prelu);
    registry.add("Softmax", KerasDense::softmax);
    for (String identity :
        List.of(
            "Dropout",
            "SpatialDropout1D",
            "SpatialDropout2D",
            "SpatialDropout3D",
            "GaussianNoise",
            "GaussianDropout",
            "AlphaDropout",
            "ActivityRegularization",
            "Identity")) {
      registry.add(identity, (call, x) -> x);
    }
  }

  /** Along the last axis: of images, a convolution of one pixel. */
  private static Value dense(KerasCall call, Value given) {
    LayerScope scope = call.scope();
    Tensor kernel = call.weight("kernel");
    if (kernel.shape().rank() != 2) {
      throw new MalformedInputException("its kernel has the shape " + kernel.shape());
    }
    Optional<String> bias = call.bias();
    int rank = scope.shape(given).rank();
    if (rank == 2) {
      String weight = scope.constant("weight", kernel);
      Gemm product = new Gemm(1, 1, false, false);
      return call.activated(
          given.with(
              bias.isPresent()
                  ? scope.node("linear", product, given.tensor(), weight, bias.get())
                  : scope.node("linear", product, given.tensor(), weight)));
    }
    Value x = call.ordered(given, true);
    int[] dims = new int[rank];
    Arrays.fill(dims, 1);
    dims[0] = kernel.shape().dim(1);
    dims[1] = kernel.shape().dim(0);
    String weight =
        scope.constant("weight", Rearranged.of(kernel, List.of(1, 0)).reshape(Shape.of(dims)));
    List<Integer> ones = Collections.nCopies(rank - 2, 1);
    return call.activated(
        x.with(
            Sliding.inside(ones, ones, ones)
                .convolution(scope, "linear", x.tensor(), weight, bias, 1)));
  }

  /** A value whose normalised axis is axis 1 of its tensor. */
  private static Value alongAxis(KerasCall call, Value x) {
    int rank = call.scope().shape(x).rank();
    List<Integer> own =
        call.settings().has("axis") ? call.settings().wholes("axis", 1) : List.of(-1);
    int axis = own.size() == 1 ? (own.get(0) < 0 ? own.get(0) + rank : own.get(0)) : -1;
    if (axis == rank - 1) {
      return call.ordered(x, true);
    }
    if (axis == 1) {
      return call.ordered(x, false);
    }
    throw new RefusedLayerException("it normalises along " + own + " of " + rank + " axes");
  }

  private static Value batch(KerasCall call, Value given) {
    Value x = alongAxis(call, given);
    Tensor mean = call.weight("moving_mean");
    float[] ones = new float[mean.size()];
    Arrays.fill(ones, 1);
    Tensor gamma =
        call.settings().flag("scale", true) ? call.weight("gamma") : Tensor.of(mean.shape(), ones);
    Tensor beta =
        call.settings().flag("center", true)
            ? call.weight("beta")
            : Tensor.of(mean.shape(), new float[mean.size()]);
    return x.with(
        call.scope()
            .node(
                "normalized",
                new BatchNormalization(call.settings().number("epsilon", 1e-3)),
                x.tensor(),
                call.scope().constant("gamma", gamma),
                call.scope().constant("beta", beta),
                call.scope().constant("mean", mean),
                call.scope().constant("variance", call.weight("moving_variance"))));
  }

  private static Value layer(KerasCall call, Value given) {
    LayerScope scope = call.scope();
    Value x = alongAxis(call, given);
    int rank = scope.shape(x).rank();
    if (call.settings().flag("rms_scaling", false)) {
      throw new RefusedLayerException("it has rms_scaling");
    }
    double epsilon = call.settings().number("epsilon", 1e-3);
    String result = scope.node("standardized", new Standardize(List.of(1), epsilon), x.tensor());
    if (call.settings().flag("scale", true)) {
      String gamma = scope.constant("gamma", call.perChannel(call.weight("gamma"), rank));
      result = scope.node("scaled", new Binary.Mul(), result, gamma);
    }
    if (call.settings().flag("center", true)) {
      String beta = scope.constant("beta", call.perChannel(call.weight("beta"), rank));
      result = scope.node("shifted", new Binary.Add(), result, beta);
    }
    return x.with(result);
  }

  private static Value rescaling(KerasCall call, Value x) {
    return x.with(
        call.scope()
            .node(
                "rescaled",
                new Unary.Affine(
                    call.settings().number("scale"), call.settings().number("offset", 0)),
                x.tensor()));
  }

  private static Value relu(KerasCall call, Value x) {
    Settings settings = call.settings();
    return Activations.thresholdRelu(
        call.scope(),
        x,
        settings.number("negative_slope", 0),
        settings.number("threshold", 0),
        settings.number("max_value", Double.POSITIVE_INFINITY));
  }

  private static Value leakyRelu(KerasCall call, Value x) {
    Settings settings = call.settings();
    double slope = settings.number("negative_slope", settings.number("alpha", 0.3));
    return Activations.of(call.scope(), x, new Unary.LeakyRelu(slope));
  }

  /** Slopes have the shape of a sample, with 1 along shared axes, in the model's own order. */
  private static Value prelu(KerasCall call, Value x) {
    Tensor alpha = call.weight("alpha");
    List<Integer> order = new ArrayList<>();
    for (int axis = 0; axis < alpha.shape().rank(); axis++) {
      order.add(axis);
    }
    if (x.channelsLast() && order.size() > 1) {
      order.add(0, order.remove(order.size() - 1));
    }
    Tensor slopes = Rearranged.of(alpha, order);
    String slope =
        call.scope().constant("slope", slopes.reshape(Dl4jDense.broadcast(slopes.shape())));
    return x.with(call.scope().node("activation", new Binary.PRelu(), x.tensor(), slope));
  }

  private static Value softmax(KerasCall call, Value x) {
    List<Integer> axes =
        call.settings().has("axis") ? call.settings().wholes("axis", 1) : List.of(-1);
    if (axes.size() != 1) {
      throw new RefusedLayerException("it is taken over the axes " + axes);
    }
    return Activations.of(call.scope(), x, new Softmax(call.scope().axis(x, axes.get(0))));
  }
}
