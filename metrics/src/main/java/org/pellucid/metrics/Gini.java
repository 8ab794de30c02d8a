package org.pellucid.metrics;

import java.util.Arrays;
import org.pellucid.api.Measurement;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * How unequally a map is distributed over the pixels: its Gini index. With L_1 &lt;= ... &lt;= L_n
 * the map from 0 to 1, sorted,
 *
 * <pre>
 * gini = sum_k (2 k - n - 1) L_k / (n sum L)      0 for equal pixels to 1 - 1/n for a single one
 * </pre>
 *
 * <p>P. Chalasani, J. Chen, A. R. Chowdhury, S. Jha, X. Wu: "Concise explanations of neural
 * networks using adversarial training", ICML 2020, arXiv 1810.06583, who call it sparseness
 * (source: secondary).
 */
public final class Gini extends MapMetric {
  /** As services are made. */
  public Gini() {
    super(
        "gini",
        "How unequally the map is distributed over the pixels (Chalasani et al. 2020,"
            + " https://arxiv.org/abs/1810.06583)",
        Direction.HIGHER_IS_BETTER);
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    double[] map = trial.shown().toDoubleArray();
    Arrays.sort(map);
    double weighted = 0;
    double sum = 0;
    for (int k = 1; k <= map.length; k++) {
      weighted += (2.0 * k - map.length - 1) * map[k - 1];
      sum += map[k - 1];
    }
    return sum == 0 ? Inside.NO_MAP : Measurement.of(weighted / (map.length * sum));
  }
}
