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
 * Another element type, by the rules of Tensor.cast.
 *
 * @param to the output's element type
 */
public record Cast(ElementType to) implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 1, 1);
    return new TensorType(to, inputs.get(0).shape());
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    // Floating values stay as precise as they are: the reference computes in double throughout.
    return inputs.get(0).cast(to.isFloating() ? ElementType.FLOAT64 : to);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Samples.along(axes[0]);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // A floating type of another width; to others it is constant piece by piece.
    return to.isFloating()
        ? Optional.of(
            recorder.node(new Cast(recorder.type(node.inputs().get(0)).elementType()), gradient))
        : Optional.empty();
  }
}
