package org.pellucid.core;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Target;
import org.pellucid.core.io.Labels;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.ScoreOutput;

/** What a classifier's scores mean: their labels, probabilities and order. Immutable. */
final class ClassifierHead {
  private final ScoreOutput output;
  private final int classes;
  private final Labels labels;

  ClassifierHead(ScoreOutput output, int classes, Labels labels) {
    this.output = output;
    this.classes = classes;
    this.labels = labels;
  }

  /** Labels that do not go with the number of classes, in words; empty where they do. */
  Optional<String> mismatch() {
    return labels.size() == 0 || labels.size() == classes
        ? Optional.empty()
        : Optional.of(
            "there are " + labels.size() + " labels for the " + classes + " classes of the model");
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

  /**
   * The targets that a user's text means: several for {@code top:K}. A number is an index where the
   * model has that class, and a label otherwise.
   *
   * @throws InvalidRequestException if there is no such class
   */
  List<Target> targets(String text) {
    if (text.equals("top")) {
      return List.of(Target.top());
    }
    if (text.matches("top:\\d{1,6}")) {
      return highest(Integer.parseInt(text.substring(4)));
    }
    if (text.matches("-?\\d{1,9}")) {
      return List.of(Target.ofClass(numbered(text)));
    }
    if (labels.size() == 0) {
      throw new InvalidRequestException(
          "Target \""
              + text
              + "\" was asked for, but the model has no labels; write top, top:K, a"
              + " class index, or give a file of labels");
    }
    return List.of(Target.ofClass(named(text)));
  }

  private List<Target> highest(int count) {
    if (count < 1 || count > classes) {
      throw new InvalidRequestException(
          "Target top:K takes a K from 1 to the number of classes, "
              + classes
              + ", found "
              + count);
    }
    return IntStream.range(0, count).mapToObj(Target::top).toList();
  }

  private int numbered(String text) {
    int index = Integer.parseInt(text);
    if (index >= 0 && index < classes) {
      return index;
    }
    if (labels.names().contains(text)) {
      return named(text);
    }
    throw new InvalidRequestException(
        "Class " + index + " was asked for; the model has classes 0 to " + (classes - 1));
  }

  private int named(String label) {
    int index = labels.indexOf(label);
    if (index >= classes) {
      throw new InvalidRequestException(
          "The label \""
              + label
              + "\" is that of class "
              + index
              + "; the model has classes 0 to "
              + (classes - 1));
    }
    return index;
  }
}
