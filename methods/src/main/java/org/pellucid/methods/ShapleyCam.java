package org.pellucid.methods;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Explainer;
import org.pellucid.api.InvalidRequestException;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.ModelProbe;
import org.pellucid.api.Need;
import org.pellucid.api.Option;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.Selection;
import org.pellucid.api.Target;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.Evidence;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;
import org.pellucid.graph.Tensor;

/**
 * ShapleyCAM: {@link GradCam} with the second-order approximation of each activation's Shapley
 * value. With the gradient g = dU/dA and the Hessian H = d2U/dA2 of a utility U by the activations
 * A [K, h, w] of a layer,
 *
 * <pre>
 * w_k = 1/(h w) sum_ij (g - 1/2 H A)_kij
 * map = sum_k w_k A_k          [h, w], before ReLU
 * </pre>
 *
 * where U is the target's score S_c, or (ReST, the default) S_c + log softmax(S)_c.
 *
 * <p>H. Cai: "CAMs as Shapley value-based explainers", 2025, arXiv 2501.06261 (source: secondary).
 * The product H A is exact: the differentiated network is differentiated again. Where everything
 * behind the layer is piecewise linear and U is the score, H is 0 and the map is Grad-CAM's.
 *
 * <p>ReST needs a class and others beside it. A selection of neurons with the role {@code weight}
 * restricts the sum over cells in w_k, which is still divided by h w.
 */
public final class ShapleyCam implements Explainer {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  /** What is shared out among activations. */
  public enum Utility {
    /** The residual softmax of the target's class, S_c + log softmax(S)_c. */
    REST,
    /** The target's score. */
    SCORE
  }

  /** What is shared out. */
  public static final Option<Utility> UTILITY =
      Option.choice(
          "utility",
          Utility.REST,
          "What is shared out among activations: the class's score and the logarithm of its"
              + " probability, or the score alone",
          "Cai 2025, https://arxiv.org/abs/2501.06261");

  @Override
  public String id() {
    return "shapley-cam";
  }

  @Override
  public List<String> aliases() {
    return List.of("shapleycam");
  }

  @Override
  public String description() {
    return "Grad-CAM with second derivatives, after Shapley values (Cai 2025,"
        + " https://arxiv.org/abs/2501.06261)";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(UTILITY);
  }

  @Override
  public Set<Need> needs() {
    return Set.of(Need.LAYER, Need.LAYER_GRADIENTS, Need.OTHER_SCORES, Need.SECOND_DERIVATIVES);
  }

  @Override
  public Saliency explain(ModelProbe probe, Selection selection, Options options) {
    ModelProbe asked = options.get(UTILITY) == Utility.SCORE ? probe : withResidualSoftmax(probe);
    LayerCapture capture = asked.capture(SelectedLayer.layerOf(selection));
    SelectedLayer layer = SelectedLayer.of(selection, capture, probe);
    SaliencyReport report = new SaliencyReport(layer);
    Optional<String> degeneracy =
        Degeneracy.ofActivations(capture.activationField())
            .or(() -> Degeneracy.ofGradients(capture.gradientField()));
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    Field activations = capture.activationField();
    double[] product = asked.hessianVector(capture.tap(), capture.activations());
    Field shares =
        ALGEBRA.sub(
            capture.gradientField(), ALGEBRA.mul(ALGEBRA.constant(0.5), layer.field(product)));
    Field weights = ALGEBRA.meanCells(ALGEBRA.mul(shares, layer.weightCells()));
    return report.saliency(Evidence.of(ALGEBRA, weights, activations, layer.contributionCells()));
  }

  private static ModelProbe withResidualSoftmax(ModelProbe probe) {
    if (ResidualSoftmax.of(probe).isEmpty()) {
      int classes = probe.scores().size();
      throw new InvalidRequestException(
          "The utility rest of shapley-cam is of a class among others; the target \""
              + probe.target().describe()
              + "\" of "
              + classes
              + (classes == 1 ? " score" : " scores")
              + " is none; set utility=score");
    }
    return probe.with(Utility.REST, ResidualSoftmax::of);
  }

  /** S_c + log softmax(S)_c. */
  private record ResidualSoftmax(int index) implements Target {
    /** That of a probe's class; empty where it is no class that has others beside it. */
    static Optional<Target> of(ModelProbe probe) {
      OptionalInt index = probe.target().classIndex();
      return index.isEmpty() || probe.scores().size() < 2
          ? Optional.empty()
          : Optional.of(new ResidualSoftmax(index.getAsInt()));
    }

    @Override
    public String describe() {
      return "residual softmax of class " + index;
    }

    @Override
    public Target resolve(Tensor scores) {
      return this;
    }

    @Override
    public double value(double[] scores) {
      return 2 * scores[index] - logSumExp(scores);
    }

    @Override
    public double[] seed(double[] scores) {
      double[] seed = probabilities(scores);
      for (int c = 0; c < seed.length; c++) {
        seed[c] = (c == index ? 2 : 0) - seed[c];
      }
      return seed;
    }

    /** The Hessian of -log sum exp is p p^T - diag(p). */
    @Override
    public double[] curvature(double[] scores, double[] direction) {
      double[] p = probabilities(scores);
      double mean = 0;
      for (int c = 0; c < p.length; c++) {
        mean += p[c] * direction[c];
      }
      double[] product = new double[p.length];
      for (int c = 0; c < p.length; c++) {
        product[c] = p[c] * (mean - direction[c]);
      }
      return product;
    }

    private static double[] probabilities(double[] scores) {
      double all = logSumExp(scores);
      double[] p = new double[scores.length];
      for (int c = 0; c < p.length; c++) {
        p[c] = Math.exp(scores[c] - all);
      }
      return p;
    }

    private static double logSumExp(double[] scores) {
      double highest = Double.NEGATIVE_INFINITY;
      for (double score : scores) {
        highest = Math.max(highest, score);
      }
      double sum = 0;
      for (double score : scores) {
        sum += Math.exp(score - highest);
      }
      return highest + Math.log(sum);
    }
  }
}
