package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/** Values by hand; seeds and curvatures against central differences. */
class TargetSeedsTest {
  private static final Segmentation SEGMENTS = new Segmentation(Shape.of(1, 3, 2, 2), 1);
  private static final Segmentation LAST = new Segmentation(Shape.of(1, 2, 2, 3), 3);

  /** Two boxes of 4 numbers, objectness and 1 class. */
  private static final Detections YOLO =
      new Detections(
          Shape.of(1, 2, 6),
          1,
          2,
          5,
          OptionalInt.of(4),
          Detections.Form.CXCYWH,
          Optional.empty(),
          100,
          100);

  static Stream<Named<Target>> targets() {
    return Stream.of(
            Target.ofClass(3),
            Target.top(1),
            Target.contrast(Target.top(), Target.ofClass(2)),
            Target.sum(
                new SumTarget.Term(0.5, Target.ofClass(1)),
                new SumTarget.Term(-2, Target.similarTo(reference()))),
            Target.softmax(Target.ofClass(3)),
            Target.softmax(Target.top()),
            Target.sigmoid(Target.ofClass(5)),
            Target.output(11),
            Target.featureMap(Shape.of(1, 3, 2, 2), 1, 2),
            Target.featureMap(Shape.of(1, 2, 2, 3), 3, 1),
            Target.similarTo(reference()),
            Target.segment(SEGMENTS, 1, new boolean[] {true, false, false, true}),
            Target.topSegment(LAST, 0),
            Target.box(YOLO, BoxChoice.of(1)))
        .map(target -> Named.of(target.describe(), target));
  }

  private static double[] scores() {
    return new Random(4).doubles(12, -2, 2).toArray();
  }

  private static double[] reference() {
    return new Random(6).doubles(12, -1, 1).toArray();
  }

  private static Tensor tensor(double... values) {
    return Tensor.of(Shape.of(values.length), values);
  }

  @ParameterizedTest
  @MethodSource("targets")
  void seedIsTheDerivative(Target target) {
    double[] scores = scores();
    Target resolved = target.resolve(tensor(scores.clone()));
    double[] seed = resolved.seed(scores);
    double[] direction = new Random(9).doubles(12, -1, 1).toArray();
    double[] curvature = resolved.curvature(scores, direction);
    double step = 1e-5;
    double along = 0;
    for (int i = 0; i < scores.length; i++) {
      double[] up = scores.clone();
      double[] down = scores.clone();
      up[i] += step;
      down[i] -= step;
      // Third derivatives of the cosine are below 100 here, so that the difference errs by less
      // than 100 step^2 / 6 = 2e-9, and by 1e-16 / step in rounding.
      assertThat((resolved.value(up) - resolved.value(down)) / (2 * step))
          .isCloseTo(seed[i], within(1e-8));
      along += Math.abs(seed[i]);
    }
    assertThat(along).isGreaterThan(0);
    double[] up = scores.clone();
    double[] down = scores.clone();
    for (int i = 0; i < scores.length; i++) {
      up[i] += step * direction[i];
      down[i] -= step * direction[i];
    }
    double[] seedUp = resolved.seed(up);
    double[] seedDown = resolved.seed(down);
    for (int i = 0; i < scores.length; i++) {
      assertThat((seedUp[i] - seedDown[i]) / (2 * step)).isCloseTo(curvature[i], within(1e-7));
    }
  }

