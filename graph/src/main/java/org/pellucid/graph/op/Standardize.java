package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * (x - mean) / sqrt(variance + epsilon), with mean and (biased) variance taken over the given axes
 * of each input: the core of layer, group and instance normalisation, whose scale and bias are Mul
 * and Add after it.
 *
 * @param axes axes over which the statistics are taken, ascending
 * @param epsilon added to the variance
 */
public record Standardize(List<Integer> axes, double epsilon) implements Operation {
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

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Tensor x = inputs.get(0);
    double[] elements = x.toDoubleArray();
    int[] groups = Reduction.results(x.shape(), axes);
    double[] mean = means(elements, groups, x);
    double[] squares = new double[elements.length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] -= mean[groups[i]];
      squares[i] = elements[i] * elements[i];
    }
    double[] variance = means(squares, groups, x);
    for (int i = 0; i < elements.length; i++) {
      elements[i] /= Math.sqrt(variance[groups[i]] + epsilon);
    }
    return Tensor.of(x.shape(), elements);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return axes().contains(axes[0])
        ? Samples.mix("it normalises over axis " + axes[0] + ", which holds the samples")
        : Samples.along(axes[0]);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // Mean and deviation depend on x as well: (g - mean(g) - y mean(g y)) / deviation.
    Terms t = new Terms(recorder);
    String x = node.inputs().get(0);
    String y = node.output();
    String centred = t.sub(x, t.mean(x, axes));
    String variance = t.mean(t.mul(centred, centred), axes);
    String deviation = t.apply(new Unary.Sqrt(), t.affine(variance, 1, epsilon));
    String along = t.mul(y, t.mean(t.mul(gradient, y), axes));
    String rest = t.sub(t.sub(gradient, t.mean(gradient, axes)), along);
    return Optional.of(t.div(rest, deviation));
  }

  private double[] means(double[] elements, int[] groups, Tensor x) {
    double[] means = new double[(int) Reduction.shape(x.shape(), axes, true).size()];
    for (int i = 0; i < elements.length; i++) {
      means[groups[i]] += elements[i];
    }
    for (int g = 0; g < means.length; g++) {
      means[g] /= (double) elements.length / means.length;
    }
    return means;
  }
}
