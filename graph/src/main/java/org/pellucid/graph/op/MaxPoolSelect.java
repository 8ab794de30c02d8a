package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * For each window of a {@link MaxPool}, the element of v that stands where the largest element of x
 * does, the first of equals: the gradient of {@link MaxPoolGrad}. Inputs: x [N, C, spatial...], v
 * of the same shape. Output: of the pool's shape.
 *
 * @param pool the pool that chooses
 */
public record MaxPoolSelect(MaxPool pool) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 2);
    ElementType type = Inputs.floating(this, inputs);
    Inputs.require(
        inputs.get(1).shape().equals(inputs.get(0).shape()), this, "v of the shape of x", inputs);
    return new TensorType(type, pool.infer(inputs.subList(0, 1)).shape());
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    int[] largest = pool.positions(inputs.get(0));
    double[] from = inputs.get(1).toDoubleArray();
    double[] chosen = new double[largest.length];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = from[largest[i]];
    }
    return Tensor.of(infer(Inputs.types(inputs)).shape(), chosen);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Images.paired(axes);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    return input == 1
        ? Optional.of(recorder.node(new MaxPoolGrad(pool), node.inputs().get(0), gradient))
        : Optional.empty();
  }
}
