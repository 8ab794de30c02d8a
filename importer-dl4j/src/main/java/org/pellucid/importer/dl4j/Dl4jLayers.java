package org.pellucid.importer.dl4j;

import java.util.Map;
import java.util.TreeMap;

/** The table of DL4J's layers: the classes that a configuration may name, and none else. */
final class Dl4jLayers {
  private static final String PACKAGE = "org.deeplearning4j.nn.conf.layers.";
  private static final Map<String, Translation> TABLE = new TreeMap<>();

  /** Writes a layer. */
  interface Translation {
    Value of(Dl4jCall call, Value x);
  }

  /** Takes entries of the table. */
  interface Registry {
    void add(String type, Translation translation);
  }

  static {
    Registry registry = TABLE::put;
    Dl4jConvolutions.register(registry);
    Dl4jPools.register(registry);
    Dl4jDense.register(registry);
    Dl4jNormalizations.register(registry);
    Dl4jArrangements.register(registry);
  }

  private Dl4jLayers() {}

  /** The name of a layer's type without its package. */
  static String type(Settings layer) {
    String name = layer.text("@class");
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** A layer without what wraps it: frozen layers compute as any other. */
  static Settings unwrapped(Settings layer) {
    Settings inside = layer;
    for (int depth = 0; depth < 8; depth++) {
      String type = inside.text("@class");
      if (!type.equals(PACKAGE + "misc.FrozenLayer")
          && !type.equals(PACKAGE + "misc.FrozenLayerWithBackprop")) {
        return inside;
      }
      inside = inside.settings(inside.has("layer") ? "layer" : "underlying");
    }
    throw new RefusedLayerException("it is wrapped in layers that are wrapped in layers");
  }

  /** Writes a layer. */
  static Value write(Dl4jCall call, Value x) {
    String type = call.settings().text("@class");
    Translation translation =
        type.startsWith(PACKAGE) ? TABLE.get(type.substring(PACKAGE.length())) : null;
    if (translation == null) {
      throw new RefusedLayerException("layers of type " + type + " are not supported");
    }
    return translation.of(call, x);
  }
}
