package org.pellucid.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.core.Pellucid;
import org.pellucid.core.io.Npy;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/** Raw inputs of a model from array files, one per input in the model's order. */
final class ArrayInputs {
  private ArrayInputs() {}

  /**
   * Reads the inputs.
   *
   * @throws InvalidRequestException if there are more or fewer files than inputs
   * @throws MalformedInputException if a file is no array, or not of its input's shape
   */
  static Map<String, Tensor> read(Pellucid pellucid, List<String> files) {
    Map<String, TensorType> wanted = pellucid.graph().inputs();
    if (files.size() != wanted.size()) {
      throw new InvalidRequestException(
          "The model has "
              + wanted.size()
              + (wanted.size() == 1 ? " input, " : " inputs, ")
              + wanted
              + ", found "
              + files.size()
              + (files.size() == 1 ? " array" : " arrays"));
    }
    Map<String, Tensor> inputs = new LinkedHashMap<>();
    int next = 0;
    for (Map.Entry<String, TensorType> input : wanted.entrySet()) {
      Path file = Path.of(files.get(next++));
      Tensor array = Npy.read(file);
      checkShape(file, array.shape(), input.getKey(), input.getValue().shape());
      inputs.put(input.getKey(), array.cast(type(array, input.getValue().elementType())));
    }
    return inputs;
  }

  /** Every axis but the first, which is for the engine to judge. */
  private static void checkShape(Path file, Shape found, String input, Shape wanted) {
    boolean fits = found.rank() == wanted.rank();
    for (int axis = 1; fits && axis < wanted.rank(); axis++) {
      fits = found.dim(axis) == wanted.dim(axis);
    }
    if (!fits || found.size() == 0) {
      throw new MalformedInputException(
          "The array "
              + file
              + " has shape "
              + found
              + "; the model's input \""
              + input
              + "\" takes "
              + wanted);
    }
  }

  /** Floating numbers keep their width where the input is floating, for double precision. */
  private static ElementType type(Tensor array, ElementType wanted) {
    return wanted.isFloating() && array.elementType().isFloating() ? array.elementType() : wanted;
  }
}
