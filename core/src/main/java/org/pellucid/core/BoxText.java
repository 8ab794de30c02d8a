package org.pellucid.core;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.api.BoxChoice;
import org.pellucid.api.Detections;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Region;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Shape;
import org.pellucid.graph.pass.ScoreOutput;

/**
 * Understands {@code box[:CLASS][@I or @X,Y,W,H]}, and what a detector's outputs are: one tensor of
 * boxes and scores, {@code [N, 4 + C]}, {@code [N, 5 + C]} with objectness or either transposed, or
 * one of boxes {@code [N, 4]} beside one of scores {@code [N, C]}.
 */
final class BoxText {
  private final Classifier classifier;
  private final ClassifierHead head;
  private final TargetText.Answering answering;

  BoxText(Classifier classifier, TargetText.Answering answering) {
    this.classifier = classifier;
    this.head = classifier.head();
    this.answering = answering;
  }

  /**
   * A detector's tensors.
   *
   * @param reads the scores
   * @param boxes the boxes, where they are another tensor
   */
  private record Found(Tap reads, Optional<Tap> boxes, Detections layout) {}

  TargetPlan read(String text, String kind, String what, Optional<String> where) {
    String place = where.orElse("");
    if (!place.matches("|\\d{1,9}|\\d{1,6}(,\\d{1,6}){3}")) {
      throw new InvalidRequestException(
          "Target box takes the number of a box or a rectangle of the image, as box@17, box:2@17 or"
              + " box@X,Y,W,H; found \""
              + text
              + "\"");
    }
    Optional<Detections.Form> form =
        kind.equals("box")
            ? Optional.empty()
            : Optional.of(Detections.Form.valueOf(kind.substring(4).toUpperCase(Locale.ROOT)));
    Found found = find(text, form, place.contains(","));
    OptionalInt classIndex =
        what.isEmpty() ? OptionalInt.empty() : OptionalInt.of(classOf(what, found.layout()));
    return new TargetPlan(
        text,
        found.reads(),
        false,
        subject -> List.of(Target.box(layout(found, subject), choice(place, classIndex, subject))));
  }

  private int classOf(String what, Detections layout) {
    int index = what.matches("\\d{1,9}") ? Integer.parseInt(what) : head.labels().indexOf(what);
    if (index >= layout.classes()) {
      throw new InvalidRequestException(
          "Class "
              + what
              + " of a box was asked for; the detector has classes 0 to "
              + (layout.classes() - 1));
    }
    return index;
  }

  /** Where boxes are another tensor, their values for an image. */
  private Detections layout(Found found, Subject subject) {
    Detections layout = found.layout();
    if (found.boxes().isEmpty()) {
      return layout;
    }
    double[] boxes = answering.read(subject, found.boxes().get()).toDoubleArray();
    Shape shape = OneSample.shape(classifier.graph(), found.boxes().get().tensor());
    return new Detections(
        layout.scores(),
        layout.boxAxis(),
        layout.fieldAxis(),
        layout.firstClass(),
        layout.objectness(),
        layout.form(),
        Optional.of(fieldsLast(shape, boxes)),
        layout.inputHeight(),
        layout.inputWidth());
  }

