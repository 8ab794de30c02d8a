package org.pellucid.onnx;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.UnsupportedModelException;

/**
 * Writes graphs as ONNX: the counterpart of {@link OnnxImporter}. Inputs, outputs, nodes, tensors
 * and constants keep their names; what an operation is composed of, where ONNX does not have it in
 * one piece, is named after its output. Constants that nothing reads are left out.
 *
 * <p>Attributes of ONNX are float32, also in networks of float64: an alpha of 0.3 then differs from
 * the graph's by 1e-8 of itself. Constants are written as they are.
 */
public final class OnnxWriter {
  /** Constants smaller than this always stay in the model, where shapes and axes are needed. */
  private static final long SMALLEST_EXTERNAL = 1024;

  /** The name that stands for memory where a file's name would stand. */
  private static final String IN_MEMORY = "in-memory";

  private OnnxWriter() {}

  /**
   * Writes a graph to a file, and its constants to a second one beside it if the options ask for
   * that. Both are complete when they appear; when writing fails, files that were there are as they
   * were, and no others are left. Weights are written from where they are, without a copy of them
   * all.
   *
   * @throws UnsupportedModelException if the chosen operators cannot express the graph, naming
   *     node, operation and the lowest opset that can; or if it is to take any number of samples
   *     and mixes them
   * @throws UnwritableFileException if the file cannot be written
   */
  public static void write(ModelGraph graph, Path file, WriteOptions options) {
    GraphEncoding encoding = new GraphEncoding(graph, options);
    ProtobufMessage whole = model(graph, encoding.message(TensorMessage::inline), options);
    if (whole.size() <= options.largestFile()) {
      ModelFiles.write(file, ModelFiles.content(whole));
      return;
    }
    ModelFiles.Data data = new ModelFiles.Data(file);
    ProtobufMessage small =
        model(
            graph,
            encoding.message(
                (name, value) ->
                    isSmall(value)
                        ? TensorMessage.inline(name, value)
                        : TensorMessage.external(name, value, data.location(), data.place(value))),
            options);
    requireSmall(small);
    ModelFiles.write(file, ModelFiles.content(small), data.file(), data::writeTo);
  }

  /**
   * The file of a graph in memory, with all constants in it.
   *
   * @throws UnsupportedModelException as {@link #write} does, and if it had 2 GB or more
   */
  public static byte[] bytes(ModelGraph graph, WriteOptions options) {
    ProtobufMessage whole =
        model(graph, new GraphEncoding(graph, options).message(TensorMessage::inline), options);
    requireSmall(whole);
    return whole.toByteArray();
  }

  /**
   * A model in memory without its large constants, for an engine that is handed them.
   *
   * <p>With ONNX Runtime (1.28 and 1.29, Java): wrap each constant in a tensor over a direct
   * buffer, which is not copied, and give all of them to {@code
   * SessionOptions.addExternalInitializers}. The session then holds one copy of its own, packed as
   * its kernels want it, and the buffers may go. Not {@code addInitializer}, which makes no copy
   * where a kernel reads constants as they are: it is consulted only after the optimisation of the
   * graph, which has by then read the constants from the place that the model names, and failed or
   * computed with what it found there.
   *
   * @param model an ONNX file in which those constants are said to be stored elsewhere, at a place
   *     that does not exist
   * @param constants the constants by name, those of the graph itself, not copied
   */
  public record Detached(byte[] model, Map<String, Tensor> constants) {
    /** Copies the map, not the bytes. */
    public Detached {
      constants = Map.copyOf(constants);
    }
  }

  /**
   * A graph for an engine that is handed the large constants itself.
   *
   * @param least constants of at least so many bytes are left out
   * @throws UnsupportedModelException as {@link #write} does
   */
  public static Detached detached(ModelGraph graph, WriteOptions options, long least) {
    Map<String, Tensor> detached = new LinkedHashMap<>();
    GraphEncoding encoding = new GraphEncoding(graph, options);
    ProtobufMessage message =
        encoding.message(
            (name, value) -> {
              if (ProtobufMessage.bytes(value) < least) {
                return TensorMessage.inline(name, value);
              }
              detached.put(name, value);
              return TensorMessage.external(name, value, IN_MEMORY, 0);
            });
    ProtobufMessage small = model(graph, message, options);
    requireSmall(small);
    return new Detached(small.toByteArray(), detached);
  }

  private static boolean isSmall(Tensor value) {
    return ProtobufMessage.bytes(value) < SMALLEST_EXTERNAL;
  }

  private static void requireSmall(ProtobufMessage model) {
    if (model.size() > Integer.MAX_VALUE - 8) {
      throw new UnsupportedModelException(
          "The model has "
              + model.size()
              + " bytes where one ONNX file can have 2^31; keep its constants outside of it");
    }
  }

  /** The ModelProto around a graph. */
  private static ProtobufMessage model(
      ModelGraph graph, ProtobufMessage message, WriteOptions options) {
    ProtobufMessage model =
        new ProtobufMessage().number(1, irVersion(options.opset())).text(2, "pellucid");
    Optional.ofNullable(OnnxWriter.class.getPackage().getImplementationVersion())
        .ifPresent(version -> model.text(3, version));
    if (!options.documentation().isEmpty()) {
      model.text(6, options.documentation());
    }
    model.message(7, message);
    model.message(8, new ProtobufMessage().text(1, "").number(2, options.opset()));
    Map<String, String> properties = new LinkedHashMap<>();
    graph
        .metadata()
        .forEach(
            (key, value) -> {
              if (key.startsWith(OnnxImporter.PROPERTY)) {
                properties.put(key.substring(OnnxImporter.PROPERTY.length()), value);
              }
            });
    properties.putAll(options.properties());
    properties.forEach(
        (key, value) -> model.message(14, new ProtobufMessage().text(1, key).text(2, value)));
    return model;
  }

  /** The version of the file format that ONNX released together with an operator set. */
  private static int irVersion(int opset) {
    if (opset <= 14) {
      return 7;
    }
    if (opset <= 18) {
      return 8;
    }
    if (opset <= 20) {
      return 9;
    }
    if (opset <= 22) {
      return 10;
    }
    return opset <= 24 ? opset - 12 : 13;
  }
}
