package org.pellucid.importer.dl4j;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.graph.op.Reduce;

/** Pooling of Keras. */
final class KerasPools {
  private KerasPools() {}

  static void register(KerasLayers.Registry registry) {
    for (int axes = 1; axes <= 3; axes++) {
      int spatial = axes;
      registry.add("MaxPooling" + axes + "D", (call, x) -> pool(call, x, spatial, true));
      registry.add("AveragePooling" + axes + "D", (call, x) -> pool(call, x, spatial, false));
      registry.add("GlobalMaxPooling" + axes + "D", (call, x) -> global(call, x, spatial, true));
      registry.add(
          "GlobalAveragePooling" + axes + "D", (call, x) -> global(call, x, spatial, false));
    }
  }

  private static Value pool(KerasCall call, Value given, int axes, boolean largest) {
    Value x = call.image(given, axes);
    List<Integer> kernel = call.perAxis("pool_size", axes, 2);
    List<Integer> strides =
        call.settings().has("strides") ? call.perAxis("strides", axes, 2) : kernel;
    Sliding sliding = call.sliding(x, kernel, strides, Collections.nCopies(axes, 1));
    return x.with(
        largest
            ? sliding.largest(call.scope(), x.tensor())
            : sliding.mean(call.scope(), x.tensor(), false));
  }

  private static Value global(KerasCall call, Value given, int axes, boolean largest) {
    Value x = call.image(given, axes);
    boolean keep = call.settings().flag("keepdims", false);
    List<Integer> spatial = IntStream.range(2, axes + 2).boxed().toList();
    return x.with(
        call.scope()
            .node(
                "pool",
                largest
                    ? new Reduce.ReduceMax(spatial, keep)
                    : new Reduce.ReduceMean(spatial, keep),
                x.tensor()));
  }
}
