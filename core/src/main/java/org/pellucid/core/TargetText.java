package org.pellucid.core;

import com.google.common.base.Suppliers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.SumTarget;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.text.NearestNames;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/**
 * Understands targets as users write them: a class, or {@code kind[:what][@where]}.
 *
 * <p>A text that is exactly a label is that class, whatever else it could mean.
 */
final class TargetText {
  /** What can be written, for the end of a message. */
  static final String KINDS =
      "Targets are: top, top:K, a class index or label, class:C, above:T, contrast:A,B,"
          + " sum:C=W,..., positive, negative, output[:NAME][:I], segment:C[@X,Y,W,H or @MASK],"
          + " box[:C][@I or @X,Y,W,H], similar[:TENSOR]@FILE, neuron:LAYER@K[,R,C]";

  private static final Pattern KIND =
      Pattern.compile("([a-z-]+)(?::([^@]*))?(?:@(.*))?", Pattern.DOTALL);
  private static final Pattern WEIGHTED = Pattern.compile("(.+)=([^=,]+)");

  private final Classifier classifier;
  private final ClassifierHead head;
  private final Answering answering;

  /** What a target may have to ask the model. */
  interface Answering {
    /** A tensor of an image, one sample, row-major, float64. */
    Tensor read(Subject subject, Tap tensor);

    /** Another image, or an array, made ready for the model. */
    Subject prepare(Path file);
  }

  TargetText(Classifier classifier, Answering answering) {
    this.classifier = classifier;
    this.head = classifier.head();
    this.answering = answering;
  }

  /**
   * Understands a text.
   *
   * @throws InvalidRequestException if it names what the model does not have, or nothing at all
   */
  TargetPlan read(String text) {
    if (head.isLabel(text)) {
      return scores(text, List.of(head.ofClass(head.named(text))));
    }
    Matcher matcher = KIND.matcher(text);
    if (!matcher.matches()) {
      return scores(text, List.of(head.ofClass(head.named(text))));
    }
    String what = Optional.ofNullable(matcher.group(2)).orElse("");
    Optional<String> where = Optional.ofNullable(matcher.group(3));
    return switch (matcher.group(1)) {
      case "top" -> top(text, what);
      case "class" -> scores(text, List.of(head.ofClass(head.named(what))));
      case "above" -> above(text, what);
      case "contrast" -> contrast(text, what);
      case "sum" -> sum(text, what);
      case "positive", "negative" -> side(text);
      case "output" -> output(text, what);
      case "segment" -> new SegmentText(classifier).read(text, what, where);
      case "box", "box-cxcywh", "box-xyxy", "box-yxyx", "box-xywh" ->
          new BoxText(classifier, answering).read(text, matcher.group(1), what, where);
      case "similar" -> similar(text, what, where);
      case "neuron" -> neuron(text, what, where);
      default -> scores(text, List.of(head.ofClass(named(text))));
    };
  }

  /** A label; else the message tells what else could have been meant. */
  private int named(String text) {
    if ((text.contains(":") || text.contains("@")) && head.labels().size() > 0) {
      throw new InvalidRequestException(
          "Target \""
              + text
              + "\" was asked for; the nearest labels are "
              + NearestNames.quoted(text, head.labels().names())
              + ". "
              + KINDS);
    }
    return head.named(text);
  }

  private TargetPlan scores(String text, List<Target> targets) {
    return TargetPlan.of(text, new Tap(head.logits()), targets);
  }

  private TargetPlan top(String text, String count) {
    if (text.equals("top")) {
      return scores(text, List.of(head.top(0)));
    }
    if (!count.matches("\\d{1,6}")) {
      throw new InvalidRequestException(
          "Target top:K takes a whole number, found \"" + text + "\"");
    }
    return scores(text, head.highest(Integer.parseInt(count)));
  }

  private TargetPlan above(String text, String threshold) {
    double least = number(text, threshold);
    if (head.segmentation().isPresent()) {
      throw new InvalidRequestException(
          "Target above:T is for one score per class; this model has one per class and cell. Write"
              + " top:K for the largest classes");
    }
    return new TargetPlan(
        text, new Tap(head.logits()), true, subject -> likely(subject, threshold, least));
  }

  private List<Target> likely(Subject subject, String threshold, double least) {
    Tensor found = answering.read(subject, new Tap(head.logits()));
    List<Prediction> ranked = head.ranked(found);
    List<Target> targets =
        ranked.stream()
            .map(Prediction::index)
            .filter(index -> head.likelihood(found, index) > least)
            .map(head::ofClass)
            .toList();
    if (targets.isEmpty()) {
      Prediction highest = ranked.get(0);
      throw new InvalidRequestException(
          String.format(
              Locale.ROOT,
              "No class of %s has a %s above %s; the highest is %s with %.4g",
              subject.name(),
              head.hasProbabilities() ? "probability" : "score",
              threshold,
              highest.name(),
              head.likelihood(found, highest.index())));
    }
    return targets;
  }

