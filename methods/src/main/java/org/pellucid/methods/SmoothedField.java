package org.pellucid.methods;

import java.util.Optional;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SelectedLayer;

/** The mean over copies of what is made of each. */
final class SmoothedField {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  private final int copies;
  private Field sum;
  private Optional<String> degeneracy = Optional.empty();
  private boolean shown;

  SmoothedField(SelectedLayer layer, int copies) {
    this.copies = copies;
    this.sum = layer.field(new double[Math.toIntExact(layer.shape().size())]);
  }

  /**
   * Adds a copy.
   *
   * @param nothing why there is nothing to show of it, where that is so
   */
  void add(Field field, Optional<String> nothing) {
    // Divided first, so that the sum of huge numbers is finite.
    sum = ALGEBRA.add(sum, ALGEBRA.div(field, ALGEBRA.constant(copies)));
    shown |= nothing.isEmpty();
    degeneracy = degeneracy.or(() -> nothing);
  }

  /** Why there is nothing to show: of every copy, or as numbers are not finite. */
  Optional<String> degeneracy() {
    if (shown) {
      return Degeneracy.finite(sum.values()) ? Optional.empty() : Optional.of(Degeneracy.OVERFLOW);
    }
    return degeneracy;
  }

  Field field() {
    return sum;
  }
}
