package org.pellucid.core;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.graph.ModelGraph;

/**
 * A network with its gradients, or with an explanation, as a network of its own. Its inputs are
 * those of the model and, where the class is to be given, {@code class}, int64 [N]; its outputs are
 *
 * <ul>
 *   <li>{@code scores} [N, classes], before a trailing Softmax or Sigmoid;
 *   <li>with a method {@code map} [N, 1, H, W], at the size of the explained input: the positive
 *       part of the raw map, upsampled bilinearly, divided by its largest value; from 0 to 1, and 0
 *       everywhere where there is no positive evidence or a number is not finite;
 *   <li>without one, {@code activations/<layer>} and {@code gradients/<layer>} for each layer, both
 *       [N, maps, h, w], whatever the layout in the network.
 * </ul>
 *
 * <p>A class that the model does not have gives gradients and a map of zeros. Where the model has
 * an input of one of these names, there is a number behind it. What makes images into the model's
 * input is no part of it. Immutable.
 */
public final class DifferentiatedModel {
  /** ONNX operators that every ONNX Runtime from 1.12 (2022) on has. */
  public static final int DEFAULT_OPSET = 17;

  private final Classifier classifier;
  private final WritableModel model;

  DifferentiatedModel(Classifier classifier, ModelGraph graph, Map<String, String> properties) {
    this.classifier = classifier;
    this.model = new WritableModel(classifier.file(), graph, properties);
  }

  /** The network. */
  public ModelGraph graph() {
    return model.graph();
  }

  /** Where it comes from, what it computes, and how images become its input, as far as known. */
  public Map<String, String> properties() {
    return model.properties();
  }

  /** Why it takes only the number of samples that the model was written for; empty if any. */
  public Optional<String> batchingObstacle() {
    return model.batchingObstacle();
  }

  /** What is odd about the model or what lies beside it, and does not stop anything. */
  public List<String> warnings() {
    return classifier.warnings();
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
   * is replaced once the new one is complete. A model of more than 2 GB gets a second file beside
   * it, named after it with {@code .data} at the end.
   *
   * @param opset the version of the ONNX operators, for instance {@link #DEFAULT_OPSET}
   * @throws InvalidRequestException if there is no such opset, the file cannot be written, or it is
   *     the file that the model was read from
   * @throws org.pellucid.graph.UnsupportedModelException if the operators of this version cannot
   *     express it, naming the lowest that can
   */
  public void write(Path file, int opset) {
    model.write(file, opset, false);
  }
}
