package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * The gradient of {@link Gather}: slices of g are added up at indices along an axis of zeros.
 * Inputs: g of the shape that Gather makes, floating, and indices (int64; negative ones count from
 * the end). Output: g's shape with the axes of the indices replaced by one axis.
 *
 * @param axis the axis of the output, from 0
 * @param length its length
 */
public record ScatterAdd(int axis, int length) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 2, 2);
    TensorType g = inputs.get(0);
    TensorType indices = inputs.get(1);
    Inputs.require(g.elementType().isFloating(), this, "floating slices", g);
    int indexed = indices.shape().rank();
    Inputs.require(
        axis >= 0 && axis + indexed <= g.shape().rank() && length >= 0,
        this,
        "slices with the axes of the indices from axis " + axis,
        inputs);
    int[] dims =
        IntStream.range(0, g.shape().rank() - indexed + 1)
            .map(
                a ->
                    a < axis
                        ? g.shape().dim(a)
                        : a == axis ? length : g.shape().dim(a + indexed - 1))
            .toArray();
    Shape output = Shape.of(dims);
    TensorType gathered = new Gather(axis).infer(List.of(g.withShape(output), indices));
    Inputs.require(gathered.equals(g), this, "slices of type " + gathered, g);
    return g.withShape(output);
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Shape shape = infer(Inputs.types(inputs)).shape();
    int[] positions = new Gather(axis).positions(shape, inputs.get(1).toLongArray());
    double[] slices = inputs.get(0).toDoubleArray();
    double[] sums = new double[(int) shape.size()];
    for (int i = 0; i < slices.length; i++) {
      sums[positions[i]] += slices[i];
    }
    return Tensor.of(shape, sums);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    if (axes[1] != Samples.NONE) {
      return Samples.mix("it adds up at places that are computed from the samples");
    }
    int indexed = inputs.get(1).shape().rank();
    if (axes[0] == Samples.NONE || axes[0] < axis) {
      return Samples.along(axes[0]);
    }
    return axes[0] < axis + indexed
        ? Samples.mix("it adds up along axis " + axis + ", which holds the samples")
        : Samples.along(axes[0] - indexed + 1);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // Linear in g, with the transpose of the addition: Gather.
    return Optional.of(recorder.node(new Gather(axis), gradient, node.inputs().get(1)));
  }
}
