package org.pellucid.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.pellucid.api.Status;
import org.pellucid.core.Explanation;
import org.pellucid.core.Prediction;

/** How explanations, classes and scores are printed. */
final class ExplanationText {
  private ExplanationText() {}

  /**
   * The line of one image, with tabs between: the image; the predicted class; its score; what was
   * explained, where that is another class or several; a status other than OK; the files.
   *
   * @param explanations of one image, one per target
   */
  static String line(Path source, List<Explanation> explanations, List<Path> files) {
    Prediction predicted = explanations.get(0).predicted();
    StringBuilder line = new StringBuilder();
    line.append(source).append('\t').append(predicted.name()).append('\t').append(score(predicted));
    if (explanations.size() > 1 || !explanations.get(0).target().equals(predicted)) {
      line.append("\texplained: ")
          .append(
              explanations.stream()
                  .map(
                      explanation ->
                          explanation.target().name() + " " + score(explanation.target()))
                  .collect(Collectors.joining(", ")));
    }
    if (explanations.stream().anyMatch(each -> each.saliency().status() != Status.OK)) {
      line.append('\t')
          .append(
              explanations.stream()
                  .map(explanation -> explanation.saliency().status().name())
                  .collect(Collectors.joining(", ")));
    }
    return line.append('\t')
        .append(files.stream().map(Path::toString).collect(Collectors.joining(" ")))
        .toString();
  }

  /** As {@code 9.314 (0.9870)}: the score, and the probability where the model has one. */
  static String score(Prediction prediction) {
    String score = String.format(Locale.ROOT, "%.4g", prediction.score());
    return Double.isNaN(prediction.probability())
        ? score
        : score + String.format(Locale.ROOT, " (%.4f)", prediction.probability());
  }
}
