package org.pellucid.core;

import java.util.List;
import java.util.Map;
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
 * input is no part of it.
 */
public final class DifferentiatedModel extends WritableModel {
  private final Classifier classifier;

  DifferentiatedModel(Classifier classifier, ModelGraph graph, Map<String, String> properties) {
    super(classifier.file(), graph, properties);
    this.classifier = classifier;
  }

  /** What is odd about the model or what lies beside it, and does not stop anything. */
  public List<String> warnings() {
    return classifier.warnings();
  }
}
