package org.pellucid.importer.dl4j;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pellucid.graph.MalformedInputException;

/** The table of Keras's layers: the classes that a configuration may name, and none else. */
final class KerasLayers {
  private static final Map<String, Translation> TABLE = new TreeMap<>();

  /** Writes a layer of one input. */
  interface Translation {
    Value of(KerasCall call, Value x);
  }

  /** Takes entries of the table. */
  interface Registry {
    void add(String type, Translation translation);
  }

  static {
    Registry registry = TABLE::put;
    KerasConvolutions.register(registry);
    KerasPools.register(registry);
    KerasDense.register(registry);
    KerasArrangements.register(registry);
  }

  private KerasLayers() {}

  /** Writes a layer. */
  static Value write(KerasCall call, String type, List<Value> inputs) {
    if (KerasMerges.types().contains(type)) {
      return KerasMerges.write(call, type, inputs);
    }
    Translation translation = TABLE.get(type);
    if (translation == null) {
      throw new RefusedLayerException("layers of type " + type + " are not supported");
    }
    if (inputs.size() != 1) {
      throw new MalformedInputException("it has " + inputs.size() + " inputs");
    }
    return translation.of(call, inputs.get(0));
  }
}