  private TargetPlan contrast(String text, String what) {
    List<String> sides = what.isEmpty() ? List.of("top", "second") : head.split(what, 2);
    return scores(
        text, List.of(Target.contrast(head.target(sides.get(0)), head.target(sides.get(1)))));
  }

  private TargetPlan sum(String text, String what) {
    List<SumTarget.Term> terms = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (String piece : what.split(",", -1)) {
      part.append(part.length() > 0 ? "," : "").append(piece);
      Matcher weighted = WEIGHTED.matcher(part);
      if (weighted.matches()) {
        double weight = number(text, weighted.group(2).strip());
        terms.add(new SumTarget.Term(weight, head.target(weighted.group(1).strip())));
        part.setLength(0);
      }
    }
    if (terms.isEmpty() || part.length() > 0) {
      throw new InvalidRequestException(
          "Target sum takes classes with weights, as sum:3=0.7,5=-0.3; found \"" + text + "\"");
    }
    return scores(text, List.of(new SumTarget(terms)));
  }

  private static double number(String text, String number) {
    try {
      double value = Double.parseDouble(number);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new InvalidRequestException(
        "Target \"" + text + "\" takes a number, found \"" + number + "\"");
  }

  private TargetPlan side(String text) {
    if (head.scores().size() != 1) {
      throw new InvalidRequestException(
          "Target "
              + text
              + " is a side of a network with a single score; this one has "
              + head.scores().size()
              + ". Name one of the classes 0 to "
              + (head.classes() - 1));
    }
    return scores(text, List.of(text.equals("positive") ? Target.positive() : Target.negative()));
  }

  private TargetPlan output(String text, String what) {
    ModelGraph graph = classifier.graph();
    String name = head.output().output();
    String index = what;
    if (graph.outputs().contains(what)) {
      name = what;
      index = "";
    } else if (!what.matches("\\d{0,9}")) {
      int colon = what.lastIndexOf(':');
      name = colon < 0 ? what : what.substring(0, colon);
      index = colon < 0 ? "" : what.substring(colon + 1);
    }
    if (!graph.outputs().contains(name) || !index.matches("\\d{0,9}")) {
      throw new InvalidRequestException(
          "Target \""
              + text
              + "\" was asked for; the outputs are "
              + graph.outputs()
              + ", and one of their numbers is meant by output:I or output:NAME:I");
    }
    int size = Math.toIntExact(OneSample.shape(graph, name).size());
    int element = index.isEmpty() ? 0 : Integer.parseInt(index);
    if (index.isEmpty() ? size > 1 : element >= size) {
      throw new InvalidRequestException(
          "Target \""
              + text
              + "\" was asked for; the output \""
              + name
              + "\" has numbers 0 to "
              + (size - 1)
              + ", one of which is meant by output:"
              + name
              + ":I");
    }
    return TargetPlan.of(text, new Tap(name), List.of(Target.output(element)));
  }

  private TargetPlan similar(String text, String what, Optional<String> where) {
    if (where.isEmpty() || where.get().isEmpty()) {
      throw new InvalidRequestException(
          "Target similar takes another image or array, as similar@cat.png or"
              + " similar:TENSOR@cat.png; found \""
              + text
              + "\"");
    }
    Tap reads = what.isEmpty() ? new Tap(head.logits()) : tensor(what);
    Supplier<Target> target =
        Suppliers.memoize(
            () -> {
              Subject other = answering.prepare(Path.of(where.get()));
              return Target.similarTo(answering.read(other, reads).toDoubleArray());
            });
    return new TargetPlan(text, reads, false, subject -> List.of(target.get()));
  }

  /** A tensor by its name, or as a layer is named. */
  private Tap tensor(String name) {
    return classifier.graph().has(name) ? new Tap(name) : classifier.layers().find(name).tap();
  }

  private TargetPlan neuron(String text, String what, Optional<String> where) {
    String place = where.orElse("");
    if (what.isEmpty() || !place.matches("\\d{1,9}(,\\d{1,9})*")) {
      throw new InvalidRequestException(
          "Target neuron takes a layer and a feature map, or a neuron of it, as neuron:conv:-1@12"
              + " or neuron:conv:-1@12,3,4; found \""
              + text
              + "\"");
    }
    Tap reads = tensor(what);
    int[] numbers = Arrays.stream(place.split(",")).mapToInt(Integer::parseInt).toArray();
    return TargetPlan.of(
        text, reads, List.of(Neurons.target(classifier.graph(), reads.tensor(), numbers)));
  }
}
