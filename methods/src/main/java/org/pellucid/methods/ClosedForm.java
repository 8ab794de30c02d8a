package org.pellucid.methods;

import java.util.Arrays;
import java.util.Optional;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.GradientMoments;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.Saliency;

/** Explains a layer by a formula for its weights, on arrays. */
final class ClosedForm {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  private final WeightFormula formula;
  private final SelectedLayer layer;

  ClosedForm(WeightFormula formula, SelectedLayer layer) {
    this.formula = formula;
    this.layer = layer;
  }

  /** Why nothing can be made of activations and gradients; empty when something can. */
  static Optional<String> degeneracy(LayerCapture capture, GradientMoments moments) {
    if (!SaliencyReport.finite(capture.activations())) {
      return Optional.of("Some activations are not finite: there is nothing to show");
    }
    if (!SaliencyReport.finite(moments.first())
        || !SaliencyReport.finite(moments.second())
        || !SaliencyReport.finite(moments.third())) {
      return Optional.of("Some gradients are not finite: there is nothing to show");
    }
    if (Arrays.stream(capture.activations()).allMatch(a -> a == 0)) {
      return Optional.of("All activations are zero: there is nothing to show");
    }
    if (Arrays.stream(moments.second()).allMatch(d -> d == 0)) {
      return Optional.of(
          "All gradients are zero: the target does not depend on the layer here, and there is"
              + " nothing to show");
    }
    return Optional.empty();
  }

  /** The saliency of a layer, with a jackknife where the moments allow one. */
  Saliency explain(LayerCapture capture, GradientMoments moments, SaliencyReport report) {
    Optional<String> degeneracy = degeneracy(capture, moments);
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    negativeDenominators(capture, moments)
        .ifPresent(count -> report.negativeDenominators(count, capture.activations().length));
    return report.saliency(
        evidence(capture, moments),
        moments.leaveOut().size(),
        group -> evidence(capture, moments.leaveOut().get(group)));
  }

  /** What each feature map says. */
  Evidence<Field> evidence(LayerCapture capture, GradientMoments moments) {
    LayerTerms<Field> terms = terms(capture, moments);
    Field weights = formula.weights(ALGEBRA, terms);
    return Evidence.of(ALGEBRA, weights, terms.activations(), layer.contributionCells());
  }

  /** In how many cells of all feature maps alpha is negative; empty where there is no alpha. */
  Optional<Double> negativeDenominators(LayerCapture capture, GradientMoments moments) {
    return formula
        .negativeDenominators(ALGEBRA, terms(capture, moments))
        .map(counts -> ALGEBRA.sumMaps(counts).number());
  }

  private LayerTerms<Field> terms(LayerCapture capture, GradientMoments moments) {
    return new LayerTerms<>(
        layer.field(capture.activations()),
        layer.field(moments.first()),
        layer.field(moments.second()),
        layer.field(moments.third()),
        ALGEBRA.constant(moments.scale()),
        layer.weightCells());
  }
}
