package org.pellucid.backend.dl4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.pellucid.api.LoadOptions;
import org.pellucid.api.Precision;
import org.pellucid.api.engine.Engine;
import org.pellucid.api.engine.Executable;
import org.pellucid.api.engine.Value;
import org.pellucid.graph.ModelGraph;
import org.pellucid.graph.Tensor;

/** ND4J for one model: its constants as arrays, which all that is compiled of it reads. */
final class Nd4jEngine implements Engine {
  private final Nd4jLibrary library;
  private final int threads;
  private final DataType precision;
  private final Set<Tensor> ofModel = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Map<Tensor, Nd4jValue> constants = new IdentityHashMap<>();

  Nd4jEngine(Nd4jLibrary library, ModelGraph graph, LoadOptions options) {
    this.library = library;
    this.threads = options.threads().orElse(0);
    this.precision = options.precision() == Precision.FLOAT64 ? DataType.DOUBLE : DataType.FLOAT;
    this.ofModel.addAll(graph.constants().values());
  }

  @Override
  public Executable compile(ModelGraph part) {
    return Failures.named(
        () -> "preparing " + part.nodes().size() + " nodes that make " + part.outputs(),
        () -> {
          Map<String, Nd4jValue> known = new HashMap<>();
          List<Nd4jValue> own = new ArrayList<>();
          try {
            part.constants()
                .forEach(
                    (name, tensor) -> {
                      if (ofModel.contains(tensor)) {
                        known.put(name, constant(tensor));
                      } else {
                        own.add(enter(tensor));
                        known.put(name, own.get(own.size() - 1));
                      }
                    });
            return new Nd4jExecutable(this, part, precision, known, own);
          } catch (RuntimeException | Error e) {
            own.forEach(Nd4jValue::close);
            throw e;
          }
        });
  }

  private synchronized Nd4jValue constant(Tensor tensor) {
    return constants.computeIfAbsent(tensor, this::enter);
  }

  private Nd4jValue enter(Tensor tensor) {
    return Nd4jValue.of(tensor, precision);
  }

  /** Called before each run. */
  void prepare() {
    library.use(threads);
  }

  @Override
  public Value value(Tensor tensor) {
    return Failures.named(() -> "taking a tensor of type " + tensor.type(), () -> enter(tensor));
  }

  @Override
  public synchronized void close() {
    constants.values().forEach(Nd4jValue::close);
    constants.clear();
  }
}
