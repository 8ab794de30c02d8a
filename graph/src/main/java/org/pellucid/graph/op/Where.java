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

/** condition ? x : y element by element, with broadcasting. Inputs: condition (bool), x, y. */
public record Where() implements Operation {
  @Override
  public TensorType infer(List<TensorType> inputs) {
    Inputs.count(this, inputs, 3, 3);
    Inputs.require(
        inputs.get(0).elementType() == ElementType.BOOL, this, "a condition of type bool", inputs);
    ElementType type = Inputs.same(this, inputs.subList(1, 3));
    return new TensorType(type, Broadcast.shape(inputs));
  }

  @Override
  public Tensor evaluate(List<Tensor> inputs) {
    Shape shape = Broadcast.shape(Inputs.types(inputs));
    byte[] condition = Elements.truths(Broadcast.to(shape, inputs.get(0)));
    Object chosen = Elements.array(Broadcast.to(shape, inputs.get(1)));
    Object other = Elements.array(Broadcast.to(shape, inputs.get(2)));
    for (int i = 0; i < condition.length; i++) {
      if (condition[i] == 0) {
        System.arraycopy(other, i, chosen, i, 1);
      }
    }
    return Elements.tensor(shape, chosen);
  }

  @Override
  public Samples samples(List<TensorType> inputs, int[] axes, int count) {
    return Broadcast.samples(inputs, axes);
  }

  @Override
  public Optional<String> gradient(Recorder recorder, Node node, String gradient, int input) {
    // Each element goes to the input that it was taken from.
    Terms t = new Terms(recorder);
    String condition = node.inputs().get(0);
    String zero = t.number(0, gradient);
    String chosen =
        input == 1 ? t.where(condition, gradient, zero) : t.where(condition, zero, gradient);
    return Optional.of(t.unbroadcast(chosen, t.shape(node.inputs().get(input))));
  }
}
