package org.pellucid.importer.dl4j;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Shape;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Gemm;
import org.pellucid.graph.op.Softmax;
import org.pellucid.graph.op.Standardize;

/** Dense, output and loss layers of DL4J. Their weights stand before their biases. */
final class Dl4jDense {
  private static final String SOFTMAX = "org.nd4j.linalg.activations.impl.ActivationSoftmax";

  private Dl4jDense() {}

  static void register(Dl4jLayers.Registry registry) {
    registry.add("DenseLayer", Dl4jDense::dense);
    registry.add("OutputLayer", Dl4jDense::dense);
    registry.add("CenterLossOutputLayer", Dl4jDense::centerLoss);
    registry.add("RnnOutputLayer", Dl4jDense::alongTime);
    registry.add("misc.ElementWiseMultiplicationLayer", Dl4jDense::elementWise);
    registry.add("LossLayer", (call, x) -> call.activated(x));
    registry.add("ActivationLayer", (call, x) -> call.activated(x));
    registry.add("DropoutLayer", (call, x) -> x);
    registry.add("CnnLossLayer", (call, x) -> lossOf(call, x, "format"));
    registry.add("Cnn3DLossLayer", (call, x) -> lossOf(call, x, "dataFormat"));
    registry.add("RnnLossLayer", (call, x) -> lossOf(call, x, "rnnDataFormat"));
  }

  private static Value dense(Dl4jCall call, Value x) {
    LayerScope scope = call.scope();
    scope.requireRank(x, 2);
    call.requireChannels(x);
    boolean normalized = call.settings().flag("hasLayerNorm", false);
    // [inputs, outputs] column by column, which is [outputs, inputs] row by row.
    String weight = call.weight("weight", call.outputs(), call.inputs());
    Optional<String> bias = call.bias(call.outputs());
    Gemm product = new Gemm(1, 1, false, true);
    if (!normalized) {
      return call.activated(
          x.with(
              bias.isPresent()
                  ? scope.node("linear", product, x.tensor(), weight, bias.get())
                  : scope.node("linear", product, x.tensor(), weight)));
    }
    String gain = call.weight("gain", call.outputs());
    String linear = scope.node("product", product, x.tensor(), weight);
    String standard = scope.node("standardized", new Standardize(List.of(1), 0), linear);
    String scaled = scope.node("scaled", new Binary.Mul(), standard, gain);
    return call.activated(
        x.with(
            bias.isPresent()
                ? scope.node("shifted", new Binary.Add(), scaled, bias.get())
                : scaled));
  }

  /** Beside its weights it has a centre per class, for the loss alone. */
  private static Value centerLoss(Dl4jCall call, Value x) {
    Value scores = dense(call, x);
    call.weights().skip((long) call.inputs() * call.outputs());
    return scores;
  }

  /** A dense layer at each time: a convolution of length 1. */
  private static Value alongTime(Dl4jCall call, Value x) {
    call.scope().requireRank(x, 3);
    call.requireFormat("rnnDataFormat", x);
    call.requireChannels(x);
    String weight = call.weight("weight", call.outputs(), call.inputs(), 1);
    Optional<String> bias = call.bias(call.outputs());
    List<Integer> one = List.of(1);
    Sliding sliding = Sliding.inside(one, one, one);
    return perChannel(
        call, x.with(sliding.convolution(call.scope(), "linear", x.tensor(), weight, bias, 1)));
  }

  /** Loss layers take Softmax over the channels. */
  private static Value lossOf(Dl4jCall call, Value x, String format) {
    call.requireFormat(format, x);
    return perChannel(call, x);
  }

  private static Value perChannel(Dl4jCall call, Value x) {
    if (call.settings().settings("activationFn").text("@class").equals(SOFTMAX)) {
      call.scope().source("Softmax");
      return Activations.of(call.scope(), x, new Softmax(1));
    }
    return call.activated(x);
  }

  private static Value elementWise(Dl4jCall call, Value x) {
    LayerScope scope = call.scope();
    scope.requireRank(x, 2);
    call.requireChannels(x);
    String weight = call.weight("weight", call.outputs());
    String bias = call.weight("bias", call.outputs());
    String product = scope.node("product", new Binary.Mul(), x.tensor(), weight);
    return call.activated(x.with(scope.node("linear", new Binary.Add(), product, bias)));
  }

  /** The shape of a weight that broadcasts over samples. */
  static Shape broadcast(Shape perSample) {
    int[] dims = new int[perSample.rank() + 1];
    dims[0] = 1;
    System.arraycopy(perSample.dims(), 0, dims, 1, perSample.rank());
    return Shape.of(dims);
  }
}