  @Test
  void contrastAndSum() {
    double[] scores = {1, 5, 3};
    Target contrast = Target.contrast(Target.top(), Target.top(1)).resolve(tensor(scores.clone()));
    assertThat(contrast.value(scores)).isEqualTo(2);
    assertThat(contrast.seed(scores)).containsExactly(0, 1, -1);
    assertThat(contrast.describe()).isEqualTo("class 1 - class 2");
    assertThat(contrast.classIndex()).isEmpty();
    Target sum =
        Target.sum(
            new SumTarget.Term(0.5, Target.ofClass(0)), new SumTarget.Term(-2, Target.ofClass(2)));
    assertThat(sum.value(scores)).isEqualTo(-5.5);
    assertThat(sum.describe()).isEqualTo("0.5 class 0 - 2 class 2");
    assertThatThrownBy(() -> new SumTarget.Term(Double.NaN, Target.top()))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void probabilities() {
    double[] scores = {Math.log(1), Math.log(2), Math.log(5)};
    Target second = Target.softmax(Target.top(1)).resolve(tensor(scores.clone()));
    assertThat(second.value(scores)).isCloseTo(2 / 8.0, within(1e-15));
    assertThat(second.describe()).isEqualTo("probability of class 1");
    assertThat(second.shownClass()).hasValue(1);
    assertThat(Target.sigmoid(Target.ofClass(1)).value(scores)).isCloseTo(2 / 3.0, within(1e-15));
    assertThat(Target.sigmoid(Target.negative()).value(new double[] {Math.log(3)}))
        .isCloseTo(1 / 4.0, within(1e-15));
    // Scores that overflow on their own do not here.
    assertThat(Target.softmax(Target.ofClass(0)).value(new double[] {2000, 1000})).isEqualTo(1);
    assertThatThrownBy(() -> Target.softmax(Target.positive()).resolve(tensor(1)))
        .isInstanceOf(InvalidRequestException.class);
  }

  @Test
  void sidesOfASingleLogit() {
    double[] scores = {-1.5};
    Target taken = Target.side(true).resolve(tensor(scores.clone()));
    assertThat(taken).isEqualTo(Target.negative());
    assertThat(taken.value(scores)).isEqualTo(1.5);
    assertThat(taken.seed(scores)).containsExactly(-1);
    assertThat(taken.shownClass()).hasValue(0);
    assertThat(taken.classIndex()).isEmpty();
    assertThat(Target.side(false).resolve(tensor(-1.5))).isEqualTo(Target.positive());
    assertThatThrownBy(() -> Target.positive().resolve(tensor(1, 2)))
        .hasMessageContaining("this one has 2");
  }

  @Test
  void segmentsByRegionAndByMask() {
    // Cells see the classes 2, 0, 0 and 1.
    double[] scores = {0, 4, 5, 1, 1, 2, 2, 3, 7, 0, 1, 0};
    Tensor clean = tensor(scores.clone());
    assertThat(SEGMENTS.areas(scores)).containsExactly(2, 1, 1);
    assertThat(Target.segment(SEGMENTS, 0).resolve(clean).value(scores)).isEqualTo(9);
    assertThat(Target.topSegment(SEGMENTS, 0).resolve(clean).shownClass()).hasValue(0);
    Target masked = Target.segment(SEGMENTS, 2, new boolean[] {true, true, false, false});
    assertThat(masked.resolve(clean).seed(scores))
        .containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0);
    double[] without = {9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0};
    assertThatThrownBy(() -> Target.segment(SEGMENTS, 1).resolve(tensor(without)))
        .hasMessageContaining("nowhere")
        .hasMessageContaining("class 0 in 4 cells");
    // Of one class, the cells above 0.
    Segmentation single = new Segmentation(Shape.of(1, 1, 2, 2), 1);
    assertThat(
            Target.segment(single, 0).resolve(tensor(1, -1, 2, 0)).value(new double[] {1, 5, 2, 5}))
        .isEqualTo(3);
  }

