package org.pellucid.metrics;

import org.pellucid.api.Measurement;
import org.pellucid.api.Options;
import org.pellucid.api.Trial;

/**
 * How spread out a map is: the entropy of the map as a distribution over pixels. With L the map
 * from 0 to 1 and p = L / sum L,
 *
 * <pre>
 * entropy = - sum p ln p      in nats, 0 for one pixel to ln(h w) for equal ones
 * </pre>
 *
 * <p>U. Bhatt, A. Weller, J. M. F. Moura: "Evaluating and aggregating feature-based model
 * explanations", IJCAI 2020, arXiv 2005.00631, who call it complexity (source: secondary).
 */
public final class Entropy extends MapMetric {
  /** As services are made. */
  public Entropy() {
    super(
        "entropy",
        "How spread out the map is, in nats (Bhatt et al. 2020, https://arxiv.org/abs/2005.00631)",
        Direction.LOWER_IS_BETTER);
  }

  @Override
  public Measurement measure(Trial trial, Options options) {
    double[] map = trial.shown().toDoubleArray();
    double sum = 0;
    for (double value : map) {
      sum += value;
    }
    if (sum == 0) {
      return Inside.NO_MAP;
    }
    double entropy = 0;
    for (double value : map) {
      double p = value / sum;
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    return Measurement.of(Math.max(0, entropy));
  }
}
