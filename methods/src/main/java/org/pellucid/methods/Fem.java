package org.pellucid.methods;

import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.explain.Evidence;
import org.pellucid.api.explain.LayerActivationMethod;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * FEM, the feature explanation method: where a layer's activations are unusually strong, whatever
 * the target. With mean mu_k and standard deviation sigma_k of the activations A_k over the cells
 * of feature map k,
 *
 * <pre>
 * B_kij = 1 where A_kij &gt; mu_k + t sigma_k, otherwise 0
 * map_ij = sum_k mu_k B_kij    [h, w]
 * </pre>
 *
 * <p>K. A. A. Fuad et al.: "Features understanding in 3D CNNs for actions recognition in video",
 * IPTA 2020 (source: secondary). {@link #DEVIATIONS} is t; sigma_k divides by the number of cells.
 *
 * <p>A feature map of n cells has none above mu_k + t sigma_k where t is sqrt(n - 1) or more: on
 * small layers t has to be lowered. A selection of neurons with the role {@code weight} restricts
 * the sum that makes the weight mu_k, which is still divided by h w; the threshold stays that of
 * all cells.
 */
public final class Fem extends LayerActivationMethod {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  /** How many standard deviations above the mean an activation is strong. */
  public static final Option<Double> DEVIATIONS =
      Option.number(
          "deviations",
          2,
          0,
          Double.POSITIVE_INFINITY,
          "How many standard deviations above its feature map's mean an activation is strong",
          "Fuad et al. 2020");

  /** The method; it has no state. */
  public Fem() {
    super(DEVIATIONS);
  }

  @Override
  public String id() {
    return "fem";
  }

  @Override
  public String description() {
    return "Where activations are unusually strong, whatever the class (Fuad et al. 2020,"
        + " https://doi.org/10.1109/IPTA50016.2020.9286629)";
  }

  @Override
  protected Saliency explain(
      Field activations, SelectedLayer layer, SaliencyReport report, Options values) {
    Field scale = ALGEBRA.scaleOf(activations);
    Field scaled = ALGEBRA.div(activations, scale);
    Field weights = ALGEBRA.mul(ALGEBRA.meanCells(ALGEBRA.mul(scaled, layer.weightCells())), scale);
    Field strong = strong(scaled, values.get(DEVIATIONS));
    return report.saliency(Evidence.of(ALGEBRA, weights, strong, layer.contributionCells()));
  }

  /** 1 where an activation is that many standard deviations above its map's mean, otherwise 0. */
  private static Field strong(Field activations, double deviations) {
    Field above = ALGEBRA.sub(activations, ALGEBRA.meanCells(activations));
    Field variance = ALGEBRA.meanCells(ALGEBRA.mul(above, above));
    Field least = ALGEBRA.mul(ALGEBRA.constant(deviations * deviations), variance);
    return ALGEBRA.mul(
        ALGEBRA.greater(above, ALGEBRA.constant(0)),
        ALGEBRA.greater(ALGEBRA.mul(above, above), least));
  }
}
