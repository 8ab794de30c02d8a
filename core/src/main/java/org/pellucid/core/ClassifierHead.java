package org.pellucid.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.pellucid.api.ClassTarget;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Segmentation;
import org.pellucid.api.SideTarget;
import org.pellucid.api.Target;
import org.pellucid.core.io.Labels;
import org.pellucid.core.text.NearestNames;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.pass.Layouts;
import org.pellucid.graph.pass.ScoreOutput;

/**
 * What a model's scores mean: their classes, labels, probabilities and order. There is a score per
 * class; or one alone, which speaks for class 1 and, negated, for class 0; or, in a segmentation,
 * one per class and cell. Immutable.
 */
final class ClassifierHead {
  private static final Pattern CLASS = Pattern.compile("class (\\d{1,9})\\b");

  private final ScoreOutput output;
  private final Shape scores;
  private final Optional<Segmentation> segmentation;
  private final Labels labels;

  /**
   * A head.
   *
   * @param scores the shape of one image's scores
   * @param segmentation which axis counts classes, where there is a score per class and cell
   */
  ClassifierHead(
      ScoreOutput output, Shape scores, Optional<Segmentation> segmentation, Labels labels) {
    this.output = output;
    this.scores = scores;
    this.segmentation = segmentation;
    this.labels = labels;
  }

  /**
   * The head of a network. There is a score per class and cell where the scores have as many axes
   * of space as the input, and more than one cell.
   */
  static ClassifierHead of(ModelGraph graph, String input, ScoreOutput output, Labels labels) {
    Shape scores = OneSample.shape(graph, output.logits());
    Layouts layouts = Layouts.of(graph);
    int space = layouts.of(input).map(axes -> axes.spatialAxes().size()).orElse(0);
    Optional<Segmentation> segmentation =
        layouts
            .of(output.logits())
            .filter(axes -> axes.spatialAxes().size() == space)
            .map(axes -> new Segmentation(scores, axes.channelAxis()))
            .or(
                () ->
                    Optional.of(scores)
                        .filter(shape -> shape.rank() >= 4 && shape.rank() == space + 2)
                        .map(shape -> new Segmentation(shape, 1)))
            .filter(found -> found.cells() > 1);
    return new ClassifierHead(output, scores, segmentation, labels);
  }

  /** Labels that do not go with the number of classes, in words; empty where they do. */
  Optional<String> mismatch() {
    boolean table =
        segmentation.isEmpty()
            && IntStream.range(0, scores.rank()).filter(axis -> scores.dim(axis) > 1).count() > 1;
    // What a table of scores, such as a detector's, has to do with labels only a target tells.
    return labels.size() == 0 || labels.size() == classes() || table
        ? Optional.empty()
        : Optional.of(
            "there are "
                + labels.size()
                + " labels for the "
                + classes()
                + " classes of the model");
  }

  String logits() {
    return output.logits();
  }

  /** The output that holds what the model makes of the scores. */
  ScoreOutput output() {
    return output;
  }

  /** The shape of one image's scores. */
  Shape scores() {
    return scores;
  }

  Labels labels() {
    return labels;
  }

  /** Which axis counts classes, where there is a score per class and cell. */
  Optional<Segmentation> segmentation() {
    return segmentation;
  }

  /** Whether a single score has two sides, as its Sigmoid or its labels tell. */
  boolean isBinary() {
    return scores.size() == 1
        && segmentation.isEmpty()
        && (output.activation().filter("Sigmoid"::equals).isPresent() || labels.size() == 2);
  }

  /** The number of classes. */
  int classes() {
    return segmentation
        .map(Segmentation::classes)
        .orElseGet(() -> isBinary() ? 2 : Math.toIntExact(scores.size()));
  }

  /** The classes with their scores, highest first, equals by index; of a segmentation, by area. */
  List<Prediction> ranked(Tensor found) {
    if (segmentation.isPresent()) {
      int[] areas = segmentation.get().areas(found.toDoubleArray());
      int seen = (int) IntStream.of(areas).filter(area -> area > 0).count();
      return IntStream.range(0, Math.max(1, seen)).mapToObj(rank -> largest(found, rank)).toList();
    }
    Scores scores = new Scores(found);
    return IntStream.range(0, classes())
        .mapToObj(index -> prediction(scores, ofClass(index)))
        .sorted(Comparator.comparingDouble((Prediction prediction) -> -prediction.score()))
        .toList();
  }

