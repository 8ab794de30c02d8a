package org.pellucid.graph.op;

import java.util.List;
import org.pellucid.graph.TensorType;

/**
 * (x - mean) / sqrt(variance + epsilon), with mean and (biased) variance taken over the given axes
 * of each input: the core of layer, group and instance normalisation, whose scale and bias are Mul
 * and Add after it.
 *
 * @param axes axes over which the statistics are taken, ascending
 * @param epsilon added to the variance
 */
public record Standardize(List<Integer> axes, double epsilon) implements Unfinished {
  /** Copies the lists. */
  public Standardize {
    axes = List.copyOf(axes);
  }

  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    Inputs.floating(this, inputs);
    Inputs.require(!axes.isEmpty(), this, "at least one axis", axes);
    axes.forEach(axis -> Inputs.axis(this, axis, inputs.get(0)));
    return inputs.get(0);
  }
}
