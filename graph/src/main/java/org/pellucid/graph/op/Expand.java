package org.pellucid.graph.op;

import java.util.List;
import java.util.Optional;
import org.pellucid.graph.Node;
import org.pellucid.graph.Operation;
import org.pellucid.graph.Recorder;
import org.pellucid.graph.Samples;
import org.pellucid.graph.Shape;
import org.pellucid.graph.Tensor;
import org.pellucid.graph.TensorType;

/**
 * Broadcast to a shape.
 *
 * @param shape the output's shape, to which the input broadcasts
 */
public record Expand(Shape shape) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    TensorType x = inputs.get(0);
    Inputs.require(
        Shape.broadcast(x.shape(), shape).equals(shape),
        this,
        "an input that broadcasts to " + shape,
        x);
    return x.withShape(shape);
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    return Broadcast.to(shape, Elements.widen(inputs.get(0)));
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    if (axes[0] == Samples.NONE) {
      return Samples.along(Samples.NONE);
    }
    Shape x = inputs.get(0).shape();
    int along = axes[0] + shape.rank() - x.rank();
    return x.dim(axes[0]) == shape.dim(along)
        ? Samples.along(along)
        : Samples.mix("it repeats along axis " + along + ", which holds the samples");
  }

  @Override
  public Operation forOutput(TensorType output) {
    return new Expand(output.shape());
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    Terms t = new Terms(recorder);
    return Optional.of(t.unbroadcast(gradient, t.shape(node.inputs().get(0))));
  }
}
