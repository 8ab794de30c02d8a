package org.pellucid.it.operations;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.pellucid.api.ForwardPass;
import org.pellucid.api.LoadedModel;
import org.pellucid.graph.Tensor;

/**
 * Compares the gradient of a random weighted sum of a case's outputs, at each of its floating
 * inputs, with differences along random directions, and along every single element of small inputs.
 */
final class GradientCheck {
  /** Inputs of at most this many elements are also moved one element at a time. */
  private static final int TINY = 8;

  /** How often inputs are moved to get away from kinks. */
  private static final int MOST_MOVES = 5;

  private final LoadedModel model;
  private final OperationCase one;
  private final Random random;
  private final CaseGradient asked;

  /** A check in a model of the case's graph in float64. */
  GradientCheck(LoadedModel model, OperationCase one) {
    this.model = model;
    this.one = one;
    this.random = new Random(one.name().hashCode());
    this.asked = CaseGradient.of(model.graph(), random);
  }

  /** Whether a floating output depends on a floating input. */
  boolean applies() {
    return asked.exists();
  }

  /**
   * Compares.
   *
   * @param wrong takes what is wrong, a line each
   * @return whether the gradient is anything but zeros
   */
  boolean check(List<String> wrong) {
    Map<String, Tensor> inputs = one.smooth() ? one.inputs() : beside(one.inputs());
    for (int move = 0; move <= MOST_MOVES; move++) {
      DirectionalDifferences differences =
          new DirectionalDifferences(
              StraightThrough.near(model.graph(), inputs), asked.seeds(), inputs);
      Map<String, double[]> gradients = gradients(inputs);
      boolean kink = false;
      for (String input : asked.from()) {
        kink |= !compare(differences, input, gradients.get(input), wrong);
      }
      if (!kink) {
        return gradients.values().stream().flatMapToDouble(Arrays::stream).anyMatch(g -> g != 0);
      }
      inputs = beside(one.inputs());
    }
    wrong.add(one + ": no inputs without a kink nearby were found");
    return true;
  }

  private Map<String, double[]> gradients(Map<String, Tensor> inputs) {
    Map<String, double[]> gradients = new LinkedHashMap<>();
    try (ForwardPass pass = model.forward(inputs, asked.taps())) {
      asked
          .of(pass)
          .forEach(
              (input, gradient) -> {
                if (!gradient.shape().equals(inputs.get(input).shape())) {
                  throw new AssertionError(
                      one + ": the gradient at " + input + " is " + gradient.type());
                }
                gradients.put(input, gradient.toDoubleArray());
              });
    }
    return gradients;
  }

  /** Compares a gradient along directions; false where there is a kink. */
  private boolean compare(
      DirectionalDifferences differences, String input, double[] gradient, List<String> wrong) {
    List<double[]> directions = new ArrayList<>();
    directions.add(DirectionalDifferences.direction(gradient.length, random));
    for (int i = 0; i < gradient.length && gradient.length <= TINY; i++) {
      directions.add(DirectionalDifferences.unit(gradient.length, i));
    }
    for (double[] direction : directions) {
      OptionalDouble derivative = differences.along(input, direction);
      if (derivative.isEmpty()) {
        return false;
      }
      if (!differences.agrees(derivative.getAsDouble(), gradient, direction)) {
        wrong.add(
            "%s: at %s the gradient is %s, along %s differences say %s"
                .formatted(
                    one,
                    input,
                    Arrays.toString(gradient),
                    Arrays.toString(direction),
                    derivative.getAsDouble()));
        return true;
      }
    }
    return true;
  }

  /** Inputs a little beside others, where special values and ties have come apart. */
  private Map<String, Tensor> beside(Map<String, Tensor> inputs) {
    Map<String, Tensor> moved = new LinkedHashMap<>();
    inputs.forEach(
        (name, value) -> {
          if (value.elementType().isFloating()) {
            double[] elements = value.toDoubleArray();
            for (int i = 0; i < elements.length; i++) {
              elements[i] += 0.05 * (random.nextDouble() - 0.5);
            }
            moved.put(name, Tensor.of(value.shape(), elements));
          } else {
            moved.put(name, value);
          }
        });
    return moved;
  }
}
