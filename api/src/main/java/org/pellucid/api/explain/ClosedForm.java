package org.pellucid.api.explain;

import java.util.Optional;
import org.pellucid.api.Algebra;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.AveragedGradients;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.Saliency;

/**
 * Explains a layer by a formula for its weights, of feature maps or of cells.
 *
 * @since 0.1.0
 */
public final class ClosedForm {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  private final WeightFormula formula;
  private final SelectedLayer layer;

  /**
   * A formula at a layer.
   *
   * @param formula gives the weights
   * @param layer which feature maps and cells take part
   */
  public ClosedForm(WeightFormula formula, SelectedLayer layer) {
    this.formula = formula;
    this.layer = layer;
  }

  /** The raw map of a whole layer by its activations and gradients, in any algebra. */
  public static <T> T map(WeightFormula formula, Algebra<T> algebra, T activations, T gradients) {
    T all = algebra.constant(1);
    LayerTerms<T> terms = new LayerTerms<>(algebra, activations, gradients, all);
    return evidence(formula, algebra, terms, all).map(algebra, all);
  }

  static <T> Evidence<T> evidence(
      WeightFormula formula, Algebra<T> algebra, LayerTerms<T> terms, T contributionCells) {
    T weights = formula.weights(algebra, terms);
    return Evidence.of(algebra, weights, terms.activations(), contributionCells);
  }

  /** Why nothing can be made of activations and gradients; empty when something can. */
  public static Optional<String> degeneracy(LayerTerms<Field> terms) {
    Optional<String> ofActivations = Degeneracy.ofActivations(terms.activations());
    if (ofActivations.isPresent()) {
      return ofActivations;
    }
    for (Field powers : terms.given()) {
      if (!powers.isFinite()) {
        return Degeneracy.ofGradients(powers);
      }
    }
    return Degeneracy.ofGradients(terms.given().get(0));
  }

  /** The saliency of a layer by its own activations and gradients. */
  public Saliency explain(LayerCapture capture, SaliencyReport report) {
    LayerTerms<Field> terms = terms(capture);
    Optional<String> degeneracy = degeneracy(terms);
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    negativeDenominators(terms)
        .ifPresent(count -> report.negativeDenominators(count, layer.shape().size()));
    return report.saliency(evidence(terms));
  }

  /**
   * The saliency of a layer by averages, with a jackknife where they allow one. The formula is
   * computed where the averages are.
   */
  public Saliency explain(LayerCapture capture, AveragedGradients averages, SaliencyReport report) {
    AveragedEvidence evidence = new AveragedEvidence(formula, layer, capture.activationField());
    return evidence.explain(averages, report);
  }

  /** What each feature map says. */
  public Evidence<Field> evidence(LayerTerms<Field> terms) {
    return evidence(formula, ALGEBRA, terms, layer.contributionCells());
  }

  /** In how many cells of all feature maps alpha is negative; empty where there is no alpha. */
  public Optional<Double> negativeDenominators(LayerTerms<Field> terms) {
    return formula
        .negativeDenominators(ALGEBRA, terms)
        .map(counts -> ALGEBRA.sumMaps(counts).number());
  }

  /** The terms of one sample. */
  public LayerTerms<Field> terms(LayerCapture capture) {
    return new LayerTerms<>(
        ALGEBRA, capture.activationField(), capture.gradientField(), layer.weightCells());
  }
}