  /** The first of those that are {@link #ranked}. */
  Prediction first(Tensor found) {
    if (segmentation.isPresent()) {
      return largest(found, 0);
    }
    Scores scores = new Scores(found);
    int classes = classes();
    int first = 0;
    double highest = Double.NaN;
    for (int index = 0; index < classes; index++) {
      double score = ofClass(index).value(scores.values());
      if (index == 0 || Double.compare(-score, -highest) < 0) {
        first = index;
        highest = score;
      }
    }
    return prediction(scores, ofClass(first));
  }

  /** What was found of an image, and what the probabilities of all its classes have in common. */
  private static final class Scores {
    private final double[] values;
    private double highest;
    private double exponentials = Double.NaN;

    Scores(Tensor found) {
      this.values = found.toDoubleArray();
    }

    double[] values() {
      return values;
    }

    /** The softmax of a score. */
    double softmax(int index) {
      if (Double.isNaN(exponentials)) {
        highest = Arrays.stream(values).max().orElse(0);
        exponentials = Arrays.stream(values).map(value -> Math.exp(value - highest)).sum();
      }
      return Math.exp(values[index] - highest) / exponentials;
    }
  }

  private Prediction largest(Tensor found, int rank) {
    int[] areas = segmentation.orElseThrow().areas(found.toDoubleArray());
    if (IntStream.of(areas).allMatch(area -> area == 0)) {
      return new Prediction(-1, Optional.of("nothing"), 0, Double.NaN);
    }
    return prediction(found, top(rank).resolve(found));
  }

  /** The class that a resolved target is about, as the clean image has it. */
  Prediction prediction(Tensor found, Target target) {
    return prediction(new Scores(found), target);
  }

  private Prediction prediction(Scores found, Target target) {
    double value = target.value(found.values());
    if (target instanceof ClassTarget one) {
      return new Prediction(
          one.index(), labels.of(one.index()), value, probability(found, one.index()));
    }
    if (target instanceof SideTarget side && isBinary()) {
      int index = side.shownClass().orElseThrow();
      return new Prediction(index, Optional.of(sideName(index)), value, sigmoid(value));
    }
    return new Prediction(
        target.shownClass().orElse(-1), Optional.of(labelled(target)), value, Double.NaN);
  }

