package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;

/**
 * What is made of gradients that are the same in all cells of each feature map: to the last bit
 * what is made of an element per cell.
 */
class MapMomentsTest {
  private static final int MAPS = 7;
  private static final int CELLS = 6;
  private static final Shape SHAPE = Shape.of(MAPS, 2, 3);
  private static final int SAMPLES = 12;

  private static double[] random(int seed, int count) {
    return new Random(seed).doubles(count, -1, 1).map(x -> (float) x).toArray();
  }

  /** Steps of every kind, with operands of every extent. */
  private record Steps() implements MomentFormula {
    @Override
    public Object key() {
      return this;
    }

    @Override
    public List<Field> given() {
      return List.of(
          new Field(MAPS, CELLS, random(1, MAPS * CELLS)),
          new Field(MAPS, 1, random(2, MAPS)),
          new Field(1, CELLS, new double[] {1, 0, 1, 1, 0, 1}));
    }

    @Override
    public <T> List<T> results(Algebra<T> algebra, List<T> given, Powers<T> averages) {
      T full = given.get(0);
      T perMap = given.get(1);
      T mask = given.get(2);
      T zero = algebra.constant(0);
      T twice = algebra.mul(algebra.constant(2), averages.second());
      T cubes =
          algebra.mul(algebra.mul(algebra.sumCells(full), averages.scale()), averages.third());
      T below = algebra.add(twice, cubes);
      T holds = algebra.greater(algebra.abs(below), algebra.constant(1e-6));
      T ratio = algebra.div(averages.first(), algebra.where(holds, below, algebra.constant(1)));
      T alpha = algebra.where(algebra.sub(algebra.constant(1), holds), zero, ratio);
      T weighted = algebra.mul(alpha, algebra.relu(averages.first()));
      List<T> results = new ArrayList<>();
      for (T each :
          List.of(
              averages.first(),
              averages.third(),
              twice,
              cubes,
              below,
              holds,
              alpha,
              weighted,
              algebra.mul(weighted, mask),
              algebra.mul(weighted, full),
              algebra.mul(perMap, weighted),
              algebra.where(mask, weighted, full))) {
        results.add(algebra.sumCells(each));
        results.add(algebra.meanCells(each));
        results.add(algebra.sumMaps(each));
        results.add(algebra.sumMaps(algebra.mul(algebra.sumCells(each), full)));
        results.add(each);
      }
      return results;
    }
  }

  /** By what is odd about some of the samples. */
  static Stream<Map<Integer, double[]>> gradients() {
    double[] usual = random(9, MAPS);
    double[] zeros = new double[MAPS];
    double[] some = usual.clone();
    some[2] = 0;
    some[3] = -0.0;
    double[] tiny = Arrays.stream(usual).map(g -> 1e-200 * g).toArray();
    double[] huge = Arrays.stream(usual).map(g -> 1e200 * g).toArray();
    double[] infinite = usual.clone();
    infinite[1] = Double.NEGATIVE_INFINITY;
    double[] undefined = usual.clone();
    undefined[4] = Double.NaN;
    return Stream.of(
        Map.of(),
        Map.of(0, zeros, 5, some),
        Map.of(3, huge, 4, tiny),
        Map.of(3, infinite),
        Map.of(7, undefined),
        Map.of(0, infinite, 11, undefined));
  }

  private static Field repeated(double[] perMap) {
    float[] narrow = new float[perMap.length];
    double[] all = new double[MAPS * CELLS];
    for (int i = 0; i < all.length; i++) {
      all[i] = perMap[i / CELLS];
      narrow[i / CELLS] = (float) perMap[i / CELLS];
    }
    // In a tensor that repeats them, where float32 has the number.
    return Arrays.equals(perMap, Tensor.of(Shape.of(MAPS), narrow).toDoubleArray())
        ? Field.of(MAPS, CELLS, Tensor.ofRuns(SHAPE, Tensor.of(Shape.of(MAPS), narrow)), 0)
        : Field.repeated(perMap, CELLS);
  }

  private static Field written(double[] perMap) {
    return new Field(MAPS, CELLS, repeated(perMap).values().clone());
  }

  @ParameterizedTest
  @MethodSource("gradients")
  void formulasAreThoseOfEveryCell(Map<Integer, double[]> odd) {
    for (ScoreScale score : ScoreScale.values()) {
      MomentSums perMap = new MomentSums(SHAPE, SAMPLES, score);
      // A shape of maps of one cell is summed element by element.
      MomentSums perCell = new MomentSums(Shape.of(MAPS * CELLS, 1), SAMPLES, score);
      for (int m = 0; m < SAMPLES; m++) {
        double[] gradients = odd.getOrDefault(m, random(20 + m, MAPS));
        double scalar = Math.sin(m);
        // Both as it is known that they repeat, and as it is found.
        boolean known = m % 2 == 0 || Arrays.stream(gradients).anyMatch(Double::isNaN);
        perMap.add(scalar, known ? repeated(gradients) : written(gradients));
        perCell.add(scalar, new Field(MAPS * CELLS, 1, repeated(gradients).values().clone()));
      }
      AveragedGradients found = perMap.averages();
      assertThat(found).isInstanceOf(MapMoments.class);
      GradientMoments all = perCell.moments();
      GradientMoments expected =
          of(all, all.leaveOut().stream().map(some -> of(some, List.of())).toList());
      assertThat(found.samples()).isEqualTo(SAMPLES);
      assertThat(found.groups()).isEqualTo(10);
      assertThat(found.effectiveSamples()).isEqualTo(expected.effectiveSamples());
      Steps formula = new Steps();
      assertSame(found.evaluate(formula), expected.evaluate(formula));
      List<List<double[]>> without = found.evaluateWithoutGroups(formula);
      assertThat(without).hasSize(10);
      for (int group = 0; group < 10; group++) {
        assertSame(without.get(group), expected.leaveOut().get(group).evaluate(formula));
      }
      assertSame(powers(found.moments()), powers(expected));
      assertThat(found.moments().scale()).isEqualTo(expected.scale());
    }
  }

  /** The same numbers in the shape of the layer. */
  private static GradientMoments of(GradientMoments moments, List<GradientMoments> leaveOut) {
    return new GradientMoments(
        SHAPE,
        moments.samples(),
        moments.effectiveSamples(),
        moments.scale(),
        moments.first(),
        moments.second(),
        moments.third(),
        leaveOut);
  }

  private static List<double[]> powers(GradientMoments moments) {
    return List.of(moments.first(), moments.second(), moments.third());
  }

  private static void assertSame(List<double[]> found, List<double[]> expected) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      // Tells zeros of either sign apart, and takes NaN for NaN.
      assertThat(found.get(i)).as("result %d", i).isEqualTo(expected.get(i));
    }
  }

  @Test
  void oneMapWhoseCellsDifferIsSummedCellByCell() {
    MomentSums sums = new MomentSums(SHAPE, 2, ScoreScale.LOGIT);
    sums.add(0, repeated(random(3, MAPS)));
    assertThat(sums.averages()).isInstanceOf(MapMoments.class);
    sums.add(0, new Field(MAPS, CELLS, random(4, MAPS * CELLS)));
    assertThat(sums.averages()).isInstanceOf(GradientMoments.class);
  }
}
