package org.pellucid.methods;

import java.util.Arrays;
import java.util.List;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.LayerActivationMethod;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/**
 * KPCA-CAM: {@link EigenCam} with a kernel, so that what a layer sees most of may be bent. With the
 * cells a_i of a layer, points with a coordinate per feature map, less their mean, a kernel k, the
 * matrix M_ij = k(a_i, a_j) centred in rows and columns, and its largest eigenvalue lambda with
 * eigenvector u,
 *
 * <pre>
 * map_i = sqrt(lambda) u_i          [h, w], the first kernel principal component
 * </pre>
 *
 * <p>S. Karmani et al.: "KPCA-CAM: visual explainability of deep computer vision models using
 * kernel PCA", 2024, arXiv 2410.00267 (source: secondary). With {@link Kernel#LINEAR} it is the
 * first principal component in the strict sense.
 *
 * <p>The sign of u is chosen so that the map agrees with the plain sum of the feature maps. A
 * selection of feature maps leaves the others out of the points; those that contribute most cannot
 * be asked for, since no feature map has a weight. A selection of neurons selects cells of the map,
 * whatever its role. Every cell is compared with every other, in bounded memory and in a time that
 * grows with the square of their number: layers of more than {@value #MOST_CELLS} are refused.
 */
public final class KpcaCam extends LayerActivationMethod {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;
  private static final String PAPER = "Karmani et al. 2024, https://arxiv.org/abs/2410.00267";

  /** The time grows with their square: 256 by 256 take minutes. */
  static final int MOST_CELLS = 65_536;

  /** What makes a number of two cells. */
  public enum Kernel {
    /** tanh(gamma x y + 1). */
    SIGMOID,
    /** exp(-gamma |x - y|^2). */
    RBF,
    /** (gamma x y + 1)^3. */
    POLYNOMIAL,
    /** x y. */
    LINEAR
  }

  /** The kernel. */
  public static final Option<Kernel> KERNEL =
      Option.choice(
          "kernel",
          Kernel.SIGMOID,
          "How alike two cells x and y are: tanh(gamma x y + 1), exp(-gamma |x - y|^2), (gamma x y"
              + " + 1)^3, or x y",
          PAPER);

  /** The kernel's gamma. */
  public static final Option<Double> GAMMA =
      Option.number(
          "gamma",
          0,
          0,
          Double.POSITIVE_INFINITY,
          "The kernel's gamma; 0: one over the number of feature maps",
          PAPER);

  /** The method; it has no state. */
  public KpcaCam() {
    super(KERNEL, GAMMA);
  }

  @Override
  public String id() {
    return "kpca-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("kpcacam");
  }

  @Override
  public String description() {
    return "The first kernel principal component of the activations, whatever the class (Karmani et"
        + " al. 2024, https://arxiv.org/abs/2410.00267)";
  }

  @Override
  protected SaliencyReport report(SelectedLayer layer) {
    Field maps = layer.mapsByIndex(id());
    long cells = layer.space().size();
    if (cells > MOST_CELLS) {
      throw new InvalidRequestException(
          "The method kpca-cam compares every cell of a layer with every other, up to "
              + MOST_CELLS
              + " cells; the layer has "
              + cells
              + ". Choose a smaller one, or eigen-cam, which compares feature maps");
    }
    SaliencyReport report = SaliencyReport.withoutTable(layer);
    if (maps.maps() > 1) {
      report.measure("maps", Arrays.stream(maps.values()).sum());
    }
    return report;
  }

  @Override
  protected Saliency explain(
      Field activations, SelectedLayer layer, SaliencyReport report, Options values) {
    Field selected = ALGEBRA.mul(activations, layer.mapsByIndex(id()));
    Field points = ALGEBRA.sub(selected, ALGEBRA.meanCells(selected));
    int cells = points.cells();
    double gamma = values.get(GAMMA) == 0 ? 1.0 / points.maps() : values.get(GAMMA);
    KernelMatrix matrix = new KernelMatrix(points, values.get(KERNEL), gamma);
    double[] sums = ALGEBRA.sumMaps(points).values();
    double[] reach = matrix.times(new double[][] {sums})[0];
    if (!Double.isFinite(matrix.scale()) || !Degeneracy.finite(reach)) {
      return report.degenerate(Degeneracy.OVERFLOW);
    }
    KrylovEigenvector leading = KrylovEigenvector.of(sums, matrix::times);
    // A kernel may have negative eigenvalues, and no other.
    double value = Math.max(0, leading.value()) * matrix.scale();
    if (value > 0 && !leading.distinct()) {
      report.warn("The two largest eigenvalues are equal: the component shown is one of many");
    }
    double agreement = 0;
    for (int i = 0; i < cells; i++) {
      agreement += sums[i] * leading.vector()[i];
    }
    double scale = Math.sqrt(value) * (agreement < 0 ? -1 : 1);
    double[] map = leading.vector().clone();
    LeadingEigenvector.scale(map, scale);
    return report.saliency(new Field(1, cells, map));
  }
}