  /** What a target says of itself, with labels in place of indices. */
  private String labelled(Target target) {
    return CLASS
        .matcher(target.describe())
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    labels.of(Integer.parseInt(match.group(1))).orElse(match.group())));
  }

  private String sideName(int index) {
    return labels.size() == 2
        ? labels.of(index).orElse("class " + index)
        : index == 1 ? "positive" : "negative";
  }

  private static double sigmoid(double score) {
    return 1 / (1 + Math.exp(-score));
  }

  private double probability(Scores scores, int index) {
    return switch (output.activation().orElse("")) {
      case "Sigmoid" -> sigmoid(scores.values()[index]);
      case "Softmax", "LogSoftmax" -> scores.softmax(index);
      default -> Double.NaN;
    };
  }

  /** The probability of a target as a target of its own. */
  Target probability(Target target) {
    if (segmentation.isPresent() || (target.classIndex().isEmpty() && !isBinary())) {
      throw new InvalidRequestException(
          "A probability was asked for of "
              + target.describe()
              + "; only a classifier's classes have one");
    }
    return isBinary() || output.activation().filter("Sigmoid"::equals).isPresent()
        ? Target.sigmoid(target)
        : Target.softmax(target);
  }

  /** The probability of a class, or its score where the model has no probabilities. */
  double likelihood(Tensor found, int index) {
    Prediction prediction = prediction(found, ofClass(index));
    return Double.isNaN(prediction.probability()) ? prediction.score() : prediction.probability();
  }

  /** Whether scores come with probabilities. */
  boolean hasProbabilities() {
    return output.activation().isPresent() || isBinary();
  }

  /** The class of a rank on the clean image, from 0, the highest. */
  Target top(int rank) {
    if (segmentation.isPresent()) {
      return Target.topSegment(segmentation.get(), rank);
    }
    return isBinary() ? Target.side(rank == 0) : Target.top(rank);
  }

  /** A class by index. */
  Target ofClass(int index) {
    if (segmentation.isPresent()) {
      return Target.segment(segmentation.get(), index);
    }
    if (isBinary()) {
      return index == 1 ? Target.positive() : Target.negative();
    }
    return Target.ofClass(index);
  }

  /** The classes of the highest ranks. */
  List<Target> highest(int count) {
    if (count < 1 || count > classes()) {
      throw new InvalidRequestException(
          "Target top:K takes a K from 1 to the number of classes, "
              + classes()
              + ", found "
              + count);
    }
    return IntStream.range(0, count).mapToObj(this::top).toList();
  }

  /** Whether a text is exactly a label. */
  boolean isLabel(String text) {
    return !text.isEmpty() && labels.names().contains(text);
  }

  /**
   * The class that a text names: an index where the model has that class, else a label.
   *
   * @throws InvalidRequestException if there is no such class
   */
  int named(String text) {
    if (text.matches("-?\\d{1,9}")) {
      int index = Integer.parseInt(text);
      if (index >= 0 && index < classes()) {
        return index;
      }
      if (!isLabel(text)) {
        throw new InvalidRequestException(
            "Class " + index + " was asked for; the model has classes 0 to " + (classes() - 1));
      }
    }
    if (isBinary() && (text.equals("positive") || text.equals("negative"))) {
      return text.equals("positive") ? 1 : 0;
    }
    if (labels.size() == 0) {
      throw new InvalidRequestException(
          "Target \""
              + text
              + "\" was asked for, but the model has no labels; write top, top:K, a"
              + " class index, or give a file of labels. "
              + TargetText.KINDS);
    }
    int index = labels.indexOf(text);
    if (index >= classes()) {
      throw new InvalidRequestException(
          "The label \""
              + text
              + "\" is that of class "
              + index
              + "; the model has classes 0 to "
              + (classes() - 1));
    }
    return index;
  }

  /**
   * Several classes with commas between, as indices or labels, in which there may be commas, too.
   *
   * @param count how many there are
   * @throws InvalidRequestException if the text is not so many classes
   */
  List<String> split(String text, int count) {
    String[] parts = text.split(",", -1);
    List<List<String>> found = new ArrayList<>();
    split(parts, 0, count, List.of(), found);
    if (found.isEmpty()) {
      throw new InvalidRequestException(
          "\""
              + text
              + "\" was asked for as "
              + count
              + " classes with a comma between; each is top, second, an index from 0 to "
              + (classes() - 1)
              + " or a label"
              + (labels.size() == 0
                  ? ", of which the model has none"
                  : ", the nearest of which are " + NearestNames.quoted(text, labels.names())));
    }
    return found.get(0);
  }

  private void split(
      String[] parts, int from, int count, List<String> before, List<List<String>> found) {
    if (count == 0) {
      if (from == parts.length) {
        found.add(before);
      }
      return;
    }
    StringBuilder name = new StringBuilder();
    for (int to = from; to < parts.length; to++) {
      name.append(to > from ? "," : "").append(parts[to]);
      String candidate = name.toString().strip();
      if (isRank(candidate) || isClass(candidate)) {
        List<String> longer = new ArrayList<>(before);
        longer.add(candidate);
        split(parts, to + 1, count - 1, longer, found);
      }
    }
  }

  private boolean isClass(String text) {
    return isLabel(text)
        || (isBinary() && (text.equals("positive") || text.equals("negative")))
        || (text.matches("\\d{1,9}") && Integer.parseInt(text) < classes());
  }

  private static boolean isRank(String text) {
    return text.equals("top") || text.equals("second");
  }

  /** One of the classes that {@link #split} found, or a class as {@link #named} takes it. */
  Target target(String text) {
    if (isRank(text) && !isLabel(text)) {
      return top(text.equals("top") ? 0 : 1);
    }
    return ofClass(named(text));
  }
}