  private static double[] fieldsLast(Shape shape, double[] values) {
    int[] axes = lengthy(shape);
    if (shape.dim(axes[1]) == 4) {
      return values;
    }
    int count = shape.dim(axes[1]);
    double[] turned = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      turned[i % count * 4 + i / count] = values[i];
    }
    return turned;
  }

  private static BoxChoice choice(String place, OptionalInt classIndex, Subject subject) {
    BoxChoice choice = BoxChoice.HIGHEST;
    if (place.contains(",")) {
      int[] xywh = Arrays.stream(place.split(",")).mapToInt(Integer::parseInt).toArray();
      Region region =
          subject.toInput(List.of(Region.pixels(xywh[1], xywh[0], xywh[3], xywh[2]))).get(0);
      choice =
          BoxChoice.overlapping(
              new Detections.Box(
                  region.start().get(1),
                  region.start().get(0),
                  (double) region.start().get(1) + region.size().get(1),
                  (double) region.start().get(0) + region.size().get(0)));
    } else if (!place.isEmpty()) {
      choice = BoxChoice.of(Integer.parseInt(place));
    }
    return classIndex.isPresent() ? choice.forClass(classIndex.getAsInt()) : choice;
  }

  private Found find(String text, Optional<Detections.Form> form, boolean needsPlace) {
    ModelGraph graph = classifier.graph();
    List<String> tables =
        graph.outputs().stream()
            .filter(name -> graph.type(name).elementType().isFloating())
            .filter(name -> lengthy(OneSample.shape(graph, name)).length == 2)
            .toList();
    for (String boxes : tables) {
      for (String scores : tables) {
        if (!scores.equals(boxes) && areBoxesOf(shape(boxes), shape(scores))) {
          return pair(text, boxes, scores, form, needsPlace);
        }
      }
    }
    String wanted = head.output().output();
    String one = tables.contains(wanted) || tables.isEmpty() ? wanted : tables.get(0);
    int[] axes = tables.isEmpty() ? new int[0] : lengthy(shape(one));
    if (axes.length != 2 || Math.min(shape(one).dim(axes[0]), shape(one).dim(axes[1])) < 5) {
      throw new InvalidRequestException(
          "Target \""
              + text
              + "\" is for detectors without suppression of overlapping boxes, with an output [N, 4"
              + " + classes], or two, [N, 4] and [N, classes]; the outputs of this model are "
              + graph.outputs().stream().map(name -> name + " " + shape(name)).toList());
    }
    return single(one, axes, form.orElse(Detections.Form.CXCYWH));
  }

  private Shape shape(String output) {
    return OneSample.shape(classifier.graph(), output);
  }

  /** The axes that are longer than 1. */
  private static int[] lengthy(Shape shape) {
    return java.util.stream.IntStream.range(0, shape.rank())
        .filter(axis -> shape.dim(axis) > 1)
        .toArray();
  }

  private static boolean areBoxesOf(Shape boxes, Shape scores) {
    int[] axes = lengthy(boxes);
    int fields = boxes.dim(axes[1]) == 4 ? 1 : boxes.dim(axes[0]) == 4 ? 0 : -1;
    if (fields < 0) {
      return false;
    }
    int count = boxes.dim(axes[1 - fields]);
    int[] others = lengthy(scores);
    return scores.dim(others[0]) == count || scores.dim(others[1]) == count;
  }

  private Found pair(
      String text,
      String boxes,
      String scores,
      Optional<Detections.Form> form,
      boolean needsPlace) {
    if (form.isEmpty() && needsPlace) {
      throw new InvalidRequestException(
          "Target \""
              + text
              + "\" names a rectangle; how the boxes of \""
              + boxes
              + "\" are written is said by box-cxcywh (centre and size, as DETR), box-xyxy or"
              + " box-yxyx (two corners) or box-xywh (corner and size) in place of box");
    }
    String logits = ScoreOutput.of(classifier.graph(), scores).logits();
    Shape shape = shape(logits);
    int[] axes = lengthy(shape);
    int count = Math.toIntExact(shape(boxes).size() / 4);
    int boxAxis = shape.dim(axes[0]) == count ? axes[0] : axes[1];
    int fieldAxis = boxAxis == axes[0] ? axes[1] : axes[0];
    Shape input = space();
    return new Found(
        new Tap(logits),
        Optional.of(new Tap(boxes)),
        new Detections(
            shape,
            boxAxis,
            fieldAxis,
            0,
            OptionalInt.empty(),
            form.orElse(Detections.Form.CXCYWH),
            Optional.empty(),
            input.dim(0),
            input.dim(1)));
  }

  /** A single tensor: the longer axis counts boxes; labels or the order of axes tell the rest. */
  private Found single(String output, int[] axes, Detections.Form form) {
    Shape shape = shape(output);
    boolean boxesFirst = shape.dim(axes[0]) >= shape.dim(axes[1]);
    int boxAxis = boxesFirst ? axes[0] : axes[1];
    int fieldAxis = boxesFirst ? axes[1] : axes[0];
    int labels = head.labels().size();
    int fields = shape.dim(fieldAxis);
    boolean objectness = labels == fields - 5 || (labels != fields - 4 && boxesFirst && fields > 5);
    Shape input = space();
    return new Found(
        new Tap(output),
        Optional.empty(),
        new Detections(
            shape,
            boxAxis,
            fieldAxis,
            objectness ? 5 : 4,
            objectness ? OptionalInt.of(4) : OptionalInt.empty(),
            form,
            Optional.empty(),
            input.dim(0),
            input.dim(1)));
  }

  private Shape space() {
    Shape input = classifier.layers().input().shape();
    if (input.rank() != 3) {
      throw new InvalidRequestException(
          "Boxes are rows and columns of an image; the input has shape " + input);
    }
    return Shape.of(input.dim(1), input.dim(2));
  }
}
