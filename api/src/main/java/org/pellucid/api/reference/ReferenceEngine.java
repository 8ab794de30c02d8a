package org.pellucid.api.reference;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.ReferenceInterpreter;
import org.pellucid.graph.Tensor;

/** The interpreter as an engine: values are tensors in Java memory, and nothing has to be freed. */
final class ReferenceEngine implements Engine {
  private record Held(Tensor toTensor) implements Value {
    @Override
    public void close() {}
  }

  private record Interpreted(ReferenceInterpreter interpreter, Set<String> outputs)
      implements Executable {
    @Override
    public Map<String, Value> run(Map<String, Value> inputs) {
      Map<String, Tensor> given = new HashMap<>();
      inputs.forEach((name, value) -> given.put(name, value.toTensor()));
      Map<String, Value> found = new HashMap<>();
      interpreter.run(given, outputs).forEach((name, tensor) -> found.put(name, new Held(tensor)));
      return found;
    }

    @Override
    public void close() {}
  }

  @Override
  public Executable compile(ModelGraph part) {
    return new Interpreted(new ReferenceInterpreter(part), new LinkedHashSet<>(part.outputs()));
  }

  @Override
  public Value value(Tensor tensor) {
    return new Held(tensor);
  }

  @Override
  public void close() {}
}
