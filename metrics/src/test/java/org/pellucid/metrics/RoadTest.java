package org.pellucid.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.pellucid.api.Measurement;
import org.pellucid.api.Metric;
import org.pellucid.api.Options;
import org.pellucid.testkit.MetricContract;
import org.pellucid.testkit.TestTrial;

/** What is guessed, and what it does. */
class RoadTest {
  private static BitSet missing(int... pixels) {
    BitSet set = new BitSet();
    for (int pixel : pixels) {
      set.set(pixel);
    }
    return set;
  }

  @Test
  void aPixelIsTheWeightedMeanOfItsNeighbours() {
    double[] image = {1, 2, 3, 4, 0, 6, 7, 8, 9};
    new LinearImputation(3, 3, missing(4)).fill(image);
    // (2 + 4 + 6 + 8) / 6 + (1 + 3 + 7 + 9) / 12 = 5.
    assertThat(image[4]).isCloseTo(5, within(1e-6));
    // In a corner the other weights count for more: (2/6 + 4/6 + 5/12) / (5/12) = 3.4.
    image[0] = 0;
    new LinearImputation(3, 3, missing(0)).fill(image);
    assertThat(image[0]).isCloseTo((2 / 6.0 + 4 / 6.0 + 5 / 12.0) / (5 / 12.0), within(1e-6));
  }

