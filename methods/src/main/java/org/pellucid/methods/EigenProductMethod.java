package org.pellucid.methods;

import java.util.Optional;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.Options;
import org.pellucid.api.Saliency;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.Evidence;
import org.pellucid.api.explain.LayerGradientMethod;
import org.pellucid.api.explain.SaliencyReport;
import org.pellucid.api.explain.SelectedLayer;

/** A method that projects products of activations and gradients on their leading direction. */
abstract class EigenProductMethod extends LayerGradientMethod {
  static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  /** What is projected, maps by cells. */
  abstract Field products(Field activations, Field gradients);

  /**
   * Orients and reports what was found.
   *
   * @param evidence the projection, of the sign whose direction's elements sum to a positive number
   */
  Saliency saliency(Evidence<Field> evidence, SaliencyReport report) {
    return report.saliency(evidence);
  }

  @Override
  protected Saliency explain(
      LayerCapture capture, SelectedLayer layer, SaliencyReport report, Options values) {
    Optional<String> degeneracy =
        Degeneracy.ofActivations(capture.activationField())
            .or(() -> Degeneracy.ofGradients(capture.gradientField()));
    if (degeneracy.isPresent()) {
      return report.degenerate(degeneracy.get());
    }
    Field products = products(capture.activationField(), capture.gradientField());
    return Degeneracy.finite(products.values())
        ? saliency(LeadingDirection.evidence(products, layer, report), report)
        : report.degenerate(Degeneracy.OVERFLOW);
  }
}
