package org.pellucid.methods;

import java.util.Map;
import java.util.Optional;
import org.pellucid.api.ArrayAlgebra;
import org.pellucid.api.ArrayAlgebra.Field;
import org.pellucid.api.Gathering;
import org.pellucid.api.LayerCapture;
import org.pellucid.api.Tap;
import org.pellucid.api.explain.Degeneracy;
import org.pellucid.api.explain.SelectedLayer;

/** The mean over copies of what is made of each. */
final class SmoothedField implements Gathering {
  private static final ArrayAlgebra ALGEBRA = ArrayAlgebra.INSTANCE;

  private final int copies;
  private final Tap tap;
  private final CleanGradientMethod method;
  private Field sum;
  private Optional<String> degeneracy = Optional.empty();
  private boolean shown;

  /**
   * Of no copies yet.
   *
   * @param copies how many there will be
   * @param tap the input
   * @param method makes something of each copy
   */
  SmoothedField(SelectedLayer layer, int copies, Tap tap, CleanGradientMethod method) {
    this.copies = copies;
    this.tap = tap;
    this.method = method;
    this.sum = layer.field(new double[Math.toIntExact(layer.shape().size())]);
  }

  @Override
  public void add(Map<Tap, LayerCapture> captures) {
    LayerCapture copy = captures.get(tap);
    Field field = method.combined(copy);
    // Why there is nothing to show of it, where that is so.
    Optional<String> nothing = method.degeneracy(copy);
    // Divided first, so that the sum of huge numbers is finite.
    sum = ALGEBRA.add(sum, ALGEBRA.div(field, ALGEBRA.constant(copies)));
    shown |= nothing.isEmpty();
    degeneracy = degeneracy.or(() -> nothing);
  }

  @Override
  public long bytes() {
    return 8L * sum.values().length;
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
