package org.pellucid.core;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.ModelGraph;

/**
 * A network of any format that can be read, to be written as ONNX: same inputs and outputs, and
 * names as the importer gave them. What makes images into its input is no part of it. Immutable.
 *
 * <pre>{@code
 * Pellucid.loader().convert(Path.of("model.h5")).write(Path.of("model.onnx"), 17, false);
 * }</pre>
 */
public final class ConvertedModel {
  private final WritableModel model;

  ConvertedModel(WritableModel model) {
    this.model = model;
  }

  /** The network as it was read. */
  public ModelGraph graph() {
    return model.graph();
  }

  /** Where it comes from and how images become its input, as far as known. */
  public Map<String, String> properties() {
    return model.properties();
  }

  /** Why it takes only the number of samples that the model was written for; empty if any. */
  public Optional<String> batchingObstacle() {
    return model.batchingObstacle();
  }

  /** The number of samples that the model was written for. */
  public int samples() {
    return model.samples();
  }

  /**
   * The type of a tensor, as {@code float32[N, 1, 96, 96]} where it takes any number of samples.
   */
  public String describe(String tensor) {
    return model.describe(tensor);
  }

  /**
   * Writes it as ONNX, for any number of samples where there is no obstacle. A file that was there
   * is replaced once the new one is complete. Large constants of a model of more than 2 GB go to a
   * second file beside it, named after it with {@code .data} at the end.
   *
   * @param opset the version of the ONNX operators, for instance {@link
   *     DifferentiatedModel#DEFAULT_OPSET}
   * @param externalData whether there is a second file whatever the size
   * @throws InvalidRequestException if there is no such opset, the file cannot be written, or it is
   *     the file that the model was read from
   * @throws org.pellucid.graph.UnsupportedModelException if the operators of this version cannot
   *     express it, naming the lowest that can
   */
  public void write(Path file, int opset, boolean externalData) {
    model.write(file, opset, externalData);
  }
}
