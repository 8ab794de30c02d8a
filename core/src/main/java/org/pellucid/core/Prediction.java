package org.pellucid.core;

import java.util.Optional;

/**
 * A class with its score.
 *
 * @param index the class, from 0; -1 for a target that is not one class
 * @param label its label; empty where the model has no labels
 * @param score its score: the logit, where the model has logits
 * @param probability what the model's own Softmax or Sigmoid makes of it; NaN where it has none
 */
public record Prediction(int index, Optional<String> label, double score, double probability) {
  /** The label, or {@code class 3} where there is none. */
  public String name() {
    return label.orElse("class " + index);
  }
}
