package org.pellucid.it.operations;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;

/**
 * Derivatives of a weighted sum of a graph's outputs by central differences, computed by the
 * reference interpreter in float64. One derivative along a random direction judges all elements of
 * a gradient at once.
 */
final class DirectionalDifferences {
  /**
   * The error of a step h is h^2 / 6 times the third derivative, below 1e-7 for the cases, plus
   * rounding of 1e-16 / h times the value.
   */
  private static final double STEP = 1e-5;

  /** Of a derivative's terms. */
  private static final double RELATIVE = 1e-6;

  /** Of the value's terms. */
  private static final double OF_VALUE = 1e-9;

  private final ReferenceInterpreter reference;
  private final Map<String, Tensor> seeds;
  private final Map<String, Tensor> inputs;
  private final double magnitude;

  /**
   * Differences at a point.
   *
   * @param seeds the weight of each element of each output that counts, by the output's name
   * @param inputs a value per input of the graph
   */
  DirectionalDifferences(ModelGraph graph, Map<String, Tensor> seeds, Map<String, Tensor> inputs) {
    this.reference = new ReferenceInterpreter(graph);
    this.seeds = seeds;
    this.inputs = inputs;
    this.magnitude = Math.max(1, sum(inputs, true));
  }

  /**
   * The derivative of the weighted sum when an input moves along a direction.
   *
   * @return empty where two steps tell different derivatives: there is a kink between them
   */
  OptionalDouble along(String input, double[] direction) {
    double wide = difference(input, direction, STEP);
    double narrow = difference(input, direction, STEP / 3);
    boolean agree = Math.abs(wide - narrow) <= RELATIVE * Math.abs(narrow) + OF_VALUE * magnitude;
    return agree ? OptionalDouble.of(narrow) : OptionalDouble.empty();
  }

  /** Whether a gradient tells a derivative along a direction. */
  boolean agrees(double derivative, double[] gradient, double[] direction) {
    double product = 0;
    double terms = Math.abs(derivative);
    for (int i = 0; i < gradient.length; i++) {
      product += gradient[i] * direction[i];
      terms = Math.max(terms, Math.abs(gradient[i] * direction[i]));
    }
    // Written so that NaN does not agree.
    return Math.abs(product - derivative) <= 2 * (RELATIVE * terms + OF_VALUE * magnitude);
  }

  private double difference(String input, double[] direction, double step) {
    double above = sum(moved(input, direction, step), false);
    double below = sum(moved(input, direction, -step), false);
    return (above - below) / (2 * step);
  }

  private Map<String, Tensor> moved(String input, double[] direction, double step) {
    double[] elements = inputs.get(input).toDoubleArray();
    for (int i = 0; i < elements.length; i++) {
      elements[i] += step * direction[i];
    }
    Map<String, Tensor> moved = new LinkedHashMap<>(inputs);
    moved.put(input, Tensor.of(inputs.get(input).shape(), elements));
    return moved;
  }

  /** The weighted sum, or the sum of the magnitudes of its terms. */
  private double sum(Map<String, Tensor> values, boolean ofMagnitudes) {
    Map<String, Tensor> outputs = reference.run(values, seeds.keySet());
    double sum = 0;
    for (Map.Entry<String, Tensor> seed : seeds.entrySet()) {
      Tensor output = outputs.get(seed.getKey());
      for (int i = 0; i < output.size(); i++) {
        double term = seed.getValue().get(i) * output.get(i);
        sum += ofMagnitudes ? Math.abs(term) : term;
      }
    }
    return sum;
  }

  /** A direction with every element of a size near 1, so that none goes unseen. */
  static double[] direction(int size, Random random) {
    double[] direction = new double[size];
    for (int i = 0; i < size; i++) {
      double length = 0.5 + random.nextDouble();
      direction[i] = random.nextBoolean() ? length : -length;
    }
    return direction;
  }

  /** The direction in which one element grows. */
  static double[] unit(int size, int element) {
    double[] direction = new double[size];
    direction[element] = 1;
    return direction;
  }
}