  @Test
  void everyGuessSatisfiesItsEquation() {
    int height = 30;
    int width = 41;
    Random random = new Random(7);
    for (double part : new double[] {0.1, 0.5, 0.9, 0.999}) {
      BitSet missing = new BitSet();
      for (int i = 1; i < height * width; i++) {
        missing.set(i, random.nextDouble() < part);
      }
      double[] image = random.doubles((long) height * width, -2, 2).toArray();
      double[] filled = image.clone();
      new LinearImputation(height, width, missing).fill(filled);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int i = y * width + x;
          if (!missing.get(i)) {
            assertThat(filled[i]).isEqualTo(image[i]);
            continue;
          }
          double sum = 0;
          double weights = 0;
          for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
              boolean inside = y + dy >= 0 && y + dy < height && x + dx >= 0 && x + dx < width;
              if (inside && (dy != 0 || dx != 0)) {
                double weight = dy == 0 || dx == 0 ? 1 / 6.0 : 1 / 12.0;
                sum += weight * filled[i + dy * width + dx];
                weights += weight;
              }
            }
          }
          // The norm of all residuals is below 1e-7 of that of the known neighbours.
          assertThat(filled[i]).isCloseTo(sum / weights, within(1e-5));
        }
      }
    }
  }

  /** Odd and even sides, images of a row or a column, holes of all sizes, in any units. */
  @Test
  void guessesAreThoseOfEliminationInAnyUnits() {
    Random random = new Random(5);
    int[][] shapes = {{17, 23}, {16, 16}, {1, 40}, {40, 1}, {2, 3}, {3, 32}};
    for (int[] shape : shapes) {
      int cells = shape[0] * shape[1];
      for (double part : new double[] {0.3, 0.8, 1}) {
        BitSet missing = new BitSet();
        int kept = random.nextInt(cells);
        for (int i = 0; i < cells; i++) {
          missing.set(i, i != kept && random.nextDouble() < part);
        }
        double[] image = random.doubles(cells, -2, 2).toArray();
        double[] expected = eliminated(shape[0], shape[1], missing, image);
        for (double unit : new double[] {1, 1e-30, 1e60}) {
          double[] filled = Arrays.stream(image).map(value -> value * unit).toArray();
          new LinearImputation(shape[0], shape[1], missing).fill(filled);
          for (int i = 0; i < cells; i++) {
            assertThat(filled[i] / unit).isCloseTo(expected[i], within(1e-4));
          }
        }
      }
    }
  }

  /** Solves the same equations by Gauss and Jordan, one row per pixel. */
  private static double[] eliminated(int height, int width, BitSet missing, double[] image) {
    int cells = height * width;
    double[][] rows = new double[cells][cells + 1];
    for (int i = 0; i < cells; i++) {
      if (!missing.get(i)) {
        rows[i][i] = 1;
        rows[i][cells] = image[i];
        continue;
      }
      for (int j = 0; j < cells; j++) {
        int down = Math.abs(i / width - j / width);
        int across = Math.abs(i % width - j % width);
        if (i != j && down <= 1 && across <= 1) {
          double weight = down + across == 1 ? 1 / 6.0 : 1 / 12.0;
          rows[i][i] += weight;
          rows[i][j] = -weight;
        }
      }
    }
    // Diagonally dominant: no row has to change its place.
    for (int k = 0; k < cells; k++) {
      for (int i = 0; i < cells; i++) {
        double factor = i == k ? 0 : rows[i][k] / rows[k][k];
        for (int j = k; j <= cells && factor != 0; j++) {
          rows[i][j] -= factor * rows[k][j];
        }
      }
    }
    double[] solved = new double[cells];
    Arrays.setAll(solved, i -> rows[i][cells] / rows[i][i]);
    return solved;
  }

  @Test
  void channelsAreFilledAsEachAlone() {
    Random random = new Random(11);
    BitSet missing = new BitSet();
    for (int i = 1; i < 400; i++) {
      missing.set(i, random.nextDouble() < 0.7);
    }
    double[] one = random.doubles(400).toArray();
    double[] other = random.doubles(400).map(value -> 1000 * value).toArray();
    double[] both = new double[800];
    System.arraycopy(one, 0, both, 0, 400);
    System.arraycopy(other, 0, both, 400, 400);
    LinearImputation imputation = new LinearImputation(20, 20, missing);
    imputation.fill(both);
    imputation.fill(one);
    imputation.fill(other);
    for (int i = 0; i < 400; i++) {
      assertThat(both[i]).isCloseTo(one[i], within(1e-5));
      assertThat(both[400 + i]).isCloseTo(other[i], within(1e-2));
    }
  }

  @Test
  void aHoleInARampIsFilledByTheRamp() {
    int side = 60;
    double[] image = new double[side * side];
    BitSet missing = new BitSet();
    for (int i = 0; i < image.length; i++) {
      int y = i / side;
      int x = i % side;
      boolean inside = y > 3 && y < 56 && x > 5 && x < 50;
      missing.set(i, inside);
      image[i] = inside ? 0 : 2.0 * y - x;
    }
    new LinearImputation(side, side, missing).fill(image);
    for (int i = 0; i < image.length; i++) {
      int y = i / side;
      int x = i % side;
      assertThat(image[i]).isCloseTo(2.0 * y - x, within(1e-3));
    }
    assertThatThrownBy(() -> new LinearImputation(2, 2, missing(0, 1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Score 10 of the first of 10 pixels alone, which are 0 but for that: guesses give its share. */
  @Test
  void knownAnswer() {
    double[] pixels = {1, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    double[] weights = {10, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    TestTrial trial = LinearScene.trial(pixels, weights).withMap(10, 9, 8, 7, 6, 5, 4, 3, 2, 1);
    Road road = new Road();
    Measurement found = road.measure(trial, Options.parse(road.options(), Map.of("noise", "0")));
    // Highest first takes the 1 away at once, and what is around it is 0; lowest first never does.
    double difference = (LinearScene.sigmoid(10) - LinearScene.sigmoid(0)) / 2;
    assertThat(found.curve())
        .hasSize(9)
        .allSatisfy(part -> assertThat(part).isCloseTo(difference, within(1e-6)));
    assertThat(found.value().orElseThrow()).isCloseTo(difference, within(1e-6));
  }

  @Nested
  class RoadContract extends MetricContract {
    @Override
    protected Metric metric() {
      return new Road();
    }

    @Override
    protected double[] range() {
      return new double[] {-0.5, 0.5};
    }
  }
}
