package org.pellucid.api.explain;

import java.util.List;
import java.util.function.Supplier;
import org.pellucid.api.Algebra;

/**
 * What a formula makes weights of: activations A and the averages D_p of the p-th powers of the
 * gradient g, maps by cells. Powers are of g / s, with a positive number s that keeps them from
 * underflow. What a formula does not ask for is not computed. To be used by one thread.
 *
 * @param <T> a value of the algebra
 * @since 0.1.0
 */
public final class LayerTerms<T> {
  private final T activations;
  private final T weightCells;
  private final List<T> given;
  private final Term<T> gradients;
  private final Term<T> scale;
  private final Term<T> first;
  private final Term<T> second;
  private final Term<T> third;

  /** A value that is computed when it is first asked for. */
  private static final class Term<T> {
    private final Supplier<T> formula;
    private T value;

    Term(Supplier<T> formula) {
      this.formula = formula;
    }

    T get() {
      if (value == null) {
        value = formula.get();
      }
      return value;
    }
  }

  /** The terms of one sample: its gradient's own powers. */
  public LayerTerms(Algebra<T> algebra, T activations, T gradients, T weightCells) {
    this.activations = activations;
    this.weightCells = weightCells;
    this.given = List.of(gradients);
    this.gradients = new Term<>(() -> gradients);
    this.scale = new Term<>(() -> algebra.scaleOf(gradients));
    this.first = new Term<>(() -> algebra.div(gradients, scale()));
    this.second = new Term<>(() -> algebra.mul(first(), first()));
    this.third = new Term<>(() -> algebra.mul(second(), first()));
  }

  /** The terms of averages of g / scale over samples. */
  public LayerTerms(
      Algebra<T> algebra, T activations, T first, T second, T third, T scale, T weightCells) {
    this.activations = activations;
    this.weightCells = weightCells;
    this.given = List.of(second, first, third);
    this.gradients = new Term<>(() -> algebra.mul(first, scale));
    this.scale = new Term<>(() -> scale);
    this.first = new Term<>(() -> first);
    this.second = new Term<>(() -> second);
    this.third = new Term<>(() -> third);
  }

  /** A. */
  public T activations() {
    return activations;
  }

  /** 1 for the cells that the outer sum over cells runs over, otherwise 0. */
  public T weightCells() {
    return weightCells;
  }

  /**
   * What the powers were made of, or the powers themselves where they were averaged. The layer
   * matters to the target where the first of them is not zero.
   */
  public List<T> given() {
    return given;
  }

  /** The gradient, or its average: D_1 s. */
  public T gradients() {
    return gradients.get();
  }

  /** s. */
  public T scale() {
    return scale.get();
  }

  /** D_1 of g / s; g / s itself where there is one sample. */
  public T first() {
    return first.get();
  }

  /** D_2 of g / s. */
  public T second() {
    return second.get();
  }

  /** D_3 of g / s. */
  public T third() {
    return third.get();
  }
}
