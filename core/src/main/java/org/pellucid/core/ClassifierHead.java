package org.pellucid.core;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Target;
import org.pellucid.core.io.Labels;
import org.pellucid.graph.ScoreOutput;
import org.pellucid.graph.Tensor;

/** What a classifier's scores mean: their labels, probabilities and order. Immutable. */
final class ClassifierHead {
  private final ScoreOutput output;
  private final Labels labels;

  ClassifierHead(ScoreOutput output, Labels labels) {
    this.output = output;
    this.labels = labels;
  }

  String logits() {
    return output.logits();
  }

  /** All classes with their scores, highest first, equals by index. */
  List<Prediction> ranked(Tensor scores) {
    return IntStream.range(0, scores.size())
        .mapToObj(index -> prediction(scores, index))
        .sorted(Comparator.comparingDouble((Prediction prediction) -> -prediction.score()))
        .toList();
  }

  /** The class that a resolved target is about, as the clean image has it. */
  Prediction prediction(Tensor scores, Target target) {
    return target.classIndex().stream()
        .mapToObj(index -> prediction(scores, index))
        .findFirst()
        .orElseGet(
            () ->
                new Prediction(
                    -1,
                    Optional.of(target.describe()),
                    target.value(scores.toDoubleArray()),
                    Double.NaN));
  }

  private Prediction prediction(Tensor scores, int index) {
    return new Prediction(index, labels.of(index), scores.get(index), probability(scores, index));
  }

  private double probability(Tensor scores, int index) {
    double score = scores.get(index);
    return switch (output.activation().orElse("")) {
      case "Sigmoid" -> 1 / (1 + Math.exp(-score));
      case "Softmax", "LogSoftmax" -> {
        double sum = 0;
        for (int i = 0; i < scores.size(); i++) {
          sum += Math.exp(scores.get(i) - score);
        }
        yield 1 / sum;
      }
      default -> Double.NaN;
    };
  }

  /** The targets that a user's text means: several for {@code top:K}. */
  List<Target> targets(String text) {
    if (text.equals("top")) {
      return List.of(Target.top());
    }
    if (text.matches("top:\\d{1,6}")) {
      int count = Integer.parseInt(text.substring(4));
      if (count < 1) {
        throw new InvalidRequestException("Target top:K takes a K of at least 1, found " + text);
      }
      return IntStream.range(0, count).mapToObj(Target::top).toList();
    }
    if (text.matches("-?\\d{1,9}")) {
      return List.of(Target.ofClass(Integer.parseInt(text)));
    }
    if (labels.size() == 0) {
      throw new InvalidRequestException(
          "Target \""
              + text
              + "\" was asked for, but the model has no labels; write top, top:K, a"
              + " class index, or give a file of labels");
    }
    return List.of(Target.ofClass(labels.indexOf(text)));
  }
}
