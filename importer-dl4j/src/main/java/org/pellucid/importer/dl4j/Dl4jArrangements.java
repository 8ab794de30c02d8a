package org.pellucid.importer.dl4j;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.graph.MalformedInputException;

/** Layers of DL4J that move, repeat or cut feature maps. */
final class Dl4jArrangements {
  private Dl4jArrangements() {}

  static void register(Dl4jLayers.Registry registry) {
    registry.add("ZeroPadding1DLayer", (call, x) -> pad(call, x, 1));
    registry.add("ZeroPaddingLayer", (call, x) -> pad(call, x, 2));
    registry.add("ZeroPadding3DLayer", (call, x) -> pad(call, x, 3));
    registry.add("convolutional.Cropping1D", (call, x) -> crop(call, x, 1));
    registry.add("convolutional.Cropping2D", (call, x) -> crop(call, x, 2));
    registry.add("convolutional.Cropping3D", (call, x) -> crop(call, x, 3));
    registry.add("Upsampling1D", (call, x) -> upsample(call, x, 1, ""));
    registry.add("Upsampling2D", (call, x) -> upsample(call, x, 2, "format"));
    registry.add("Upsampling3D", (call, x) -> upsample(call, x, 3, "dataFormat"));
    registry.add("SpaceToDepthLayer", Dl4jArrangements::spaceToDepth);
  }

  private static Value pad(Dl4jCall call, Value x, int axes) {
    check(call, x, axes, "dataFormat");
    return Arranging.pad(
        call.scope(), x, ends(call, "padding", axes, 0), ends(call, "padding", axes, 1));
  }

  private static Value crop(Dl4jCall call, Value x, int axes) {
    check(call, x, axes, "dataFormat");
    return Arranging.crop(
        call.scope(), x, ends(call, "cropping", axes, 0), ends(call, "cropping", axes, 1));
  }

  private static void check(Dl4jCall call, Value x, int axes, String format) {
    call.scope().requireRank(x, axes + 2);
    if (axes != 2 && x.channelsLast()) {
      throw new RefusedLayerException("its input has channels last");
    }
    call.requireFormat(format, x);
  }

  /** Of begin and end per axis, the begins (0) or the ends (1). */
  private static List<Integer> ends(Dl4jCall call, String name, int axes, int which) {
    List<Integer> all = call.settings().wholes(name);
    if (all.size() != 2 * axes) {
      throw new MalformedInputException(
          "\"" + name + "\" should have " + 2 * axes + " numbers, found " + all);
    }
    List<Integer> some = new ArrayList<>();
    for (int a = 0; a < axes; a++) {
      some.add(all.get(2 * a + which));
    }
    return some;
  }

  private static Value upsample(Dl4jCall call, Value x, int axes, String format) {
    call.scope().requireRank(x, axes + 2);
    call.requireFormat(format, x);
    return Arranging.repeat(call.scope(), x, call.perAxis("size", axes));
  }

  private static Value spaceToDepth(Dl4jCall call, Value x) {
    call.requireFormat("dataFormat", x);
    return Arranging.spaceToDepth(call.scope(), x, call.positive("blockSize"));
  }
}
