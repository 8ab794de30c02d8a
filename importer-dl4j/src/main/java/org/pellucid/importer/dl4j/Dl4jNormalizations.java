package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.op.BatchNormalization;
import org.pellucid.graph.op.Binary;
import org.pellucid.graph.op.Lrn;

/** Normalisations of DL4J, and PReLU, whose weights belong to positions. */
final class Dl4jNormalizations {
  private Dl4jNormalizations() {}

  static void register(Dl4jLayers.Registry registry) {
    registry.add("BatchNormalization", Dl4jNormalizations::batch);
    registry.add("LocalResponseNormalization", Dl4jNormalizations::localResponse);
    registry.add("PReLULayer", Dl4jNormalizations::prelu);
  }

  /** Weights: gamma and beta unless they are fixed, the mean, the variance or log10 of its root. */
  private static Value batch(Dl4jCall call, Value x) {
    call.requireFormat("cnn2DFormat", x);
    int channels = call.outputs();
    if (call.scope().shape(x).rank() < 2 || call.scope().shape(x).dim(1) != channels) {
      call.requireChannels(x);
    }
    boolean fixed = call.settings().flag("lockGammaBeta", false);
    String gamma =
        fixed
            ? call.constant("gamma", filled(channels, call.settings().number("gamma", 1)))
            : call.weight("gamma", channels);
    String beta =
        fixed
            ? call.constant("beta", filled(channels, call.settings().number("beta", 0)))
            : call.weight("beta", channels);
    String mean = call.weight("mean", channels);
    Tensor spread = call.weights().take(channels);
    if (call.settings().flag("useLogStd", false)) {
      float[] variances = new float[channels];
      for (int c = 0; c < channels; c++) {
        variances[c] = (float) Math.pow(10, 2 * spread.get(c));
      }
      spread = Tensor.of(Shape.of(channels), variances);
    }
    String variance = call.constant("variance", spread);
    return x.with(
        call.scope()
            .node(
                "normalized",
                new BatchNormalization(call.settings().number("eps")),
                x.tensor(),
                gamma,
                beta,
                mean,
                variance));
  }

  private static Tensor filled(int size, double value) {
    float[] values = new float[size];
    Arrays.fill(values, (float) value);
    return Tensor.of(Shape.of(size), values);
  }

  /**
   * x / (k + alpha sum x^2)^beta over the channels from c - n/2 to c + n/2, halves rounded down.
   * The graph's operation divides alpha by the number of channels.
   */
  private static Value localResponse(Dl4jCall call, Value x) {
    call.requireFormat("dataFormat", x);
    Settings settings = call.settings();
    double n = settings.number("n");
    if (n < 1 || n > 1 << 20) {
      throw new RefusedLayerException("its window has " + n + " channels");
    }
    int size = 2 * ((int) n / 2) + 1;
    return x.with(
        call.scope()
            .node(
                "normalized",
                new Lrn(
                    size,
                    settings.number("alpha") * size,
                    settings.number("beta"),
                    settings.number("k")),
                x.tensor()));
  }

  /** Slopes stand column by column in the model's own order of axes. */
  private static Value prelu(Dl4jCall call, Value x) {
    Settings settings = call.settings();
    Shape shape = call.scope().shape(x);
    List<Integer> dims = new ArrayList<>(settings.wholes("inputShape"));
    if (dims.size() != shape.rank() - 1) {
      throw new RefusedLayerException("its slopes have the shape " + dims + ", its input " + shape);
    }
    if (settings.has("sharedAxes")) {
      for (int axis : settings.wholes("sharedAxes")) {
        if (axis < 1 || axis > dims.size()) {
          throw new RefusedLayerException("it shares slopes along axis " + axis);
        }
        dims.set(axis - 1, 1);
      }
    }
    List<Integer> backwards = new ArrayList<>(dims);
    Collections.reverse(backwards);
    Tensor given = call.weights().take(backwards.stream().mapToInt(Integer::intValue).toArray());
    List<Integer> order = new ArrayList<>();
    for (int axis = dims.size() - 1; axis >= 0; axis--) {
      order.add(axis);
    }
    if (x.channelsLast() && dims.size() > 1) {
      order.add(0, order.remove(order.size() - 1));
    }
    Tensor slopes = Rearranged.of(given, order);
    String slope = call.constant("slope", slopes.reshape(Dl4jDense.broadcast(slopes.shape())));
    return x.with(call.scope().node("activation", new Binary.PRelu(), x.tensor(), slope));
  }
}
