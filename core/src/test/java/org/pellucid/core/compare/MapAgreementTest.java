package org.pellucid.core.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The measures of agreement, by numbers worked out by hand. */
class MapAgreementTest {
  /** A few roundings of float64. */
  private static final double ROUNDING = 1e-14;

  @Test
  void known_answers() {
    MapAgreement found = MapAgreement.of(new double[] {1, 2, 3, 4}, new double[] {1, 3, 2, 8});
    assertThat(found.maxAbsolute()).isEqualTo(4);
    assertThat(found.relative()).isEqualTo(0.5);
    // Centred: (-1.5 -0.5 0.5 1.5) and (-2.5 -0.5 -1.5 4.5): 10 / sqrt(5 * 29).
    assertThat(found.pearson()).isCloseTo(10 / Math.sqrt(5 * 29), within(ROUNDING));
    // Ranks 1 2 3 4 and 1 3 2 4: 1 - 6 * 2 / (4 * 15).
    assertThat(found.spearman()).isCloseTo(0.8, within(ROUNDING));
    // One cell of four, the last in both.
    assertThat(found.topOverlap()).isEqualTo(1);
  }

  @Test
  void equal_values_share_their_ranks() {
    // Ranks 1.5 1.5 3 and 1 2.5 2.5: centred (-.5 -.5 1) and (-1 .5 .5): 0.75 / 1.5.
    MapAgreement found = MapAgreement.of(new double[] {0, -0.0, 7}, new double[] {1, 2, 2});
    assertThat(found.spearman()).isCloseTo(0.5, within(ROUNDING));
  }

  @Test
  void equal_cells_at_the_edge_share_what_is_left_of_the_top() {
    double[] flat = new double[20];
    double[] peaks = new double[20];
    peaks[3] = 2;
    peaks[4] = 1;
    // Two cells are the top: a tenth of each in a flat map.
    assertThat(MapAgreement.of(flat, peaks).topOverlap()).isCloseTo(0.1, within(ROUNDING));
    assertThat(MapAgreement.of(peaks, peaks).topOverlap()).isEqualTo(1);
  }

  @Test
  void a_flat_map_has_no_correlation() {
    MapAgreement found = MapAgreement.of(new double[] {5, 5, 5}, new double[] {1, 2, 3});
    assertThat(found.pearson()).isNaN();
    assertThat(found.spearman()).isNaN();
    MapAgreement zeros = MapAgreement.of(new double[3], new double[3]);
    assertThat(zeros.relative()).isZero();
  }

  @Test
  void scale_and_size_do_not_matter_to_correlations() {
    double[] a = {1, -2, 3, 0.5, 4};
    double[] b = {2, -1, 2.5, 0, 9};
    MapAgreement found = MapAgreement.of(a, b);
    for (double scale : new double[] {1e-300, 1e-160, 1e150, 1e300}) {
      double[] scaled = b.clone();
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= scale;
      }
      assertThat(MapAgreement.of(a, scaled).pearson()).isCloseTo(found.pearson(), within(1e-12));
    }
  }

  @Test
  void what_is_not_finite_never_agrees() {
    assertThat(MapAgreement.of(new double[] {Double.NaN, 1}, new double[] {0, 1}).relative())
        .isInfinite();
    assertThatThrownBy(() -> MapAgreement.of(new double[2], new double[3]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void cells_beyond_the_tolerance_are_counted() {
    double[] a = {0, 10, 5};
    double[] b = {0.5, 10, 8};
    assertThat(MapAgreement.cellsBeyond(a, b, 0.1)).isEqualTo(1);
    assertThat(MapAgreement.cellsBeyond(a, b, 0.01)).isEqualTo(2);
  }
}
