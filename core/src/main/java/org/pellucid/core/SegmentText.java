package org.pellucid.core;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Region;
import org.pellucid.api.Segmentation;
import org.pellucid.api.Tap;
import org.pellucid.api.Target;
import org.pellucid.core.image.Geometry;
import org.pellucid.core.image.SourceImage;
import org.pellucid.graph.Shape;

/** Understands {@code segment:CLASS}, {@code segment:CLASS@X,Y,W,H} and {@code ...@MASK}. */
final class SegmentText {
  private static final Pattern RECTANGLE = Pattern.compile("\\d{1,6}(,\\d{1,6}){3}");

  /** From which brightness, of 0 to 255, a pixel of a mask belongs to it. */
  private static final float BRIGHT = 127.5f;

  private final ClassifierHead head;

  SegmentText(Classifier classifier) {
    this.head = classifier.head();
  }

  TargetPlan read(String text, String what, Optional<String> where) {
    Segmentation layout =
        head.segmentation()
            .orElseThrow(
                () ->
                    new InvalidRequestException(
                        "Target \""
                            + text
                            + "\" is for networks with a score per class and cell; the scores of"
                            + " this one have shape "
                            + head.scores()
                            + ". Name a class alone"));
    Tap scores = new Tap(head.logits());
    if (what.isEmpty()) {
      throw new InvalidRequestException(
          "Target segment takes a class, as segment:3, segment:3@X,Y,W,H or segment:3@mask.png;"
              + " found \""
              + text
              + "\"");
    }
    int classIndex = head.named(what);
    if (where.isEmpty()) {
      return TargetPlan.of(text, scores, List.of(Target.segment(layout, classIndex)));
    }
    if (RECTANGLE.matcher(where.get()).matches()) {
      int[] xywh =
          java.util.Arrays.stream(where.get().split(",")).mapToInt(Integer::parseInt).toArray();
      Region pixels = Region.pixels(xywh[1], xywh[0], xywh[3], xywh[2]);
      return new TargetPlan(
          text,
          scores,
          false,
          subject -> {
            boolean[] cells = new boolean[layout.cells()];
            Geometry geometry = subject.geometry();
            Shape space = space(layout);
            subject
                .toInput(List.of(pixels))
                .forEach(
                    region ->
                        region.mark(
                            cells, space, Shape.of(geometry.inputHeight(), geometry.inputWidth())));
            return List.of(Target.segment(layout, classIndex, cells));
          });
    }
    Path file = Path.of(where.get());
    if (!Files.isRegularFile(file)) {
      throw new InvalidRequestException(
          "Target \""
              + text
              + "\" takes a rectangle X,Y,W,H in pixels of the image or the file of a mask; there is"
              + " no file \""
              + file
              + "\"");
    }
    SourceImage mask = SourceImage.read(file);
    return new TargetPlan(
        text,
        scores,
        false,
        subject -> List.of(Target.segment(layout, classIndex, cells(mask, file, subject, layout))));
  }

  /** Rows and columns of the cells. */
  private static Shape space(Segmentation layout) {
    Shape scores = layout.scores();
    int rows = 1;
    int columns = 1;
    int axes = 0;
    for (int axis = scores.rank() - 1; axis > 0; axis--) {
      if (axis != layout.classAxis()) {
        if (axes == 0) {
          columns = scores.dim(axis);
        } else {
          rows *= scores.dim(axis);
        }
        axes++;
      }
    }
    return Shape.of(rows, columns);
  }

  /** The cells whose centre lies on a bright pixel of a mask of the image's size. */
  private static boolean[] cells(
      SourceImage mask, Path file, Subject subject, Segmentation layout) {
    Geometry geometry = subject.geometry();
    if (mask.width() != geometry.imageWidth() || mask.height() != geometry.imageHeight()) {
      throw new InvalidRequestException(
          "A mask has the size of the image, "
              + geometry.imageWidth()
              + " x "
              + geometry.imageHeight()
              + "; "
              + file
              + " has "
              + mask.width()
              + " x "
              + mask.height());
    }
    Shape space = space(layout);
    boolean[] cells = new boolean[layout.cells()];
    for (int cell = 0; cell < cells.length; cell++) {
      int row = cell / space.dim(1);
      int column = cell % space.dim(1);
      double inputX = (column + 0.5) * geometry.inputWidth() / space.dim(1);
      double inputY = (row + 0.5) * geometry.inputHeight() / space.dim(0);
      int x = (int) Math.floor(geometry.imageX(inputX));
      int y = (int) Math.floor(geometry.imageY(inputY));
      cells[cell] =
          x >= 0 && y >= 0 && x < mask.width() && y < mask.height() && isBright(mask, x, y);
    }
    return cells;
  }

  private static boolean isBright(SourceImage mask, int x, int y) {
    float brightest = 0;
    for (int channel = 0; channel < SourceImage.CHANNELS; channel++) {
      brightest = Math.max(brightest, mask.sample(channel, x, y));
    }
    return brightest > BRIGHT;
  }
}
