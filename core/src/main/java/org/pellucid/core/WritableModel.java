package org.pellucid.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.TensorType;
import org.pellucid.graph.pass.Batching;
import org.pellucid.onnx.OnnxWriter;
import org.pellucid.onnx.UnwritableFileException;
import org.pellucid.onnx.WriteOptions;

/** A network that can be written as ONNX, for any number of samples where that is possible. */
final class WritableModel {
  private final ModelFile source;
  private final ModelGraph graph;
  private final Map<String, String> properties;
  private final Batching batching;

  /**
   * @param source the file that the network was read from, which is never written over
   * @param properties what is noted in what is written
   */
  WritableModel(ModelFile source, ModelGraph graph, Map<String, String> properties) {
    this.source = source;
    this.graph = graph;
    this.properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    this.batching = Batching.of(graph);
  }

  ModelGraph graph() {
    return graph;
  }

  Map<String, String> properties() {
    return properties;
  }

  Optional<String> batchingObstacle() {
    return batching.obstacle();
  }

  int samples() {
    return batching.samples();
  }

  /** The type of a tensor, with {@code N} where it takes any number of samples. */
  String describe(String tensor) {
    TensorType type = graph.type(tensor);
    int axis = batchingObstacle().isPresent() ? Samples.NONE : batching.axis(tensor);
    if (axis == Samples.NONE) {
      return type.toString();
    }
    Shape shape = type.shape();
    int each = shape.dim(axis) / samples();
    StringBuilder text = new StringBuilder(type.withShape(Shape.of()).toString());
    text.setLength(text.length() - 1);
    for (int i = 0; i < shape.rank(); i++) {
      text.append(i == 0 ? "" : ", ");
      text.append(i != axis ? String.valueOf(shape.dim(i)) : each == 1 ? "N" : each + " N");
    }
    return text.append(']').toString();
  }

  /**
   * Writes it; a file that was there is replaced once the new one is complete.
   *
   * @param externalData whether large constants go to a second file in any case
   */
  void write(Path file, int opset, boolean externalData) {
    if (source.is(file)) {
      throw new InvalidRequestException(
          file + " is the model itself; give the name of another file");
    }
    if (opset < WriteOptions.OLDEST_OPSET || opset > WriteOptions.NEWEST_OPSET) {
      throw new InvalidRequestException(
          "Opset "
              + opset
              + " was asked for; what can be written are opsets "
              + WriteOptions.OLDEST_OPSET
              + " to "
              + WriteOptions.NEWEST_OPSET);
    }
    WriteOptions options = WriteOptions.DEFAULT.withOpset(opset);
    if (batchingObstacle().isEmpty()) {
      options = options.withSymbolicBatch();
    }
    if (externalData) {
      options = options.withExternalData();
    }
    for (Map.Entry<String, String> property : properties.entrySet()) {
      options = options.withProperty(property.getKey(), property.getValue());
    }
    makeDirectory(file);
    try {
      OnnxWriter.write(graph, file, options);
    } catch (UnwritableFileException e) {
      throw new InvalidRequestException(e.getMessage());
    }
  }

  private static void makeDirectory(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    try {
      if (directory != null) {
        Files.createDirectories(directory);
      }
    } catch (IOException e) {
      throw new InvalidRequestException(
          file + " could not be written: no directory can be made at " + directory);
    }
  }
}
