package org.pellucid.cli;

import java.util.Locale;
import org.pellucid.core.Prediction;

/** How a class and its score are printed. */
final class PredictionText {
  private PredictionText() {}

  /** As {@code 9.314 (0.987)}: the score, and the probability where the model has one. */
  static String score(Prediction prediction) {
    String score = String.format(Locale.ROOT, "%.4g", prediction.score());
    return Double.isNaN(prediction.probability())
        ? score
        : score + String.format(Locale.ROOT, " (%.4f)", prediction.probability());
  }
}
