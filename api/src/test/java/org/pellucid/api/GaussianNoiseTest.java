package org.pellucid.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class GaussianNoiseTest {
  private static final int MANY = 1_000_000;

  @Test
  void philoxGivesTheKnownAnswersOfItsAuthors() throws IOException {
    List<String[]> vectors = vectors("philox4x32-10.txt");
    assertThat(vectors).hasSize(3);
    for (String[] v : vectors) {
      int[] in = new int[6];
      for (int i = 0; i < 6; i++) {
        in[i] = Integer.parseUnsignedInt(v[i], 16);
      }
      int[] block = new int[4];
      Philox.block(in[0], in[1], in[2], in[3], in[4], in[5], block);
      for (int i = 0; i < 4; i++) {
        assertThat(block[i]).isEqualTo(Integer.parseUnsignedInt(v[6 + i], 16));
      }
    }
  }

  @Test
  void numbersEqualTheCommittedVectorsBitForBit() throws IOException {
    List<String[]> vectors = vectors("gaussian-noise.txt");
    assertThat(vectors).hasSizeGreaterThan(40);
    for (String[] v : vectors) {
      int element = Integer.parseInt(v[2]);
      double[] numbers = new double[element + 1];
      GaussianNoise.fill(Long.parseLong(v[0]), Integer.parseInt(v[1]), numbers);
      assertThat(Double.doubleToRawLongBits(numbers[element]))
          .as(String.join(" ", v))
          .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(v[3])));
    }
  }

  @Test
  void anElementDoesNotDependOnHowManyAreMade() {
    double[] few = new double[6];
    double[] many = new double[1001];
    GaussianNoise.fill(7, 3, few);
    GaussianNoise.fill(7, 3, many);
    assertThat(Arrays.copyOf(many, 6)).isEqualTo(few);
  }

  @Test
  void seedsAndSamplesDiffer() {
    double[] base = sample(5, 0, 8);
    assertThat(base).isNotEqualTo(sample(6, 0, 8)).isNotEqualTo(sample(5, 1, 8));
    assertThat(base).isNotEqualTo(sample(5 + (1L << 32), 0, 8));
  }

  @Test
  void theTransformInvertsTheNormalDistribution() {
    // The extreme words, and the two on either side of the median.
    assertThat(GaussianNoise.normal(0)).isEqualTo(-GaussianNoise.normal(-1)).isLessThan(-6.3);
    assertThat(GaussianNoise.normal(0x7FFFFFFF)).isEqualTo(-GaussianNoise.normal(0x80000000));
    for (long word = 12345; word < 1L << 32; word += 99_999_989) {
      double u = (word + 0.5) / 0x1p32;
      assertThat(phi(GaussianNoise.normal((int) word))).isCloseTo(u, within(2e-15));
    }
    for (double p : new double[] {0x1p-33, 1e-9, 3e-5, 0.0749, 0.5, 0.7072}) {
      assertThat(GaussianNoise.log(p)).isCloseTo(Math.log(p), within(4 * Math.ulp(Math.log(p))));
    }
  }

  @Test
  void numbersAreStandardNormal() {
    double[] z = sample(20260101, 0, MANY);
    double mean = Arrays.stream(z).average().orElseThrow();
    double variance = Arrays.stream(z).map(x -> (x - mean) * (x - mean)).sum() / MANY;
    double fourth = Arrays.stream(z).map(x -> Math.pow(x - mean, 4)).sum() / MANY;
    // Five standard errors: 1, sqrt 2 and sqrt 96 over sqrt n.
    double five = 5 / Math.sqrt(MANY);
    assertThat(mean).isCloseTo(0, within(five));
    assertThat(variance).isCloseTo(1, within(five * Math.sqrt(2)));
    assertThat(fourth / (variance * variance)).isCloseTo(3, within(five * Math.sqrt(96)));
    for (double t : new double[] {1, 2, 3, 4}) {
      double expected = 1 - phi(t);
      double spread = 5 * Math.sqrt(expected / MANY);
      assertThat((double) Arrays.stream(z).filter(x -> x > t).count() / MANY)
          .isCloseTo(expected, within(spread));
      assertThat((double) Arrays.stream(z).filter(x -> x < -t).count() / MANY)
          .isCloseTo(expected, within(spread));
    }
    // Kolmogorov-Smirnov: sqrt(n) D exceeds 1.95 once in a thousand seeds.
    Arrays.sort(z);
    double distance = 0;
    for (int i = 0; i < MANY; i++) {
      double p = phi(z[i]);
      distance = Math.max(distance, Math.max(p - (double) i / MANY, (i + 1.0) / MANY - p));
    }
    assertThat(Math.sqrt(MANY) * distance).isLessThan(1.95);
  }

  @Test
  void neighboursSamplesAndSeedsAreUncorrelated() {
    double[] z = sample(1, 0, MANY);
    double five = 5 / Math.sqrt(MANY);
    for (int lag = 1; lag <= 4; lag++) {
      assertThat(correlation(z, sample(1, 0, MANY + lag), lag)).isCloseTo(0, within(five));
    }
    assertThat(correlation(z, sample(1, 1, MANY), 0)).isCloseTo(0, within(five));
    assertThat(correlation(z, sample(2, 0, MANY), 0)).isCloseTo(0, within(five));
  }

  private static double correlation(double[] a, double[] b, int lag) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i + lag];
    }
    return sum / a.length;
  }

  private static double[] sample(long seed, int sample, int length) {
    double[] numbers = new double[length];
    GaussianNoise.fill(seed, sample, numbers);
    return numbers;
  }

  /** The normal distribution function, by its series below 3 and its continued fraction above. */
  private static double phi(double x) {
    double density = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
    if (Math.abs(x) < 3) {
      double term = x;
      double sum = x;
      for (int k = 3; Math.abs(term) > 1e-18; k += 2) {
        term *= x * x / k;
        sum += term;
      }
      return 0.5 + sum * density;
    }
    double fraction = 0;
    for (int k = 200; k >= 1; k--) {
      fraction = k / (Math.abs(x) + fraction);
    }
    double tail = density / (Math.abs(x) + fraction);
    return x < 0 ? tail : 1 - tail;
  }

  /** The lines of a resource, split at blanks, without comments. */
  private List<String[]> vectors(String resource) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                getClass().getResourceAsStream(resource), StandardCharsets.UTF_8))) {
      return reader
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .map(line -> line.trim().split("\\s+"))
          .toList();
    }
  }
}
