package org.pellucid.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.Pellucid;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.Tensor;

/** Raw inputs of a model from array files, one per input in the model's order. */
final class ArrayInputs {
  private ArrayInputs() {}

  static Map<String, Tensor> read(Pellucid pellucid, List<String> files) {
    Map<String, org.pellucid.graph.TensorType> wanted = pellucid.graph().inputs();
    if (files.size() != wanted.size()) {
      throw new InvalidRequestException(
          "The model has "
              + wanted.size()
              + " input(s), "
              + wanted
              + ", found "
              + files.size()
              + " array(s)");
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    int next = 0;
    for (var input : wanted.entrySet()) {
      Tensor array = Npy.read(Path.of(files.get(next++)));
      inputs.put(
          input.getKey(),
          array.cast(
              input.getValue().elementType().isFloating() && array.elementType().isFloating()
                  ? array.elementType()
                  : input.getValue().elementType()));
    }
    return inputs;
  }
}