  @Test
  void boxesByIndexAndByOverlap() {
    double[] table = {
      20, 20, 20, 20, 0.5, 0.8, // from 10, 10 to 30, 30
      60, 60, 40, 40, 0.9, 0.5, // from 40, 40 to 80, 80
    };
    Tensor clean = tensor(table.clone());
    Target second = Target.box(YOLO, BoxChoice.of(1)).resolve(clean);
    assertThat(second.value(table)).isCloseTo(0.45, within(1e-12));
    assertThat(second.seed(table)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 0.9);
    assertThat(second.describe()).isEqualTo("class 0 of box 1 (40,40,40,40)");
    Detections.Box near = new Detections.Box(12, 12, 32, 32);
    assertThat(Target.box(YOLO, BoxChoice.overlapping(near)).resolve(clean).describe())
        .contains("box 0");
    assertThat(Target.box(YOLO, BoxChoice.HIGHEST).resolve(clean).describe()).contains("box 1");
    Detections.Box far = new Detections.Box(90, 0, 100, 10);
    assertThatThrownBy(() -> Target.box(YOLO, BoxChoice.overlapping(far)).resolve(clean))
        .hasMessageContaining("the one with the highest score is box 1");
    assertThat(near.overlap(new Detections.Box(10, 10, 30, 30)))
        .isCloseTo(324 / 476.0, within(1e-12));
  }

  @Test
  void boxesInEveryForm() {
    Detections.Box wanted = new Detections.Box(10, 40, 30, 80);
    assertThat(box(Detections.Form.CXCYWH, 20, 60, 20, 40)).isEqualTo(wanted);
    assertThat(box(Detections.Form.XYXY, 10, 40, 30, 80)).isEqualTo(wanted);
    assertThat(box(Detections.Form.YXYX, 40, 10, 80, 30)).isEqualTo(wanted);
    assertThat(box(Detections.Form.XYWH, 10, 40, 20, 40)).isEqualTo(wanted);
    // As parts of 100 columns and 200 rows; powers of two are exact.
    assertThat(box(Detections.Form.XYXY, 0.25, 0.25, 0.5, 0.75))
        .isEqualTo(new Detections.Box(25, 50, 50, 150));
  }

  private static Detections.Box box(Detections.Form form, double... numbers) {
    Shape scores = Shape.of(1, 1, 2);
    return new Detections(
            scores, 1, 2, 0, OptionalInt.empty(), form, Optional.of(numbers), 200, 100)
        .boxes(new double[2])[0];
  }

  @Test
  void similarityByHand() {
    Target target = Target.similarTo(new double[] {3, 4});
    assertThat(target.value(new double[] {4, 3})).isCloseTo(0.96, within(1e-12));
    assertThat(target.value(new double[] {0, 0})).isZero();
    assertThat(target.seed(new double[] {0, 0})).containsExactly(0, 0);
    assertThatThrownBy(() -> Target.similarTo(new double[2]))
        .hasMessageContaining("a reference with a direction");
    assertThatThrownBy(() -> target.resolve(tensor(1, 2, 3))).hasMessageContaining("has 2");
  }

  /** A seed that is told beforehand is the seed, resolved or not, whatever the scores are. */
  @ParameterizedTest
  @MethodSource("targets")
  void seedsToldBeforehandAreTheSeeds(Target target) {
    Target resolved = target.resolve(tensor(scores()));
    double[] others = new Random(10).doubles(12, -2, 2).toArray();
    target
        .constantSeed(12)
        .ifPresent(seed -> assertThat(seed).containsExactly(resolved.seed(others)));
    resolved
        .constantSeed(12)
        .ifPresent(seed -> assertThat(seed).containsExactly(resolved.seed(others)));
  }

  @Test
  void seedsOfSumsAreKnownBeforehandWhereAllPartsAre() {
    assertThat(Target.contrast(Target.ofClass(0), Target.ofClass(2)).constantSeed(3).orElseThrow())
        .containsExactly(1, 0, -1);
    assertThat(Target.contrast(Target.top(), Target.ofClass(2)).constantSeed(3)).isEmpty();
    assertThat(Target.negative().constantSeed(1).orElseThrow()).containsExactly(-1);
    assertThat(Target.output(1).constantSeed(2).orElseThrow()).containsExactly(0, 1);
    assertThat(Target.output(2).constantSeed(2)).as("there is none").isEmpty();
    assertThat(Target.ofClass(3).constantSeed(3)).as("there is none").isEmpty();
    assertThat(Target.similarTo(reference()).constantSeed(12)).isEmpty();
  }
}
