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
 * The same elements in row-major order in another shape (also Flatten, Squeeze, Unsqueeze).
 *
 * @param shape the output's shape
 */
public record Reshape(Shape shape) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    Inputs.require(
        x.shape().size() == shape.size(),
        this,
        "an input of " + shape.size() + " elements for " + shape,
        x);
    return x.withShape(shape);
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    return Elements.widen(inputs.get(0)).reshape(shape);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    if (axes[0] == Samples.NONE) {
      return Samples.along(Samples.NONE);
    }
    Shape x = inputs.get(0).shape();
    List<Integer> axis = sampleAxes(x, axes[0], count);
    return axis.isEmpty()
        ? Samples.mix(
            "it reshapes "
                + x
                + " to "
                + shape
                + ", where no axis is cut by the samples of axis "
                + axes[0])
        : Samples.along(axis.get(0));
  }

  /**
   * The output's axes along which samples may be said to be stacked. Where there are several, those
   * between them have length 1 for one sample, and the elements lie in memory in the same order
   * whichever is taken; only what reads the output may need one of them.
   *
   * @param x the input's shape
   * @param along the input's axis along which samples are stacked
   * @param count how many
   */
  public List<Integer> sampleAxes(Shape x, int along, int count) {
    // Stacked along axis a, samples cut the row-major order into equal blocks: for each of the P
    // indices before a (P being the product of their lengths), one contiguous block per sample, in
    // the order of the samples. A reshape moves no element. So the blocks are the outermost factor
    // of any output axis that also has P indices before it, if the axis is long enough to be cut
    // into that many blocks; and a sample's part of the output is then its part of the input in
    // the shape that the output has for one sample, whatever the number of samples.
    long before = x.sizeOf(0, along);
    return IntStream.range(0, shape.rank())
        .filter(axis -> shape.sizeOf(0, axis) == before && shape.dim(axis) % count == 0)
        .boxed()
        .toList();
  }

  @Override
  public Operation forOutput(TensorType output) {
    return new Reshape(output.shape());
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    Terms t = new Terms(recorder);
    return Optional.of(t.reshape(gradient, t.shape(node.inputs().get(0))));
  }
}
