package ${package};

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ElementType;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;

/** To begin with, every operation as it is defined: call your engine instead. */
final class ${className}Engine implements Engine {
  @Override
  public Executable compile(ModelGraph part) {
    return new Program(part);
  }

  @Override
  public Value value(Tensor tensor) {
    return new Held(tensor);
  }

  @Override
  public void close() {}

  /** A tensor in the engine's memory. */
  private record Held(Tensor toTensor) implements Value {
    @Override
    public void close() {}
  }

  /** A graph that the engine has prepared. */
  private record Program(ModelGraph part) implements Executable {
    @Override
    public Map<String, Value> run(Map<String, Value> inputs) {
      Map<String, Tensor> tensors = new HashMap<>();
      part.constants().forEach((name, tensor) -> tensors.put(name, widened(tensor)));
      inputs.forEach((name, value) -> tensors.put(name, value.toTensor()));
      for (Node node : part.nodes()) {
        List<Tensor> arguments = node.inputs().stream().map(tensors::get).toList();
        tensors.put(node.output(), node.operation().evaluate(arguments));
      }
      Map<String, Value> outputs = new HashMap<>();
      part.outputs().forEach(name -> outputs.put(name, new Held(tensors.get(name))));
      return outputs;
    }

    private static Tensor widened(Tensor tensor) {
      return tensor.elementType().isFloating() ? tensor.cast(ElementType.FLOAT64) : tensor;
    }

    @Override
    public void close() {}
  }
}
