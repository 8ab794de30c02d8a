package org.pellucid.importer.dl4j;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.op.Transpose;

/** Layers of Keras that move, repeat or cut feature maps. */
final class KerasArrangements {
  private KerasArrangements() {}

  static void register(KerasLayers.Registry registry) {
    for (int axes = 1; axes <= 3; axes++) {
      int spatial = axes;
      registry.add(
          "ZeroPadding" + axes + "D",
          (call, x) ->
              Arranging.pad(
                  call.scope(),
                  call.image(x, spatial),
                  ends(call, "padding", spatial, 0),
                  ends(call, "padding", spatial, 1)));
      registry.add(
          "Cropping" + axes + "D",
          (call, x) ->
              Arranging.crop(
                  call.scope(),
                  call.image(x, spatial),
                  ends(call, "cropping", spatial, 0),
                  ends(call, "cropping", spatial, 1)));
      registry.add("UpSampling" + axes + "D", (call, x) -> upsample(call, x, spatial));
    }
    registry.add("Flatten", KerasArrangements::flatten);
    registry.add("Reshape", KerasArrangements::reshape);
    registry.add("Permute", KerasArrangements::permute);
  }

  /** Of numbers before and after each axis, those before (0) or after (1). */
  private static List<Integer> ends(KerasCall call, String name, int axes, int which) {
    JsonElement element =
        call.settings()
            .find(name)
            .orElseThrow(() -> new MalformedInputException("\"" + name + "\" is missing"));
    List<Integer> ends = new ArrayList<>();
    if (!(element instanceof JsonArray array)) {
      return java.util.Collections.nCopies(axes, Settings.whole(name, element));
    }
    if (axes == 1 && array.size() == 2) {
      return List.of(Settings.whole(name, array.get(which)));
    }
    if (array.size() != axes) {
      throw new MalformedInputException("\"" + name + "\" is " + array);
    }
    for (JsonElement axis : array) {
      if (axis instanceof JsonArray pair && pair.size() == 2) {
        ends.add(Settings.whole(name, pair.get(which)));
      } else {
        ends.add(Settings.whole(name, axis));
      }
    }
    return ends;
  }

  private static Value upsample(KerasCall call, Value x, int axes) {
    String interpolation = call.settings().text("interpolation", "nearest");
    if (!interpolation.equals("nearest")) {
      throw new RefusedLayerException("its interpolation is " + interpolation);
    }
    return Arranging.repeat(call.scope(), call.image(x, axes), call.perAxis("size", axes, 2));
  }

  /** With channels first, Keras flattens as if they were last. */
  private static Value flatten(KerasCall call, Value x) {
    int rank = call.scope().shape(x).rank();
    if (!call.channelsLast() && rank > 2) {
      Value first = call.ordered(x, false);
      return Arranging.flatten(call.scope(), new Value(first.tensor(), true));
    }
    return Arranging.flatten(call.scope(), x);
  }

  private static Value reshape(KerasCall call, Value x) {
    List<Integer> own = new ArrayList<>(call.settings().wholes("target_shape"));
    own.add(0, call.scope().shape(x).dim(0));
    return Arranging.reshape(call.scope(), x, own, true);
  }

  private static Value permute(KerasCall call, Value x) {
    List<Integer> order = new ArrayList<>(call.settings().wholes("dims"));
    order.add(0, 0);
    if (order.size() != call.scope().shape(x).rank()) {
      throw new MalformedInputException("it permutes the axes of another tensor: " + order);
    }
    String permuted =
        call.scope().node("permuted", new Transpose(order), call.scope().inOwnOrder(x));
    return call.scope().fromOwnOrder(permuted, x.channelsLast());
  }
}
