package org.pellucid.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.MalformedInputException;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;

/**
 * A constant of an ONNX file whose elements lie in another file, for an engine that reads them
 * itself: those of a model that ONNX Runtime wrote after it had optimised it, say, in operators of
 * its own that {@link OnnxImporter} does not know.
 *
 * @param name as nodes call it
 * @param type FLOAT32, FLOAT64, INT64 or BOOL, and the shape
 * @param location the other file, relative to the model's directory
 * @param offset where the elements begin in it, in bytes
 * @param filter whether it has readers, all of them convolutions (Conv and FusedConv of any domain)
 *     whose filter it is
 */
public record ExternalConstant(
    String name, TensorType type, String location, long offset, boolean filter) {
  private static final Set<String> CONVOLUTIONS = Set.of("Conv", "FusedConv");

  /** The second input of a convolution. */
  private static final int FILTER = 1;

  /** How many bytes the elements have. */
  public long bytes() {
    return type.shape().size() * type.elementType().bytes();
  }

  /**
   * The constants of a file's main graph that lie elsewhere, in the file's order. Where they lie is
   * not looked at.
   *
   * @throws IOException if the file cannot be read
   * @throws MalformedInputException if it is no ONNX file, or has such a constant of another type
   */
  public static List<ExternalConstant> of(Path model) throws IOException {
    try (ModelFile file = ModelFile.open(model)) {
      OnnxGraph graph = OnnxReader.read(file).graph();
      Set<String> filters = new HashSet<>();
      Set<String> others = new HashSet<>();
      graph.nodes().forEach(node -> sort(node, filters, others));
      graph.outputs().forEach(output -> others.add(output.name()));
      filters.removeAll(others);
      List<ExternalConstant> constants = new ArrayList<>();
      for (OnnxTensor tensor : graph.initializers()) {
        if (tensor.elements() instanceof OnnxTensor.External external) {
          constants.add(
              new ExternalConstant(
                  tensor.name(),
                  type(tensor),
                  external.entries().getOrDefault("location", ""),
                  offset(tensor, external),
                  filters.contains(tensor.name())));
        }
      }
      return constants;
    }
  }

  /** Sorts what a node reads by whether it is the node's filter. */
  private static void sort(OnnxNode node, Set<String> filters, Set<String> others) {
    if (!CONVOLUTIONS.contains(node.operator())) {
      others.addAll(node.reads());
      return;
    }
    for (int i = 0; i < node.inputs().size(); i++) {
      (i == FILTER ? filters : others).add(node.inputs().get(i));
    }
  }

  private static TensorType type(OnnxTensor tensor) {
    ElementType element =
        switch (tensor.dataType()) {
          case 1 -> ElementType.FLOAT32;
          case 7 -> ElementType.INT64;
          case 9 -> ElementType.BOOL;
          case 11 -> ElementType.FLOAT64;
          default ->
              throw new MalformedInputException(
                  "A constant of data type "
                      + tensor.dataType()
                      + " where float32, float64, int64 or bool was expected: "
                      + tensor.displayName());
        };
    int[] dims = new int[tensor.dims().size()];
    for (int i = 0; i < dims.length; i++) {
      long length = tensor.dims().get(i);
      if (length < 0 || length > Integer.MAX_VALUE) {
        throw new MalformedInputException(
            "An axis of length " + length + ": " + tensor.displayName());
      }
      dims[i] = (int) length;
    }
    return new TensorType(element, Shape.of(dims));
  }

  private static long offset(OnnxTensor tensor, OnnxTensor.External external) {
    String offset = external.entries().getOrDefault("offset", "0");
    try {
      return Long.parseUnsignedLong(offset);
    } catch (NumberFormatException e) {
      throw new MalformedInputException(
          "An offset of \"" + offset + "\": " + tensor.displayName(), e);
    }
  }
}
