package org.pellucid.methods;

import java.util.Optional;
import org.pellucid.api.Algebra;
import org.pellucid.api.explain.LayerTerms;
import org.pellucid.api.explain.WeightFormula;

/**
 * The weights of Grad-CAM++ and Smooth Grad-CAM++, w_k = sum_ij alpha_kij ReLU(D_1), with alpha =
 * D_2 / (2 D_2 + (sum_ab A_kab) D_3). The powers are of g / s, which leaves alpha as it is when D_3
 * is multiplied by s, and w when it is multiplied by s.
 */
record AlphaWeightedGradient(Numerator numerator) implements WeightFormula {
  /** Below this fraction of its terms' magnitudes a denominator is rounding error, and alpha 0. */
  private static final double VANISHING = 1e-6;

  /** What stands in alpha's numerator. */
  enum Numerator {
    /** D_2, as the derivation of Grad-CAM++ has it. */
    SECOND_MOMENT,
    /** D_1, as the paper of Smooth Grad-CAM++ prints it. */
    FIRST_MOMENT
  }

  @Override
  public <T> T weights(Algebra<T> algebra, LayerTerms<T> layer) {
    Denominator<T> denominator = Denominator.of(algebra, layer);
    boolean printed = numerator == Numerator.FIRST_MOMENT;
    T above = printed ? layer.first() : layer.second();
    T alpha =
        algebra.where(
            denominator.vanishes,
            algebra.constant(0),
            algebra.div(
                above,
                algebra.where(denominator.vanishes, algebra.constant(1), denominator.value)));
    T weighted = algebra.mul(alpha, algebra.relu(layer.first()));
    T sum = algebra.sumCells(algebra.mul(weighted, layer.weightCells()));
    // D_1 / D_2 has the scale below, which the gradient's scale takes away again.
    return printed ? sum : algebra.mul(sum, layer.scale());
  }

  @Override
  public <T> Optional<T> negativeDenominators(Algebra<T> algebra, LayerTerms<T> layer) {
    Denominator<T> denominator = Denominator.of(algebra, layer);
    T zero = algebra.constant(0);
    T negative =
        algebra.mul(algebra.greater(zero, denominator.value), algebra.greater(layer.first(), zero));
    return Optional.of(algebra.sumCells(algebra.where(denominator.vanishes, zero, negative)));
  }

  /** 2 D_2 + (sum_ab A_ab) s D_3, and 1 where it is no more than rounding error. */
  private record Denominator<T>(T value, T vanishes) {
    static <T> Denominator<T> of(Algebra<T> algebra, LayerTerms<T> layer) {
      T squares = algebra.mul(algebra.constant(2), layer.second());
      T activation = algebra.mul(algebra.sumCells(layer.activations()), layer.scale());
      T cubes = algebra.mul(activation, layer.third());
      T value = algebra.add(squares, cubes);
      T magnitude = algebra.add(algebra.abs(squares), algebra.abs(cubes));
      T least = algebra.mul(algebra.constant(VANISHING), magnitude);
      // Not greater, rather than less: where all terms are zero the denominator vanishes too.
      T holds = algebra.greater(algebra.abs(value), least);
      return new Denominator<>(value, algebra.sub(algebra.constant(1), holds));
    }
  }
}
