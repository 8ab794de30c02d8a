package org.pellucid.backend.djl;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/**
 * PyTorch as an engine that only runs forward, for networks that are differentiated by rules which
 * its autograd does not have. Values go from one graph to the next through Java memory; constants
 * are native arrays that all graphs of the model share.
 */
final class DjlEngine implements Engine {
  private final DjlBackend backend;
  private final Torch torch;
  private final LoadOptions options;
  private final PtNDManager manager;
  private final Map<Tensor, PtNDArray> constants = new IdentityHashMap<>();

  DjlEngine(DjlBackend backend, Torch torch, LoadOptions options) {
    this.backend = backend;
    this.torch = torch;
    this.options = options;
    this.manager = torch.newManager(options.device());
  }

  private record Held(Tensor toTensor) implements Value {
    @Override
    public void close() {}
  }

  private record Compiled(DjlModel model, Plan plan) implements Executable {
    @Override
    public Map<String, Value> run(Map<String, Value> inputs) {
      Map<String, Tensor> given = new HashMap<>();
      inputs.forEach((name, value) -> given.put(name, value.toTensor()));
      Map<String, Value> found = new LinkedHashMap<>();
      model.compute(plan, given).forEach((name, tensor) -> found.put(name, new Held(tensor)));
      return found;
    }

    @Override
    public void close() {
      model.close();
    }
  }

  @Override
  public Executable compile(ModelGraph part) {
    DjlModel model = DjlModel.load(backend, torch, part, options, this::constant);
    Set<String> ends = new LinkedHashSet<>(part.outputs());
    return new Compiled(model, Plan.of(part, part.inputs().keySet(), ends, Set.of()));
  }

  private synchronized PtNDArray constant(PtNDManager user, Tensor tensor, DataType type) {
    return constants.computeIfAbsent(
        tensor, constant -> NativeArrays.upload(manager, constant, type));
  }

  @Override
  public Value value(Tensor tensor) {
    return new Held(tensor);
  }

  @Override
  public void close() {
    manager.close();
  }
}
