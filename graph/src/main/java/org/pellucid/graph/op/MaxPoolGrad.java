package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * The gradient of {@link MaxPool}: each element of g is added where the largest element of its
 * window stands in x; a tie goes to the first in window order (row-major). Windows may overlap.
 * Inputs: x [N, C, spatial...], g of the shape of the pool's output. Output: as x.
 *
 * @param pool the pool that is differentiated
 */
public record MaxPoolGrad(MaxPool pool) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 2);
    ElementType type = Inputs.floating(this, inputs);
    Shape pooled = pool.infer(inputs.subList(0, 1)).shape();
    Inputs.require(
        inputs.get(1).shape().equals(pooled), this, "g of the pool's shape " + pooled, inputs);
    return new TensorType(type, inputs.get(0).shape());
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    int[] largest = pool.positions(inputs.get(0));
    double[] gradient = inputs.get(1).toDoubleArray();
    double[] sums = new double[inputs.get(0).size()];
    for (int i = 0; i < gradient.length; i++) {
      sums[largest[i]] += gradient[i];
    }
    return Tensor.of(inputs.get(0).shape(), sums);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Images.paired(axes);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // Linear in g, with the transpose of the choice; in x constant piece by piece.
    return input == 1
        ? Optional.of(recorder.node(new MaxPoolSelect(pool), node.inputs().get(0), gradient))
        : Optional.empty();
  }
}
