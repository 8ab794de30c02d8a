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

/**
 * A network that can be written as ONNX, for any number of samples where that is possible.
 * Immutable.
 */
public abstract sealed class WritableModel permits ConvertedModel, DifferentiatedModel {
  /** ONNX operators that every ONNX Runtime from 1.12 (2022) on has. */
  public static final int DEFAULT_OPSET = 17;

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

  /** The network. */
  public ModelGraph graph() {
    return graph;
  }

  /** Where it comes from, what it computes, and how images become its input, as far as known. */
  public Map<String, String> properties() {
    return properties;
  }

  /** Why it takes only the number of samples that the model was written for; empty if any. */
  public Optional<String> batchingObstacle() {
    return batching.obstacle();
  }

  /** The number of samples that the model was written for. */
  public int samples() {
    return batching.samples();
  }

  /**
   * The type of a tensor, as {@code float32[N, 1, 96, 96]} where it takes any number of samples.
   */
  public String describe(String tensor) {
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
   * Writes it as ONNX, for any number of samples where there is no obstacle. A file that was there
   * is replaced once the new one is complete. Large constants of a model of more than 2 GB go to a
   * second file beside it, named after it with {@code .data} at the end.
   *
   * @param opset the version of the ONNX operators, for instance {@link #DEFAULT_OPSET}
   * @param externalData whether there is a second file whatever the size
   * @throws InvalidRequestException if there is no such opset, the file cannot be written, or it is
   *     the file that the model was read from
   * @throws org.pellucid.graph.UnsupportedModelException if the operators of this version cannot
   *     express it, naming the lowest that can
   */
  public void write(Path file, int opset, boolean externalData) {
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

  /** Writes it with a second file only above 2 GB; see {@link #write(Path, int, boolean)}. */
  public void write(Path file, int opset) {
    write(file, opset, false);
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
