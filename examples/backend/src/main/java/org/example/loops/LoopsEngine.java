package org.example.loops;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Node;
import org.pellucid.graph.Tensor;

/** Runs a graph node by node. Everything is in Java memory, which is freed by itself. */
final class LoopsEngine implements Engine {
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

  private record Held(Tensor toTensor) implements Value {
    @Override
    public void close() {}
  }

  private record Program(ModelGraph part) implements Executable {
    @Override
    public Map<String, Value> run(Map<String, Value> inputs) {
      Map<String, Tensor> values = new HashMap<>(part.constants());
      inputs.forEach((name, value) -> values.put(name, value.toTensor()));
      for (Node node : part.nodes()) {
        List<Tensor> arguments = node.inputs().stream().map(values::get).toList();
        Loops loops = Loops.of(node.operation()).orElseThrow();
        values.put(node.output(), loops.tensor(arguments, part.type(node.output())));
      }
      Map<String, Value> outputs = new HashMap<>();
      part.outputs().forEach(name -> outputs.put(name, new Held(values.get(name))));
      return outputs;
    }

    @Override
    public void close() {}
  }
}
